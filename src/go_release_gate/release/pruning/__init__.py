"""Pruning: what the ledger does not protect is taken out of the registry, with all that belongs to it alone.

The complement is narrow on purpose: releases that the ledger knows, their platforms and what refers to them. Whatever
else is in a repository is not touched, and neither is anything that it leads to.
"""

from go_release_gate.release.pruning.apply import Pruned, apply_prune
from go_release_gate.release.pruning.plan import Deletion, PrunePlan, Pruning, plan_prune
from go_release_gate.release.pruning.removing import Remover, removers

__all__ = ["Deletion", "PrunePlan", "Pruned", "Pruning", "Remover", "apply_prune", "plan_prune", "removers"]
