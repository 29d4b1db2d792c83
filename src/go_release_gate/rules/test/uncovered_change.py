"""Lines changed since the base commit are run by no test.

## What it finds

Changed lines with statements that no test runs, each run of lines at its place: as errors where fewer of the changed
lines are run than `test.changed-coverage` asks for (75 %), else as notes.

The base is that of the pull request, or `base`. Generated files and those of `test.exclude` are left out.

## Why

New code is where new faults are, and the moment of the change is when testing it is cheapest.

## Fix

Test the lines that are named, or set `test.changed-coverage`; 0 asks for nothing.

## Limits

A line counts as run when any statement on it was. Where a test failed, nothing is judged.

## References

- https://go.dev/doc/build-cover
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import RanTests, Threshold
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="uncovered-change",
    summary="lines changed since the base commit are run by no test",
    severity=Severity.ERROR,
    since="0.1",
    needs=(RanTests,),
)


@RULE.check
def check(tests: RanTests) -> Iterator[Draft]:
    """One draft for each run of lines."""
    for one in tests.thresholds:
        part = one.changed
        if part is not None and part.total and one.wanted_changed:
            yield from _drafts(one, part.percent)


def _drafts(one: Threshold, percent: float) -> Iterator[Draft]:
    is_low = percent < one.wanted_changed
    said = f"tests run {percent:.1f} % of the changed lines, expected {one.wanted_changed:g} %"
    for file in one.uncovered:
        for number, (first, last) in enumerate(file.runs):
            lines = f"line {first} was" if first == last else f"lines {first} to {last} were"
            yield Draft(
                Location(file.path, first, end_line=last),
                f"{lines} changed, and no test runs {'it' if first == last else 'them'} ({said})",
                key=f"{file.path}:{number}",
                module=one.name or None,
                target=Target("file", file.path),
                severity=None if is_low else Severity.NOTE,
            )
