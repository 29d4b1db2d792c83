"""Building the same commit twice gives two different programs.

## What it finds

With `build --reproducible`: a program whose bytes differ when the same tree is built again in another directory with
an empty build cache. The first part that differs is named: its section, its offset and what it is (a path, a build id,
a stamp of version control, a text).

## Why

Nobody can check that a program was made from a commit when building the commit gives something else each time, and
every build looks like a change to whoever compares digests.

## Fix

Take what differs out of the build: `-trimpath` (always given here) removes paths, `SOURCE_DATE_EPOCH` and the commit's
time replace the clock, `-ldflags=-buildid=` and `--build-id=none` of a C linker remove ids that are made by chance.

## Limits

Both builds run on the same machine, with the same Go and the same C compiler. What only another machine would show
(another user, another compiler) is not found. Linker flags that only the release knows are left out of both builds.

## References

- https://go.dev/blog/rebuild
- https://reproducible-builds.org/docs/source-date-epoch/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltPrograms, Difference
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import place, target

RULE = Rule(
    id="irreproducible-binary",
    summary="building a program twice gives different bytes",
    severity=Severity.ERROR,
    since="0.1",
    needs=(BuiltPrograms,),
)


@RULE.check
def check(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each program that came out differently."""
    for program in built.programs:
        if program.difference is None:
            continue
        order = program.order
        yield Draft(
            place(order),
            f"{order.name} differs when it is built again elsewhere: {_words(program.difference)}",
            key=f"{order.name}:{program.difference.section}",
            module=order.module,
            target=target(order),
        )


def _words(difference: Difference) -> str:
    section = f" in section {difference.section}" if difference.section else ""
    return f"first{section} at offset {difference.offset}, {difference.what}"
