"""Which platforms a Dockerfile is built for, and which of its stages reach the image. Shared by rules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.graph import copies, mounts
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.release_table import ReleaseTable, Row
from go_release_gate.model.finding import Location
from go_release_gate.shell.unknown import has_hole

_FROM = re.compile(r"(?:^|,)from=([^,]+)")


@dataclass(frozen=True, slots=True)
class Built:
    """One way a Dockerfile is built.

    Attributes:
        platforms: empty: not known. place: where they are said, None: nowhere.
        stages: those that reach the image, its last stage first.
        build: the workflow's step, None where something else says so.
    """

    platforms: tuple[str, ...]
    stages: tuple[Stage, ...]
    place: Location | None = None
    build: ImageBuild | None = None

    @property
    def architectures(self) -> tuple[str, ...]:
        """The machines among the platforms."""
        return tuple(dict.fromkeys(platform.split("/")[1] for platform in self.platforms if "/" in platform))

    @property
    def is_multiple(self) -> bool:
        """Whether it is built for several machines."""
        return len(self.architectures) > 1

    def is_told(self, name: str) -> bool:
        """Whether the build gives a value to the build argument."""
        return self.build is not None and (name in self.build.arguments or name in self.build.unknown)


def ways(file: Dockerfile, builds: ImageBuilds | None, table: ReleaseTable | None) -> tuple[Built, ...]:
    """Every way the Dockerfile is built, those for several machines first; one without platforms if none is known."""
    found = [
        Built(build.platforms, reaching(file, build.target), Location(build.path, build.line), build)
        for build in (_builds(file, builds) if builds else ())
    ]
    found += [Built(row.platforms, reaching(file), row.place) for row in _rows(file, table)]
    return tuple(sorted(found, key=lambda one: not one.is_multiple)) or (Built((), reaching(file)),)


def _builds(file: Dockerfile, builds: ImageBuilds) -> tuple[ImageBuild, ...]:
    """Those of workflows and bake files, else those that are run by hand."""
    return builds.of(file.path) or tuple(build for build in builds.by_hand if build.dockerfile == file.path)


def _rows(file: Dockerfile, table: ReleaseTable | None) -> list[Row]:
    if table is None:
        return []
    rows = [row for row in table.rows if row.platforms]
    own = [row for row in rows if row.place.path == file.path]
    directory = posixpath.dirname(file.path) or "."
    beside = [row for row in rows if row.module == directory]
    return own or (beside if len(beside) == 1 else [])


def stage_named(file: Dockerfile, name: str) -> Stage | None:
    """A stage by name or number; None: there is none."""
    lower = name.lower()
    named = next((stage for stage in reversed(file.stages) if stage.name and stage.name == lower), None)
    if named or not lower.isdecimal() or int(lower) >= len(file.stages):
        return named
    return file.stages[int(lower)]


def reaching(file: Dockerfile, target: str = "") -> tuple[Stage, ...]:
    """The stages whose files can be in the image: its last stage, those it begins from, those it copies from."""
    last = (stage_named(file, target) if target else None) or file.final
    found: list[Stage] = []
    waiting = [last]
    while waiting:
        stage = waiting.pop(0)
        if stage in found:
            continue
        found.append(stage)
        if stage.parent is not None:
            waiting.append(file.stages[stage.parent])
        waiting += (one for name in _sources(stage) if (one := stage_named(file, name)) and one.index < stage.index)
    return tuple(found)


def is_taken(file: Dockerfile, stages: tuple[Stage, ...], stage: Stage, output: str) -> bool:
    """Whether what a stage writes to `output` may be in one of the others: only where all is known is it not."""
    is_last = stage is stages[0] or any(other.parent == stage.index for other in stages)
    if is_last or not output.startswith("/") or has_hole(output):
        return True
    for other in stages:
        if any(mount.stage == stage.index for mount in mounts(file, other)):
            return True
        for copy in copies(file, other):
            for source in copy.sources if copy.stage == stage.index else ():
                top = posixpath.normpath(posixpath.join("/", source)) if isinstance(source, str) else "*"
                if set(top) & set("*?[") or top in ("/", output) or output.startswith(f"{top}/"):
                    return True
    return False


def _sources(stage: Stage) -> Iterator[str]:
    for one in stage.instructions:
        for flag in one.flags:
            if flag.name == "from":
                yield flag.value
            elif flag.name == "mount" and (match := _FROM.search(flag.value)):
                yield match[1]


def instruction_at(stage: Stage, line: int) -> Instruction | None:
    """The instruction of the stage that a line belongs to."""
    return next((one for one in stage.instructions if one.line <= line <= one.end_line), None)


def text_of(instruction: Instruction) -> str:
    """What the instruction says, its here-documents among it."""
    return "\n".join((instruction.value, *(heredoc.body for heredoc in instruction.heredocs)))
