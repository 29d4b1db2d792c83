"""Dockerfiles that pack their program, for packed-binary: `build` loads the rule itself, and nothing of Dockerfiles."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.model.finding import Location
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build.packed_binary import RULE
from go_release_gate.rules.dockerfile._platforms import is_taken, reaching
from go_release_gate.rules.dockerfile._shipped import label, shipped, target_of
from go_release_gate.rules.image._uses import shown

_ASKING = frozenset(
    {"-d", "-t", "-l", "-h", "-V", "-L", "--decompress", "--test", "--list", "--help", "--version", "--license"}
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
