"""A program built for another machine than the image is for.

## What it finds

In Dockerfiles:

- `ARG TARGETARCH=amd64` (also TARGETOS, TARGETPLATFORM, TARGETVARIANT): the default wins over the value of the builder,
  so every platform of the image is built for amd64;
- `GOARCH=amd64`, as ENV, as ARG or in front of the command, in an image that is built for several machines;
- a stage `FROM --platform=$BUILDPLATFORM` that builds without GOARCH, with `GOARCH=$BUILDARCH`, or with
  `GOARCH=$TARGETARCH` where no `ARG TARGETARCH` stands in front of it in that stage: the variable is then empty, and Go
  builds for the machine that builds;
- `FROM --platform=linux/amd64` of the last stage, a file `…amd64…` copied into it, or a program that the same workflow
  built before under one name for all, in an image for several machines.

In finished images: a program whose file is of another machine than the platform it is offered for, and one that is
started and built for another operating system. What is named after another machine, or built for another system, and
not started is there to be handed out.

The platforms are those of docker/build-push-action, `docker buildx build --platform` (of Makefiles and scripts where no
workflow and no bake file builds it), matrices, and `images` in the configuration.

## Why

The image builds, is pushed, and its index offers arm64. On such a machine it ends with `exec format error`.

## Fix

`FROM --platform=$BUILDPLATFORM golang:… AS build`, and in that stage `ARG TARGETOS TARGETARCH` in front of
`RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build …`, without defaults. Where the default is all that is wrong, the
offered edit takes it away. It is not safe: builders without BuildKit give the argument no value.

## Limits

Where it is not known what the image is built for, a hidden argument and a missing GOARCH behind `$BUILDPLATFORM` are
warnings. `${TARGETARCH:-amd64}` behind `ARG TARGETARCH` is right. What a script or a Makefile sets is not seen; a stage
that builds for several machines by itself, or a value that stands in a condition, is passed over.

## References

- https://docs.docker.com/build/building/multi-platform/
- https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.syntax import assignments
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Edit, Fix, Location, Related, Target
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_architecture import judged
from go_release_gate.rules.dockerfile._platforms import Built, instruction_at, is_taken, text_of, ways
from go_release_gate.shell.unknown import has_hole

RULE = Rule(
    id="wrong-architecture",
    summary="a program is built for another machine than the image is for",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(Workflows, ImageBuilds, GoCalls, ReleaseTable),
    fix="unsafe",
)

_TARGETS = ("TARGETARCH", "TARGETPLATFORM", "TARGETOS", "TARGETVARIANT")
_MACHINES = frozenset({"amd64", "arm64", "386", "arm", "ppc64le", "s390x", "riscv64"})
_INLINE = re.compile(r"\bGOARCH=[\"']?([\w]+|\$\{?\w+[^\s\"']*)")
_NAMED = re.compile(r"(?<![a-z0-9])(amd64|x86_64|arm64|aarch64)(?![a-z0-9])")
_BUILDING = ("build", "install")
_SETS = re.compile(r"\bGOARCH\b|\bxx-|\bgo env -w\b")


@dataclass(frozen=True, slots=True)
class _Said:
    """What is wrong: the line, words, the text that a fix replaces. `is_sure`: also where no platform is known."""

    line: int
    key: str
    message: str
    is_sure: bool = False
    is_likely: bool = True  # where no platform is known: a warning, else a note
    replaced: tuple[str, str] = ("", "")
    only: str = ""  # the machine it is right for
    is_argument: bool = False  # a build argument, which a script may give


@RULE.check
def check(
    files: Dockerfiles,
    _workflows: Workflows | None,
    builds: ImageBuilds | None,
    calls: GoCalls | None,
    table: ReleaseTable | None,
) -> Iterator[Draft]:
    """What each way of building a Dockerfile gets wrong, once for each line."""
    for file in files.files:
        own = [call for call in (calls.calls if calls else ()) if call.dockerfile is file and call.stage is not None]
        told: set[tuple[int, str]] = set()
        for built in ways(file, builds, table):
            for said in (*_said(file, built, own), *_made(built, calls)):
                is_given = said.is_argument and builds is not None and said.key in builds.given
                if (said.line, said.key) not in told and (built.is_multiple or (said.is_sure and not is_given)):
                    told.add((said.line, said.key))
                    yield _draft(file, built, said)


def _said(file: Dockerfile, built: Built, calls: list[GoCall]) -> Iterator[_Said]:
    yield from _hidden(file, built)
    for stage in built.stages:
        own = [call for call in calls if call.stage is stage and call.command.verb in _BUILDING and not call.is_start]
        for call in own:
            if not is_taken(file, built.stages, stage, call.command.flags.get("o", "")):
                continue
            yield from _built(file, built, stage, call, {_inline(one) for one in own})
    yield from _final(file, built)


def _hidden(file: Dockerfile, built: Built) -> Iterator[_Said]:
    """ARGs of the builder with a default."""
    for stage in built.stages:
        for place, one in enumerate(stage.instructions):
            if one.keyword == "ARG":
                is_cross = "BUILDPLATFORM" in _platform(file, stage)
                yield from _defaults(one, file, built, (_later(stage, place), is_cross))
    rest = "\n".join(_later(stage, -1) for stage in built.stages)
    for one in file.arguments:
        froms = "\n".join(stage.start.value for stage in built.stages)
        yield from _defaults(one, file, built, (rest + froms, "BUILDPLATFORM" in rest))


def _later(stage: Stage, place: int) -> str:
    return "\n".join(text_of(one) for one in stage.instructions[place + 1 :])


def _defaults(one: Instruction, file: Dockerfile, built: Built, around: tuple[str, bool]) -> Iterator[_Said]:
    later, is_likely = around
    for assigned in assignments(one, file.escape):
        name, value = assigned.name, assigned.value
        if name not in _TARGETS or not value or f"${name}" in value or f"${{{name}" in value or built.is_told(name):
            continue
        if "$" in value or not re.search(rf"\$\{{?{name}\b", later) or (name == "TARGETOS" and value == "linux"):
            continue
        words = f"the default of `ARG {name}={value}` wins over the platform of the build: everything is built for "
        message = f"{words}{value}; expected `ARG {name}`"
        line = one.line_of(assigned.offset)
        yield _Said(
            line,
            name,
            message,
            is_sure=True,
            is_likely=is_likely,
            replaced=(f"{name}={value}", name),
            only=value.strip("\"'"),
            is_argument=True,
        )


def _built(file: Dockerfile, built: Built, stage: Stage, call: GoCall, beside: set[str]) -> Iterator[_Said]:
    """A `go build` for one machine: its GOARCH is written out, or there is none where the stage runs elsewhere."""
    one = instruction_at(stage, call.line)
    if one is None or call.is_conditional:
        return
    text, scope = text_of(one), stage.scope(one)
    is_default = re.search(r"GOARCH=[\"']?\$\{TARGETARCH:-", text) or "{TARGETARCH:-" in _of_environment(stage, one)
    if is_default and "TARGETARCH" not in scope:
        message = f"stage {stage.name or stage.index} has no `ARG TARGETARCH` in front of this: the default of "
        message += "`${TARGETARCH:-…}` holds for every platform; expected `ARG TARGETARCH` before it"
        yield _Said(call.line, "TARGETARCH", message, "BUILDPLATFORM" in _platform(file, stage))
        return
    written = _inline(call) or call.environment.get("GOARCH", "")
    if written in _MACHINES:
        if len(beside - {""}) < 2 and len(set(_INLINE.findall(text))) < 2 and not built.is_told("GOARCH"):
            line = _line_of_goarch(file, stage, one)
            if not line:  # from a variable that is told of by itself
                return
            yield _Said(line, "GOARCH", f"GOARCH is {written} whatever the image is for; expected `GOARCH=$TARGETARCH`")
        return
    if _runs_elsewhere(file, stage):
        yield from _for_builder(file, stage, call, one)


def _for_builder(file: Dockerfile, stage: Stage, call: GoCall, one: Instruction) -> Iterator[_Said]:
    """A `go build` on the machine that builds, which does not name the one the image is for."""
    text, scope = text_of(one), stage.scope(one)
    where = f"stage {stage.name or stage.index} runs on the machine that builds (`--platform={_platform(file, stage)}`)"
    is_sure = "BUILDPLATFORM" in _platform(file, stage)
    if re.search(r"GOARCH=[\"']?\$\{?TARGETARCH\b", text) or "TARGETARCH" in _of_environment(stage, one):
        if "TARGETARCH" not in scope and ":-" not in text:
            message = f"{where} and has no `ARG TARGETARCH` in front of this: $TARGETARCH is empty, go builds for that "
            yield _Said(call.line, "TARGETARCH", f"{message}machine; expected `ARG TARGETARCH` before it", is_sure)
    elif re.search(r"GOARCH=[\"']?\$\{?BUILDARCH\b", text) or "BUILDARCH" in _of_environment(stage, one):
        message = f"{where}, which GOARCH=$BUILDARCH names, whatever the image is for; expected `GOARCH=$TARGETARCH`"
        yield _Said(call.line, "BUILDARCH", message, is_sure)
    elif "GOARCH" not in scope and not any(_SETS.search(text_of(each)) for each in stage.instructions):
        message = f"{where} and builds without GOARCH: the program is for that machine, whatever the image is for; "
        yield _Said(call.line, "GOARCH", f"{message}expected `ARG TARGETARCH` and `GOARCH=$TARGETARCH`", is_sure)


def _inline(call: GoCall) -> str:
    """GOARCH as far as it is known where the command is called."""
    found = call.environment.get("GOARCH", "")
    return found if found in _MACHINES else ""


def _line_of_goarch(file: Dockerfile, stage: Stage, run: Instruction) -> int:
    """Where the value is written: in the command, else in an ENV or ARG of the stage or one it begins from."""
    match = _INLINE.search(run.value)
    if match and "$" not in match[1]:
        return run.line_of(match.start())
    for one_stage in file.ancestry(stage):
        for one in reversed(one_stage.instructions):
            if one.keyword in ("ENV", "ARG"):
                for assigned in assignments(one, file.escape):
                    if assigned.name == "GOARCH" and (assigned.value or "").strip("\"'") in _MACHINES:
                        return one.line_of(assigned.offset)
    return 0


def _of_environment(stage: Stage, run: Instruction) -> str:
    """The values that ENV and ARG give to GOARCH in front of the command, as they are written."""
    found = ""
    for one in stage.instructions:
        if one is run:
            break
        match = re.search(r"\bGOARCH[= ](\S+)", one.value) if one.keyword in ("ENV", "ARG") else None
        found = match[1] if match else found
    return found


def _platform(file: Dockerfile, stage: Stage) -> str:
    return file.base(stage).start.flag("platform")


def _runs_elsewhere(file: Dockerfile, stage: Stage) -> bool:
    """Whether the stage runs on one machine whatever the image is for."""
    written = _platform(file, stage)
    return "BUILDPLATFORM" in written or re.fullmatch(r"[\w]+/(?:amd64|arm64)(?:/\w+)?", written) is not None


def _final(file: Dockerfile, built: Built) -> Iterator[_Said]:
    """The last stage: its base for one machine, or a program whose name says which one it is for."""
    last = built.stages[0]
    platform = _platform(file, last)
    if re.fullmatch(r"[\w]+/\w+(?:/\w+)?", platform):
        base = file.base(last)
        message = f"the image begins from the {platform} form of {base.written} whatever it is built for; "
        yield _Said(base.start.line, "platform", f"{message}expected FROM without --platform")
    named = [(one, match[1]) for one in last.instructions for match in _NAMED.finditer(_sources(one))]
    if len({_machine(name) for _, name in named}) != 1:
        return
    for one, name in named:
        message = f"a file for {name} is copied whatever the image is for; expected `${{TARGETARCH}}` in its name"
        yield _Said(one.line, f"copy {name}", message)


def _made(built: Built, calls: GoCalls | None) -> Iterator[_Said]:
    """One program that the workflow makes beside the image, copied into it for every platform."""
    if built.build is None or calls is None:
        return
    made = {_output(call): call for call in calls.calls if call.path == built.build.path and call.dockerfile is None}
    for one in built.stages[0].instructions:
        for source in () if one.flag("from") else _sources(one).split():
            call = made.get(posixpath.normpath(posixpath.join(built.build.context or "?", source)))
            if call is not None:
                message = f"`{source}` is one program, which `go {call.command.verb}` makes for one machine "
                message += f"({call.path}:{call.line}), copied whatever the image is for; "
                yield _Said(one.line, f"copy {source}", f"{message}expected one for each, by $TARGETARCH in its name")


def _output(call: GoCall) -> str:
    """The file of the repository that a `go build` writes; empty: not known."""
    output = call.command.flags.get("o", "")
    is_known = call.command.verb == "build" and output and call.directory and not has_hole(output)
    return posixpath.normpath(posixpath.join(call.directory, output)) if is_known else ""


def _machine(name: str) -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(name, name)


def _sources(one: Instruction) -> str:
    """What a COPY or ADD takes, where no variable stands in it."""
    if one.keyword not in ("COPY", "ADD") or "$" in one.value:
        return ""
    return " ".join(one.array[:-1]) if one.array else " ".join(one.value.split()[:-1])


def _draft(file: Dockerfile, built: Built, said: _Said) -> Draft:
    for_what = f" (it is built for {', '.join(built.platforms)})" if built.is_multiple else ""
    severity = Severity.ERROR if built.is_multiple else Severity.WARNING if said.is_likely else Severity.NOTE
    if not built.is_multiple and said.only and set(built.platforms) == {f"linux/{said.only}"}:
        severity = Severity.NOTE
    related = (Related("built for these platforms", built.place),) if built.place and built.is_multiple else ()
    return Draft(
        location=Location(file.path, said.line),
        message=f"{said.message}{for_what}",
        key=f"{said.key} {built.stages[0].name}",
        severity=severity,
        confidence=Confidence.HIGH if built.is_multiple else Confidence.MEDIUM,
        related=related,
        target=Target("image", file.path),
        fix=_fix(file, said),
    )


def _fix(file: Dockerfile, said: _Said) -> Fix | None:
    old, new = said.replaced
    lines = file.text.split("\n")
    line = lines[said.line - 1] if 0 < said.line <= len(lines) else ""
    if not old or line.count(old) != 1:
        return None
    return Fix(safe=False, edits=(Edit(file.path, said.line, said.line, f"{line.replace(old, new)}\n"),))


RULE.check_of(ImageContent, uses=(Expected,))(judged)
