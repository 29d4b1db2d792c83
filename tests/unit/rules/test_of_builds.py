"""The short list of rules about built programs."""

from __future__ import annotations

from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.rules.of_builds import RULES_OF_BUILDS
from go_release_gate.rules.registry import RULES


def test_no_rule_is_left_out() -> None:
    """Every rule that judges built programs is in it, in the order of the registry."""
    judging = [rule for rule in RULES if any(BuiltPrograms in aspect.needs for aspect in rule.aspects)]
    assert list(RULES_OF_BUILDS) == judging
