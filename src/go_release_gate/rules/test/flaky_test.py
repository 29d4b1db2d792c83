"""A test failed, and passed when it was run again with nothing changed.

## What it finds

Tests that `rerun-failed` saved: they failed in the run over everything and passed in one of the further runs.

## Why

Such a test says little when it fails and less when it passes. It is counted as passed, since somebody asked for that,
and never silently.

## Fix

Run the command that the finding names, with `-count=100`, until it fails again; the order of tests, time and shared
state are the usual causes.

## Limits

Without `rerun-failed` nothing is run again, and a failure is a failure.

## References

- https://pkg.go.dev/cmd/go#hdr-Testing_flags
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import FLAKY, RanTests
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.test._tested import again, mod_file, place, target

RULE = Rule(
    id="flaky-test",
    summary="a test failed, and passed when it was run again",
    severity=Severity.NOTE,
    since="0.1",
    needs=(RanTests,),
)


@RULE.check
def check(tests: RanTests) -> Iterator[Draft]:
    """One draft for each test; one for a package that failed beside its tests."""
    for module in tests.modules:
        for package in module.packages:
            flaky = [test for test in package.tests if test.outcome == FLAKY]
            own = [test for test in flaky if test.troubles]
            for test in own or flaky[:1]:
                first = test.troubles[0] if test.troubles else None
                yield Draft(
                    place(first, module) if first else Location(mod_file(module)),
                    f"{test.name} failed, then passed: {first.message if first else 'without a message'}",
                    key=f"{package.path}.{test.name}",
                    command=again(module, package, test.name),
                    module=module.dir,
                    target=target(module, package, test.name),
                )
            if package.outcome == FLAKY and not flaky:
                yield Draft(
                    Location(mod_file(module)),
                    f"the tests of {package.path} failed, then passed",
                    key=package.path,
                    command=again(module, package),
                    module=module.dir,
                    target=target(module, package),
                )
