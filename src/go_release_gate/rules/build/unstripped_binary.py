"""A program carries symbols and debug information that nothing needs where it runs.

## What it finds

A program with a symbol table or DWARF in it, and how many bytes leaving them away would save.

## Why

They are a fourth to a third of the file, pulled by every node that starts the image. Stack traces of a panic and
profiles do not need them: Go keeps its own table of functions.

## Fix

Build with `-ldflags="-s -w"`. Keep the unstripped program beside the release where debuggers or core dumps are used.

## Limits

A note: some teams want debug information in production. Programs whose file could not be read say nothing.

## References

- https://pkg.go.dev/cmd/link
- https://go.dev/doc/gdb
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.model.severity import Severity
from go_release_gate.model.sizes import size_text
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import by_service, place, platforms, target
from go_release_gate.rules.build._image_programs import unstripped

RULE = Rule(
    id="unstripped-binary",
    summary="a program carries symbols and debug information",
    severity=Severity.NOTE,
    since="0.1",
    needs=(),
)


@RULE.check_of(BuiltPrograms)
def check_built(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each service, with what its largest program would save."""
    heavy = [one for one in built.programs if one.binary and one.binary.elf and one.binary.elf.symbols]
    for service, programs in by_service(heavy).items():
        saved = max(one.binary.elf.symbols for one in programs if one.binary and one.binary.elf)
        order = programs[0].order
        yield Draft(
            place(order),
            f"{service} ({platforms(programs)}) carries {size_text(saved)} of symbols and debug information;"
            ' `-ldflags="-s -w"` leaves them away',
            key=service,
            module=order.module,
            target=target(order),
        )


RULE.check_of(ImageContent, uses=(Expected,))(unstripped)
