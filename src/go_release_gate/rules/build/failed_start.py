"""A program that was built does not start.

## What it finds

With `build --smoke`: a program that ends with another exit code than 0, or not at all, when it is started with the
arguments of the configuration (`smoke: --version`), without a network, in an empty directory.

## Why

A panic while packages are initialised, a file that is read at the start, a flag that is defined twice: none of them
keeps a program from compiling.

## Fix

Start it yourself with the arguments that are named. Where the arguments do something else than printing a line, name
others in `build.smoke`.

## Limits

Only programs for the platform of the machine that builds are started, and only on trusted events: starting a program
runs the repository's code. What could not be shut off from the network is not started, and said to be not judged.

## References

- https://go.dev/ref/spec#Program_initialization_and_execution
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import place, target

RULE = Rule(
    id="failed-start",
    summary="a program that was built does not start",
    severity=Severity.ERROR,
    since="0.1",
    needs=(BuiltPrograms,),
)


@RULE.check
def check(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each program that did not start."""
    for program in built.programs:
        if program.smoke is None or not program.smoke.problem:
            continue
        order, words = program.order, " ".join(program.smoke.command)
        said = f": {program.smoke.said}" if program.smoke.said else ""
        yield Draft(
            place(order),
            f"{order.name}, started as `{words}`: {program.smoke.problem}{said}",
            key=order.name,
            module=order.module,
            target=target(order),
        )
