"""A program is packed by UPX: nobody can tell what is inside.

## What it finds

A program whose file begins with the mark of UPX, in what `build` made or in a finished image. And `RUN upx …` in a
stage of a Dockerfile that builds with Go, where what it packs can reach the shipped image.

## Why

Modules, versions and the commit that Go recorded are hidden, from scanners of vulnerabilities as from this gate: they
report nothing, which reads like a clean bill. A packed program takes longer to start, is unpacked in memory anew by
every process, and is flagged by malware scanners. Layers of images are compressed anyway.

## Fix

Leave the packing away. Build with `-ldflags="-s -w"` to save space.

## Limits

In a Dockerfile, commands under a condition and images for development are passed over. Packers other than UPX, and UPX
with its mark removed, are not recognised by name; a program in which nothing can be read is said to be unreadable
instead, and never passes for clean.

## References

- https://upx.github.io/
- https://go.dev/doc/security/vuln/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import place, target
from go_release_gate.rules.build._image_programs import packed

RULE = Rule(
    id="packed-binary",
    summary="a program is packed, what is inside cannot be told",
    severity=Severity.WARNING,
    since="0.1",
    needs=(),
)


@RULE.check_of(BuiltPrograms)
def check_built(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each packed program."""
    for program in built.programs:
        if program.binary is None or program.binary.elf is None or not program.binary.elf.packed_by:
            continue
        order = program.order
        yield Draft(
            place(order),
            f"{order.name} is packed by {program.binary.elf.packed_by}: its modules and its commit cannot be told",
            key=order.name,
            module=order.module,
            target=target(order),
        )


RULE.check_of(ImageContent)(packed)
