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

import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.built import BuiltPrograms
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import place, target
from go_release_gate.rules.build._image_programs import packed
from go_release_gate.rules.dockerfile._platforms import is_taken, reaching
from go_release_gate.rules.dockerfile._shipped import label, shipped, target_of
from go_release_gate.rules.image._uses import shown

RULE = Rule(
    id="packed-binary",
    summary="a program is packed, what is inside cannot be told",
    severity=Severity.WARNING,
    since="0.1",
    needs=(),
)

_ASKING = frozenset(
    {"-d", "-t", "-l", "-h", "-V", "-L", "--decompress", "--test", "--list", "--help", "--version", "--license"}
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


@RULE.check_of(Dockerfiles, uses=(ImageBuilds,))
def check_dockerfiles(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[Draft]:
    """One draft for each command that packs what an image ships."""
    told: set[tuple[str, int]] = set()
    for file, last in shipped(found, builds):
        stages = reaching(file, last.name or str(last.index))
        for stage in stages:
            for command in commands(file, stage) if _builds(file, stage) else ():
                is_new = (file.path, command.line) not in told
                if is_new and _packs(command) and _reaches(file, stages, stage, command):
                    told.add((file.path, command.line))
                    words = shown(" ".join(command.holes.shown(word) for word in command.words))
                    yield Draft(
                        Location(file.path, command.line),
                        f"`{words}` packs the program: its modules and its commit cannot be told any more, by scanners "
                        "neither; leave it away",
                        key=f"{label(stage)} upx",
                        target=target_of(file),
                    )


def _builds(file: Dockerfile, stage: Stage) -> bool:
    """Whether Go builds in the stage or in one it begins from."""
    names = ("go", "xx-go")
    return any(
        posixpath.basename(one.words[0]) in names and {"build", "install"} & set(one.words[1:])
        for each in file.ancestry(stage)
        for one in commands(file, each)
    )


def _packs(command: RunCommand) -> bool:
    """Whether it packs a file: no condition, and no option that only asks, tests, lists or unpacks."""
    options = {word for word in command.words[1:] if word.startswith("-")}
    is_upx = posixpath.basename(command.words[0]) == "upx" and not command.is_start and not command.is_conditional
    return is_upx and len(command.words) - 1 > len(options) and options.isdisjoint(_ASKING)


def _reaches(file: Dockerfile, stages: tuple[Stage, ...], stage: Stage, command: RunCommand) -> bool:
    files = [word for word in command.words[1:] if not word.startswith("-")]
    places = (posixpath.normpath(posixpath.join(command.directory, one)) if command.directory else one for one in files)
    return any(is_taken(file, stages, stage, place) for place in places)


RULE.check_of(ImageContent)(packed)
