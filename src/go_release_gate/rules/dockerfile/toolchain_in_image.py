"""The shipped image holds the Go toolchain.

## What it finds

A last stage (or the stage that a workflow builds) that builds its program on a `golang` image and is shipped with it,
one that begins from a `golang` image only to receive a program from another stage, one that copies
`/usr/local/go` or the module cache (`/go`, `/go/pkg/mod`) into it, and one that installs the distribution's Go to build
there. And a finished image in whose layers a toolchain lies.

## Why

It is some 300 MB to pull for every node, hundreds of packages whose vulnerabilities scanners report against the
service, and a compiler, git and a shell for whoever breaks in.

## Fix

Name the stage that builds (`FROM golang:1.25.3 AS build`), add a last stage from a small base image, and copy the
program alone: `COPY --from=build /out/app /app`.

## Limits

Images for development, tests, builds and examples are left out, by the names of directories, files and stages, and so
are images that take their program ready from the build context or install tools (git, make, gcc, docker) beside one
they copy: those need the toolchain, as a release tool or a linter does. A toolchain that a `RUN` unpacks is seen in the
finished image alone, and packages that a later command removes are no finding.

## References

- https://docs.docker.com/build/building/multi-stage/
- https://hub.docker.com/_/golang
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.graph import copies
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.dockerfile.state import end_state
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_programs import with_toolchain
from go_release_gate.rules.dockerfile._shipped import label, place, shipped, target_of
from go_release_gate.rules.image._uses import shown

RULE = Rule(
    id="toolchain-in-image",
    summary="the shipped image holds the Go toolchain",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(ImageBuilds,),
)

_TOOLCHAIN = "/usr/local/go"
_CACHES = ("/go", "/go/pkg", "/go/pkg/mod")
_GO_PACKAGES = frozenset({"go", "golang", "golang-go"})
_REMOVING = frozenset({"del", "remove", "purge", "autoremove", "erase"})
_TOOLS = frozenset({"git", "make", "gcc", "g++", "build-base", "build-essential", "docker", "docker-cli", "musl-dev"})
_INSTALLERS = frozenset({"apk", "apt-get", "apt", "dnf", "microdnf", "yum", "tdnf", "zypper"})


@RULE.check
def check(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[Draft]:
    """One draft per stage that becomes an image, or per COPY that brings the toolchain."""
    for file, stage in shipped(found, builds):
        if base_of(file.base(stage).image).is_go:
            yield from _based(file, stage)
        else:
            yield from _copied(file, stage)
            yield from _installed(file, stage)


RULE.check_of(ImageContent)(with_toolchain)


def _based(file: Dockerfile, stage: Stage) -> Iterator[Draft]:
    end = end_state(file, stage)
    own = list(file.ancestry(stage))
    run = [command for one in own for command in commands(file, one)]
    builders = [command for command in run if _builds(command)]
    is_receiver = any(copy.stage is not None for one in own for copy in copies(file, one))
    if not (end.entrypoint or end.command) or not (builders or (is_receiver and not any(map(_installs_tools, run)))):
        return
    base = file.base(stage)
    image = shown(base.image if isinstance(base.image, str) else base.image.text)
    related = tuple(Related("the program is built here", place(file, command.instruction)) for command in builders[:1])
    message = f"the image ships `{image}`, compiler and all; copy the program into a last stage from a small base image"
    yield Draft(place(file, base.start), message, f"{label(stage)} base", related=related, target=target_of(file))


def _builds(command: RunCommand) -> bool:
    """Whether it compiles the repository's program: `go build`, or `go install` of no other module."""
    if command.is_start or command.words[0].rpartition("/")[2] != "go":
        return command.words[0] == "make" and not command.is_start
    verb = command.words[1] if len(command.words) > 1 else ""
    return verb == "build" or (verb == "install" and not any("@" in word for word in command.words))


def _installs_tools(command: RunCommand) -> bool:
    is_installer = command.words[0].rpartition("/")[2] in _INSTALLERS
    return is_installer and any(word in _TOOLS for word in command.words[1:])


def _copied(file: Dockerfile, stage: Stage) -> Iterator[Draft]:
    for one in file.ancestry(stage):
        for copy in copies(file, one):
            found = "" if copy.is_context else next(filter(None, map(_brings, copy.sources)), "")
            if found and (copy.stage is None or base_of(file.base(file.stages[copy.stage]).image).is_go):
                message = f"{found}; copy the program alone"
                yield Draft(place(file, copy.instruction), message, f"{label(one)} copy", target=target_of(file))


def _installed(file: Dockerfile, stage: Stage) -> Iterator[Draft]:
    """The distribution's Go, in a stage that builds with it and keeps it."""
    run = [command for one in file.ancestry(stage) for command in commands(file, one) if not command.is_start]
    builder = next((command for command in run if _builds(command)), None)
    end = end_state(file, stage)
    if not builder or not (end.entrypoint or end.command):
        return
    if any(not _REMOVING.isdisjoint(command.words[1:3]) for command in run):
        return
    for command in run:
        packages = set(command.words[2:]) if command.words[0].rpartition("/")[2] in _INSTALLERS else set()
        if not _GO_PACKAGES.isdisjoint(packages):
            name = min(_GO_PACKAGES & packages)
            message = f"the package `{name}` is installed in the image that is shipped, compiler and all; build in a "
            spot = Location(file.path, command.line)
            words = f"{message}stage of its own and copy the program alone"
            yield Draft(spot, words, f"{label(stage)} package", target=target_of(file))
            return


def _brings(source: object) -> str:
    """What a path of a stage with Go brings that nobody needs at run time, as words; empty: nothing is known of it."""
    path = source.rstrip("/") if isinstance(source, str) else ""
    if path in (_TOOLCHAIN, f"{_TOOLCHAIN}/bin", f"{_TOOLCHAIN}/bin/go"):
        return f"`{path}` is copied into the image, compiler and all"
    return f"`{path}` is copied into the image with the module cache" if path in _CACHES else ""
