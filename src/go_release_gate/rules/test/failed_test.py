"""A test fails, panics or does not end in its time; or a command that tests ends with an error.

## What it finds

- Each test that failed, at the line of its first message, with the command that runs it again in the same order (the
  seed of the shuffle is part of it). Of tests with tests below them only those that failed themselves.
- A panic or fatal error, at the first line of the repository in its stack.
- A test that ran into the time limit (`test.timeout`), and which tests were running.
- A package that ended without a result of its tests, as `os.Exit` in a test makes it.
- A command of `test.commands` that ended with another exit code than 0 or not in time, or whose containers did not
  start.

## Why

A release whose tests fail is not known to work.

## Fix

Run the command that the finding names, and mend the test or what it tests.

## Limits

What does not compile is told by failed-build, what the race detector sees by data-race. A test that passes when it is
run again (`rerun-failed`) is told by flaky-test instead.

## References

- https://pkg.go.dev/cmd/go#hdr-Test_packages
- https://pkg.go.dev/cmd/go#hdr-Testing_flags
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import FLAKY, PASSED, UNFINISHED, RanModule, RanPackage, RanTest, RanTests
from go_release_gate.gotest.troubles import BUILD, RACE
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.test._tested import again, mod_file, place, target

RULE = Rule(
    id="failed-test",
    summary="a test fails, panics or does not end in its time",
    severity=Severity.ERROR,
    since="0.1",
    needs=(RanTests,),
)
MOST_RELATED = 3


@RULE.check
def check(tests: RanTests) -> Iterator[Draft]:
    """One draft for each test, each package beside its tests, and each command."""
    for module in tests.modules:
        for package in module.packages:
            yield from _package(module, package)
    for command in tests.commands:
        if command.problem:
            yield Draft(
                Location(command.place, command.line),
                f"{command.name} {command.problem}",
                key=command.name,
                target=Target("test", command.name),
            )


def _package(module: RanModule, package: RanPackage) -> Iterator[Draft]:
    for test in package.tests:
        if test.outcome not in (FLAKY, PASSED):
            yield from _test(module, package, test)
    for trouble in package.troubles:
        if trouble.kind not in (BUILD, RACE):
            yield Draft(
                place(trouble, module),
                f"the tests of {package.path}: {trouble.message}",
                key=f"{package.path}:{trouble.kind}",
                command=again(module, package),
                module=module.dir,
                target=target(module, package),
            )
    if package.outcome == UNFINISHED and module.error is None and not package.tests and not package.troubles:
        yield Draft(
            Location(mod_file(module)),
            f"the tests of {package.path} have no result",
            key=package.path,
            command=again(module, package),
            module=module.dir,
            target=target(module, package),
        )


def _test(module: RanModule, package: RanPackage, test: RanTest) -> Iterator[Draft]:
    told = [one for one in test.troubles if one.kind != RACE]
    if not told:
        return
    first, *others = told
    yield Draft(
        place(first, module),
        f"{test.name} failed: {first.message}",
        key=f"{package.path}.{test.name}",
        command=again(module, package, test.name),
        related=tuple(Related(one.message, place(one, module)) for one in others[:MOST_RELATED]),
        module=module.dir,
        target=target(module, package, test.name),
    )
