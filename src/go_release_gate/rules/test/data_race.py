"""The race detector saw two goroutines use the same memory, one of them to write, with nothing between them.

## What it finds

Each race that a test ran into, at the first line of the repository in the stack of the first access.

## Why

A program with a data race has no defined behaviour: it reads halves of values, loses writes, or crashes when it is
busy. A race that a test shows once is there always; running it again until it does not show is no answer.

## Fix

Guard the memory with a mutex or sync/atomic, or hand it over by a channel. The whole report, with both stacks, is in
the log of the test.

## Limits

Only what ran is seen. Where the race detector does not work (no C compiler, or a platform without it) tests run without
it, and a notice says so; `race: on` makes that an error.

## References

- https://go.dev/doc/articles/race_detector
- https://go.dev/ref/mem
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import RanTests
from go_release_gate.gotest.troubles import RACE
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.test._tested import again, place, target

RULE = Rule(
    id="data-race",
    summary="a test runs into a data race",
    severity=Severity.ERROR,
    since="0.1",
    needs=(RanTests,),
)


@RULE.check
def check(tests: RanTests) -> Iterator[Draft]:
    """One draft for each race and place of a test or package."""
    for module in tests.modules:
        for package in module.packages:
            told = [("", one) for one in package.troubles]
            told += [(test.name, one) for test in package.tests for one in test.troubles]
            for name, trouble in dict.fromkeys(told):
                if trouble.kind == RACE:
                    yield Draft(
                        place(trouble, module),
                        f"{trouble.message}, in {name or f'the tests of {package.path}'}",
                        key=f"{package.path}.{name}:{trouble.message}",
                        command=again(module, package, name),
                        module=module.dir,
                        target=target(module, package, name),
                    )
