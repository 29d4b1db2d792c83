"""The short list of rules about tests that ran."""

from __future__ import annotations

from go_release_gate.facts.tested import RanTests, Threshold, Uncovered
from go_release_gate.gotest.profile import Covered
from go_release_gate.model.severity import Severity
from go_release_gate.rules.of_tests import RULES_OF_TESTS
from go_release_gate.rules.registry import RULES
from go_release_gate.rules.test import low_coverage, uncovered_change


def threshold(coverage: Covered | None, changed: Covered | None = None) -> RanTests:
    """A run of which 85 % of the statements and 75 % of the changed lines are asked for."""
    missed = (Uncovered("a.go", ((3, 4), (9, 9))),)
    return RanTests(thresholds=(Threshold("", "go.mod", coverage, changed, 85.0, 75.0, missed),))


def test_no_rule_is_left_out() -> None:
    """Every rule that judges tests is in it, in the order of the registry."""
    judging = [rule for rule in RULES if any(RanTests in aspect.needs for aspect in rule.aspects)]
    assert list(RULES_OF_TESTS) == judging


def test_coverage_at_the_threshold_is_enough() -> None:
    """Exactly what is asked for passes, one statement less does not; what is not known is not judged."""
    assert list(low_coverage.check(threshold(Covered(85, 100)))) == []
    assert len(list(low_coverage.check(threshold(Covered(84, 100))))) == 1
    assert list(low_coverage.check(threshold(None))) == []
    assert list(low_coverage.check(threshold(Covered(0, 0)))) == []


def test_changed_lines_below_the_threshold_are_errors() -> None:
    """The same lines are errors below the threshold and notes above it."""
    low = list(uncovered_change.check(threshold(None, Covered(1, 4))))
    high = list(uncovered_change.check(threshold(None, Covered(9, 12))))

    assert [(one.location.line, one.location.end_line, one.severity) for one in low] == [(3, 4, None), (9, 9, None)]
    assert [one.severity for one in high] == [Severity.NOTE, Severity.NOTE]
