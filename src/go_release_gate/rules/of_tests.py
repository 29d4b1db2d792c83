"""The rules that judge tests that ran."""

from __future__ import annotations

from go_release_gate.rules.base import Rule
from go_release_gate.rules.build import failed_build
from go_release_gate.rules.test import (
    _building,  # noqa: F401 - a further subject of failed_build
    data_race,
    failed_test,
    flaky_test,
    low_coverage,
    uncovered_change,
)

RULES_OF_TESTS: tuple[Rule, ...] = (
    data_race.RULE,
    failed_build.RULE,
    failed_test.RULE,
    flaky_test.RULE,
    low_coverage.RULE,
    uncovered_change.RULE,
)
"""Those of the registry with an aspect that needs RanTests, in its order."""
