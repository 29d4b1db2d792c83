"""The phase that asks the outside world what only it can know; run only for rules that want it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from go_release_gate.engine.apply import chosen_rules, facts_wanted
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.facts.publications import Publications
from go_release_gate.facts.retractions import Retractions, collect
from go_release_gate.facts.tags import Tags
from go_release_gate.model.outcome import Outcome
from go_release_gate.rules.of_modules import RULES_OF_MODULES

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings


def ask_retractions(facts: Facts, settings: Settings, edges: Edges) -> None:
    """Fill in the fact `Retractions` if a chosen rule reads it; say so when the answer is not whole."""
    if Retractions not in facts_wanted(chosen_rules(RULES_OF_MODULES, settings)):
        return
    with phase("retractions", 0, facts, edges):
        scratch = edges.scratch / "retractions"
        scratch.mkdir()
        if edges.owner:
            os.chown(scratch, *edges.owner)
        found = collect(facts.modules, edges.go, scratch, timeout=settings.go.timeout, offline=settings.offline)
    facts.others[Retractions] = found
    if found.error:
        facts.notices.append(f"retracted-version: {found.error.message}")


def is_answered(facts: Facts) -> bool:
    """Whether everything that was asked has an answer; without one the report is not complete."""
    published = facts.others.get(Publications)
    if isinstance(published, Publications) and published.unanswered:
        return False
    tags = facts.others.get(Tags)
    if isinstance(tags, Tags) and not tags.is_answered:
        return False
    found = facts.others.get(Retractions)
    return not isinstance(found, Retractions) or (found.outcome is not Outcome.UNAVAILABLE and not found.unanswered)


def is_read(facts: Facts) -> bool:
    """Whether every file that facts are made of could be read: those that could not are the `broken` of a fact."""
    return not any(getattr(fact, "broken", ()) for fact in facts.others.values())
