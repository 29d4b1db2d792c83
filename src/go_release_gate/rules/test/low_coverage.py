"""The tests run fewer of the statements than is asked for.

## What it finds

- All modules together stay below `test.coverage` (85 %), or what `min-coverage` says.
- A module of `test.modules` stays below its own threshold.

The number is that of `go tool cover -func`, over the profile of `go test -coverpkg=./...` of each module, without
generated files (`// Code generated … DO NOT EDIT.`) and those of `test.exclude`.

## Why

A statement that no test runs is released untried.

## Fix

Test what the coverage profile shows as not run (`coverage-file`, then `go tool cover -html`). Where a threshold
does not fit a repository, set `test.coverage`; 0 asks for nothing.

## Limits

Where a test failed, coverage is less than it could be and not judged: mend the test first. A statement that ran may
still be wrong.

## References

- https://go.dev/doc/build-cover
- https://pkg.go.dev/cmd/cover
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import RanTests, Threshold
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="low-coverage",
    summary="tests run fewer of the statements than is asked for",
    severity=Severity.ERROR,
    since="0.1",
    needs=(RanTests,),
)


@RULE.check
def check(tests: RanTests) -> Iterator[Draft]:
    """One draft for each threshold that is not reached."""
    for one in tests.thresholds:
        part = one.coverage
        if part is not None and part.total and part.percent < one.wanted:
            yield Draft(
                Location(one.place),
                f"tests run {part.percent:.1f} % of the statements of {_whose(one)} "
                f"({part.covered} of {part.total}), expected {one.wanted:g} %",
                key=one.name or "all",
                module=one.name or None,
                target=Target("module", one.name) if one.name else Target("repository", "."),
            )


def _whose(one: Threshold) -> str:
    return one.name if one.name and one.name != "." else "this repository" if not one.name else "the module at the root"
