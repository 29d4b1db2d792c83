"""The short list of rules about modules alone."""

from __future__ import annotations

from go_release_gate.engine.release_facts import COLLECTORS
from go_release_gate.rules.of_modules import RULES_OF_MODULES
from go_release_gate.rules.registry import RULES


def test_no_rule_is_left_out() -> None:
    """Every rule that needs nothing of what is collected beside modules is in it, in the order of the registry."""
    collected = {kind for kind, _ in COLLECTORS}
    own = [rule for rule in RULES if rule.needs and not collected & set(rule.facts)]
    alone = [rule for rule in own if "rules.module." in rule.run.__module__]

    assert list(RULES_OF_MODULES) == alone
    others = [one for rule in RULES if rule not in alone for one in rule.aspects]
    assert [one for one in others if not collected & set(one.needs) and not _is_of_products(one.needs)] == []


def _is_of_products(needs: tuple[type, ...]) -> bool:
    """Whether a built program or a finished image is judged, which a check never sees."""
    return bool({need.__name__ for need in needs} & {"BuiltImages", "BuiltPrograms", "ImageContent", "RanTests"})
