"""The source is copied into the image before the modules are downloaded.

## What it finds

A stage that copies the whole tree (`COPY . .`) and downloads the modules behind it: with `go mod download` of its own a
warning; where the first `go build` downloads them, a note.

## Why

A layer is built anew once a layer before it changes. Here each change of any file downloads every module again; with
go.mod and go.sum copied first, only a change of these two does.

## Fix

    COPY go.mod go.sum ./
    RUN go mod download
    COPY . .

The offered edit puts the lines into this order where they stand next to each other. It is not safe: what a script does
between them is not known. Or keep the modules in a cache: `RUN --mount=type=cache,target=/go/pkg/mod go build …`.

## Limits

Silent with a directory `vendor`, a cache or bind mount, and where the module files were copied and downloaded before.
A module without requirements is told of only where `go mod download` is written out: what it will require comes.

## References

- https://docs.docker.com/build/cache/optimize/#order-your-layers
- https://docs.docker.com/build/cache/optimize/#use-cache-mounts
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_built import module_above
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.dockerfile._copied import copied_by, has_bind, has_cache
from go_release_gate.rules.dockerfile._platforms import instruction_at

RULE = Rule(
    id="source-before-modules",
    summary="each change of the source downloads every module again",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Repository, Dockerfiles, GoCalls),
    fix="unsafe",
)

_SOURCES = frozenset({"cmd", "internal", "pkg"})
_DOWNLOADING = frozenset({"mod download", "build", "install", "test", "vet", "run", "list", "generate", "mod tidy"})


@RULE.check
def check(repository: Repository, files: Dockerfiles, calls: GoCalls) -> Iterator[Draft]:
    """At most one draft for each stage, at the line that copies the tree."""
    for file in files.files:
        for stage in file.stages:
            own = [
                call for call in calls.calls if call.dockerfile is file and call.stage is stage and not call.is_start
            ]
            draft = _of_stage(repository, file, stage, [call for call in own if _downloads(call)])
            if draft:
                yield draft


def _downloads(call: GoCall) -> bool:
    has_version = any("@" in argument for argument in call.command.arguments)
    return call.command.verb in _DOWNLOADING and not has_version


def _of_stage(repository: Repository, file: Dockerfile, stage: Stage, calls: list[GoCall]) -> Draft | None:
    """The first command that downloads decides: everything behind it finds the modules there."""
    earlier = [one for parent in list(file.ancestry(stage))[1:] for one in parent.instructions]
    if not calls or any(one.keyword == "RUN" and "go mod download" in one.value for one in earlier):
        return None
    first = min(calls, key=lambda call: call.line)
    run = instruction_at(stage, first.line)
    copy = _tree_before(stage, run) if run else None
    if copy is None and run and first.command.verb == "mod download":
        copy = _sources_before(stage, run, tuple(module.dir for module in repository.modules))
    if run is None or copy is None or has_cache(run) or has_bind(run):
        return None
    module = _module(repository, first)
    is_download = first.command.verb == "mod download"
    if module is None or module.has_vendor or not module.mod or not (module.mod.requires or is_download):
        return None
    names = "go.mod go.sum" if module.sum_bytes is not None else "go.mod"
    what = (
        "`go mod download` stands behind it" if is_download else f"`go {first.command.verb}` behind it downloads them"
    )
    return Draft(
        location=Location(file.path, copy.line, None, copy.column),
        message=f"`{_short(copy)}` before the modules are downloaded ({what}, line {first.line}): each change of a "
        f"file downloads all of them again; expected `COPY {names} ./` and `RUN go mod download` in front of it",
        key=f"stage {stage.name or stage.index}",
        severity=Severity.WARNING if is_download else Severity.NOTE,
        target=Target("image", file.path),
        fix=_fix(file, stage, (copy, run), names) if is_download and not module.local_replaces else None,
    )


def _tree_before(stage: Stage, run: Instruction) -> Instruction | None:
    """The COPY of the whole context in front of a RUN."""
    for one in stage.instructions:
        if one is run:
            return None
        copied = copied_by(one, stage, "/") if one.keyword in ("COPY", "ADD") else None
        if copied and "." in copied.sources:
            return one
    return None


def _sources_before(stage: Stage, run: Instruction, modules: tuple[str, ...]) -> Instruction | None:
    """The COPY of Go files, or of a directory that holds nothing but them by its name and no module of its own."""
    for one in stage.instructions:
        if one is run:
            return None
        copied = copied_by(one, stage, "/") if one.keyword == "COPY" else None
        for source in copied.sources if copied else ():
            is_inside = any(module == source or module.startswith(f"{source}/") for module in modules)
            if source.endswith(".go") or (source in _SOURCES and not is_inside):
                return one
    return None


def _module(repository: Repository, call: GoCall) -> Module | None:
    """The module the command runs in; where its directory is not known, the only one there is at the root or here."""
    if call.directory:
        above = module_above(call.directory, [module.dir for module in repository.modules])
        return repository.module_at(above) if above is not None else None
    alone = repository.modules[0] if len(repository.modules) == 1 else None
    return alone if alone and alone.dir in (".", posixpath.dirname(call.path)) else None


def _short(one: Instruction) -> str:
    text = f"{one.keyword} {one.value}"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _fix(file: Dockerfile, stage: Stage, pair: tuple[Instruction, Instruction], names: str) -> Fix | None:
    """The two lines changed over, where nothing stands between them and the download is all that the RUN does."""
    copy, run = pair
    at = stage.instructions.index(copy)
    is_next = stage.instructions[at + 1 : at + 2] == (run,)
    if not is_next or run.value.split() != ["go", "mod", "download"] or copy.value.split() != [".", "."]:
        return None
    lines = file.text.split("\n")[copy.line - 1 : run.end_line]
    if len(lines) != 2 or posixpath.sep in names:
        return None
    text = f"COPY {names} ./\n{lines[1].strip()}\n{lines[0].strip()}\n"
    return Fix(safe=False, edits=(Edit(file.path, copy.line, run.end_line, text),))
