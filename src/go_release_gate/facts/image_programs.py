"""Which programs of the repository end up in the images its Dockerfiles make, and which build made each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.graph import Copy, copies
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.programs import Program, Programs
from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.read import read_command, with_goflags
from go_release_gate.gocommand.wrappers import inner
from go_release_gate.shell.unknown import has_hole

_DEPTH = 4  # stages a file is followed through
_VERSION = re.compile(r"v\d+")


@dataclass(frozen=True, slots=True, eq=False)
class Build:
    """A `go build` or `go install` of a stage: `call` is the same command as the fact of all calls knows it."""

    dockerfile: Dockerfile
    stage: Stage
    run: RunCommand
    command: GoCommand
    environment: dict[str, str]
    call: GoCall | None
    programs: tuple[Program, ...]

    def value(self, name: str) -> str | None:
        """A variable as the command sees it; None: it is set, but its value is not known."""
        value = self.environment.get(name, "")
        return None if has_hole(value) else value


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """A build whose program is in an image. `target`: the image's stage. `copy`: what brings it there; None: it is
    built in that image."""

    target: Stage
    build: Build
    copy: Copy | None
    programs: tuple[Program, ...]


def targets(dockerfile: Dockerfile) -> tuple[Stage, ...]:
    """The stages that become images: the last one, and those nobody builds on that say what to start."""
    used = {stage.parent for stage in dockerfile.stages}
    used |= {copy.stage for stage in dockerfile.stages for copy in copies(dockerfile, stage)}
    return tuple(
        stage
        for stage in dockerfile.stages
        if stage is dockerfile.final
        or (stage.index not in used and any(one.keyword in ("ENTRYPOINT", "CMD") for one in stage.instructions))
    )


def builds(dockerfile: Dockerfile, stage: Stage, calls: GoCalls, programs: Programs | None) -> Iterator[Build]:
    """The builds that a stage runs itself, those of its parents left out."""
    own = [call for call in calls.calls if call.dockerfile is not None and call.dockerfile.path == dockerfile.path]
    for run in commands(dockerfile, stage):
        within = inner(run.words)
        command = None if run.is_start else read_command(within.words)
        if command is None or command.verb not in ("build", "install"):
            continue
        same = (one for one in own if one.line == run.line and one.command.words == command.words)
        call = next(same, None)
        found = tuple(_programs(call, programs)) if call and programs else ()
        environment = {**run.environment, **within.environment}
        command = with_goflags(command, environment.get("GOFLAGS", ""))
        yield Build(dockerfile, stage, run, command, environment, call, found)


def shipped(dockerfile: Dockerfile, calls: GoCalls, programs: Programs | None) -> Iterator[Shipped]:
    """The programs in the images of a Dockerfile, as far as their way there can be followed."""
    known = {stage.index: tuple(builds(dockerfile, stage, calls, programs)) for stage in dockerfile.stages}
    for target in targets(dockerfile):
        for stage in dockerfile.ancestry(target):
            for build in known[stage.index]:
                yield Shipped(target, build, None, build.programs)
            for copy in copies(dockerfile, stage):
                for source in copy.sources if copy.stage is not None else ():
                    if copy.stage is None or not isinstance(source, str):
                        continue
                    for build, found in _made(dockerfile, copy.stage, _absolute(source), known, _DEPTH):
                        yield Shipped(target, build, copy, found)


def _programs(call: GoCall, programs: Programs) -> Iterator[Program]:
    from go_release_gate.facts.program_places import is_asked_for

    for program in programs.programs:
        if is_asked_for(call, program):
            yield program


def _made(
    dockerfile: Dockerfile, index: int, path: str, known: dict[int, tuple[Build, ...]], depth: int
) -> Iterator[tuple[Build, tuple[Program, ...]]]:
    """The builds whose outcome lies at `path` of a stage."""
    for stage in dockerfile.ancestry(dockerfile.stages[index]):
        for build in known[stage.index]:
            found = _fitting(build, path)
            if found is not None:
                yield build, found
        if depth:
            for copy in copies(dockerfile, stage):
                if copy.stage is not None and copy.stage != index:
                    for source in _before(copy, path):
                        yield from _made(dockerfile, copy.stage, source, known, depth - 1)


def _before(copy: Copy, path: str) -> Iterator[str]:
    """Where a file of a stage lay before a COPY brought it there."""
    if not isinstance(copy.destination, str) or not copy.destination.startswith("/"):
        return
    target = posixpath.normpath(copy.destination)
    for source in copy.sources:
        if not isinstance(source, str):
            continue
        place = _absolute(source)
        if path == target:
            yield place
        elif path.startswith(f"{target.rstrip('/')}/"):
            rest = path[len(target.rstrip("/")) + 1 :]
            yield place if rest == posixpath.basename(place) else f"{place}/{rest}"
        elif target.startswith(f"{path.rstrip('/')}/"):
            yield place


def _fitting(build: Build, path: str) -> tuple[Program, ...] | None:
    """The programs of a build that lie at `path`; None: it puts none there; empty: one that is not known."""
    if path == "/":
        return None
    place, is_directory = _output(build)
    if not place or has_hole(place):
        return None
    named = {posixpath.join(place, name_of(program)): program for program in build.programs}
    if not is_directory and (place == path or _covers(path, place)):
        return build.programs
    chosen = tuple(program for file, program in named.items() if file == path or _covers(path, file))
    if chosen:
        return chosen
    is_below = not build.programs and (path.startswith(f"{place}/") or path == place or _covers(path, place))
    return () if is_below and is_directory else None


def _covers(path: str, file: str) -> bool:
    """Whether what is copied holds a file: a directory around it, or a pattern that matches it."""
    return file.startswith(f"{path.rstrip('/')}/") or (any(sign in path for sign in "*?[") and fnmatchcase(file, path))


def _output(build: Build) -> tuple[str, bool]:
    """Where a build puts its programs, and whether that is a directory; empty: it is not known."""
    if build.command.verb == "install":
        return _installed(build), True
    directory = build.run.directory
    output = build.command.flags.get("o", "")
    if output:
        place = posixpath.join(directory or "/", output) if directory or output.startswith("/") else ""
        return posixpath.normpath(place) if place else "", output.endswith("/") or len(build.command.arguments) > 1
    if not directory or len(build.command.arguments) > 1:
        return "", False
    files = [one for one in build.command.arguments if one.endswith(".go")]
    if files:
        return posixpath.join(directory, posixpath.basename(files[0]).removesuffix(".go")), False
    return directory, True


def _installed(build: Build) -> str:
    gobin = build.value("GOBIN")
    if gobin:
        return posixpath.normpath(gobin)
    gopath = build.value("GOPATH")
    is_unknown = gobin is None or gopath is None or build.value("GOARCH") is None
    return "" if is_unknown else posixpath.join((gopath or "/go").partition(":")[0], "bin")


def name_of(program: Program) -> str:
    """The file name Go gives a program: the last element of its import path that is no major version."""
    elements = program.path.split("/")
    is_versioned = len(elements) > 1 and _VERSION.fullmatch(elements[-1]) is not None
    return elements[-2] if is_versioned else elements[-1]


def _absolute(path: str) -> str:
    return posixpath.normpath(f"/{path.lstrip('/')}")
