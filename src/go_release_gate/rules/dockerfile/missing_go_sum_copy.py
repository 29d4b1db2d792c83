"""Module files that `go mod download` needs and that are not in the image yet, or that cannot be copied.

## What it finds

- `COPY go.mod ./` without go.sum, although the module has one, in front of `go mod download` or `go build`: what is
  downloaded is not held against go.sum (a warning), and `go build` refuses it (an error);
- a COPY that names go.sum where the module has none, or a module file that `.dockerignore` keeps out: the image cannot
  be built (an error);
- a `replace` by a directory, or a member of a go.work that was copied, whose go.mod is not there yet: Go stops (an
  error).

## Why

Without go.sum the modules of the image are whatever the proxy serves on that day. And a COPY of a file that is not
there ends the build, often at the release, as nothing else builds the image.

## Fix

Copy go.mod and go.sum together (`COPY go.mod go.sum ./`), and with them the go.mod of each directory that `replace` and
go.work name. `COPY go.mod go.sum* ./` also takes a module that has no go.sum yet. The offered edit adds the file's name
to the COPY; it changes no other layer's content, but the image: it is not a safe one.

## Limits

Looks at files that are copied by name from a context that is known: the one a workflow builds with, else the only one
of the Dockerfile's directory and the root in which these files lie. Behind `git clone`, `cp`, archives and copies from
other stages nothing is said.

## References

- https://go.dev/ref/mod#go-mod-download
- https://go.dev/ref/mod#go-sum-files
- https://go.dev/ref/mod#workspaces
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from go_release_gate.dockerfile.ignore import is_ignored
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Edit, Fix, Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.dockerfile._copied import Place, context_of, copied_by, module_files, places, words_of
from go_release_gate.rules.dockerfile._platforms import instruction_at

RULE = Rule(
    id="missing-go-sum-copy",
    summary="go.sum, or another module file that is needed, is not copied into the image",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Repository, Dockerfiles),
    uses=(Workflows, ImageBuilds, GoCalls),
    fix="unsafe",
)

_LOADING = frozenset({"mod download", "mod verify", "build", "install", "test", "vet", "run", "list", "generate"})


@RULE.check
def check(
    repository: Repository,
    files: Dockerfiles,
    _workflows: Workflows | None,
    builds: ImageBuilds | None,
    calls: GoCalls | None,
) -> Iterator[Draft]:
    """Each stage gone through with the module files that lie in it."""
    for file in files.files:
        context = context_of(file, builds, repository)
        if not context:
            continue
        own = [call for call in (calls.calls if calls else ()) if call.dockerfile is file]
        for stage in file.stages:
            yield from _absent(repository, file, stage, context)
            yield from _ignored(repository, file, (stage, context), builds)
            yield from _of_stage(repository, file, (stage, [call for call in own if call.stage is stage]), context)


def _absent(repository: Repository, file: Dockerfile, stage: Stage, context: str) -> Iterator[Draft]:
    """A COPY of a go.sum that is not there, beside a go.mod that is."""
    known = module_files(repository)
    for one in stage.instructions:
        copied = copied_by(one, stage, "/") if one.keyword in ("COPY", "ADD") else None
        for source in copied.sources if copied else ():
            path = posixpath.normpath(f"{context}/{source}")
            beside = posixpath.normpath(f"{posixpath.dirname(path) or '.'}/go.mod")
            if posixpath.basename(path) != "go.sum" or path in known or beside not in known:
                continue
            message = f"COPY names {source}, but {beside} has no go.sum beside it: the image cannot be built; expected "
            yield _draft(file, one, f"absent {path}", f"{message}`COPY go.mod go.sum* ./`, or `go mod tidy` first")


def _ignored(
    repository: Repository, file: Dockerfile, at: tuple[Stage, str], builds: ImageBuilds | None
) -> Iterator[Draft]:
    """A COPY of a module file that the ignore file keeps out of the context."""
    stage, context = at
    patterns = builds.ignored.get(file.ignore, ()) if builds else ()
    own = file.ignore == f"{file.path}.dockerignore" or (posixpath.dirname(file.ignore) or ".") == context
    for one in stage.instructions if patterns and own else ():
        copied = copied_by(one, stage, "/") if one.keyword in ("COPY", "ADD") else None
        for source in copied.sources if copied else ():
            path = posixpath.normpath(f"{context}/{source}")
            if path in module_files(repository) and is_ignored(patterns, source):
                message = f"COPY names {source}, which {file.ignore} keeps out of the build context: the image "
                yield _draft(file, one, f"ignored {path}", f"{message}cannot be built; expected `!{source}` at its end")


def _of_stage(
    repository: Repository, file: Dockerfile, own: tuple[Stage, list[GoCall]], context: str
) -> Iterator[Draft]:
    """The first command that loads a module decides, for each module; later ones may find more."""
    stage, calls = own
    loading = [call for call in calls if _loads(call)]
    told: set[str] = set()
    for one, place in places(file, stage, context, repository) if loading else ():
        for call in loading:
            if one.keyword == "RUN" and one is instruction_at(stage, call.line) and " cd " not in f" {one.value}":
                for draft in _of_call(repository, file, (call, one, place), stage):
                    if draft.key not in told:
                        told.add(draft.key)
                        yield draft


def _loads(call: GoCall) -> bool:
    has_version = any("@" in argument for argument in call.command.arguments)
    return call.command.verb in _LOADING and not has_version and "C" not in call.command.flags and not call.is_start


def _of_call(
    repository: Repository, file: Dockerfile, at: tuple[GoCall, Instruction, Place], stage: Stage
) -> Iterator[Draft]:
    call, _, place = at
    if place.is_open or not place.directory:
        return
    origin = place.origin(f"{place.directory}/go.mod".replace("//", "/"))
    module = repository.module_at(posixpath.dirname(origin) or ".") if origin else None
    if module is not None and _is_vendored(module, call):
        return
    if module is not None and module.file("go.mod") == origin:
        yield from _of_module(file, at, stage, module)
    yield from _of_work(repository, file, at)


def _of_module(
    file: Dockerfile, at: tuple[GoCall, Instruction, Place], stage: Stage, module: Module
) -> Iterator[Draft]:
    """Its go.sum, and the modules of the repository that it is built with."""
    call, run, place = at
    if not place.origin(posixpath.join(place.directory, "go.sum")) and module.sum_bytes:
        yield _without_sum(file, stage, call, (run, module))
    for replace in module.mod.replaces if module.mod else ():
        if replace.is_local and not replace.target.startswith("/"):
            target = posixpath.normpath(posixpath.join(place.directory, replace.target))
            if not place.origin(f"{target}/go.mod"):
                message = f"go.mod replaces {replace.path} by {replace.target}, which is not in the image yet: "
                message += f"`go {call.command.verb}` stops; expected its go.mod copied before line {run.line}"
                related = (Related("replaced here", Location(module.file("go.mod"), replace.line)),)
                yield _draft(file, run, f"replace {replace.path}", message, related=related)


def _is_vendored(module: Module, call: GoCall) -> bool:
    return module.has_vendor and call.command.verb != "mod download" and call.command.flags.get("mod") != "mod"


def _without_sum(file: Dockerfile, stage: Stage, call: GoCall, about: tuple[Instruction, Module]) -> Draft:
    run, module = about
    copy = next((one for one in stage.instructions if one.keyword == "COPY" and _names_mod(one)), run)
    is_build = call.command.verb not in ("mod download", "mod verify")
    effect = "which refuses to build without it" if is_build else "whose downloads nothing is held against"
    message = f"{module.file('go.sum')} is not copied before `go {call.command.verb}` (line {call.line}), {effect}; "
    return _draft(
        file,
        copy,
        f"go.sum {module.dir}",
        f"{message}expected `COPY go.mod go.sum ./`",
        severity=Severity.ERROR if is_build and module.mod and module.mod.requires else Severity.WARNING,
        fix=_fix(file, copy),
    )


def _names_mod(one: Instruction) -> bool:
    return any(word.rpartition("/")[2] == "go.mod" for word in words_of(one)[:-1])


def _of_work(repository: Repository, file: Dockerfile, at: tuple[GoCall, Instruction, Place]) -> Iterator[Draft]:
    """The members of the go.work that Go finds above the working directory."""
    call, run, place = at
    directory = place.directory
    while directory != "/" and not place.files.get(f"{directory}/go.work"):
        directory = posixpath.dirname(directory)
    origin = place.files.get(posixpath.join(directory, "go.work"), "")
    work = next((one for one in repository.workspaces if posixpath.normpath(f"{one.dir}/go.work") == origin), None)
    is_off = call.environment.get("GOWORK") == "off"
    for use in work.file.uses if work and work.file and not is_off else ():
        if not place.origin(posixpath.normpath(f"{directory}/{use.value}/go.mod")):
            message = (
                f"go.work names {use.value}, whose go.mod is not in the image yet: `go {call.command.verb}` stops; "
            )
            related = (Related("named here", Location(origin, use.line)),)
            yield _draft(
                file, run, f"use {use.value}", f"{message}expected it copied, or `GOWORK=off`", related=related
            )


def _draft(
    file: Dockerfile,
    one: Instruction,
    key: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    related: tuple[Related, ...] = (),
    fix: Fix | None = None,
) -> Draft:
    location = Location(file.path, one.line, None, one.column)
    return Draft(
        location, message, key=key, severity=severity, related=related, fix=fix, target=Target("image", file.path)
    )


def _fix(file: Dockerfile, copy: Instruction) -> Fix | None:
    """go.sum beside go.mod in a COPY of one line."""
    if copy.line != copy.end_line or copy.array is not None or copy.value.split()[:1] != ["go.mod"]:
        return None
    words = copy.value.split()
    if len(words) != 2:
        return None
    target = (
        words[1] if words[1].endswith(("/", ".")) and words[1] != "." else "./" if words[1] in (".", "go.mod") else ""
    )
    line = file.text.split("\n")[copy.line - 1]
    if not target or line.count(copy.value) != 1:
        return None
    text = f"{line.replace(copy.value, f'go.mod go.sum {target}')}\n"
    return Fix(safe=False, edits=(Edit(file.path, copy.line, copy.line, text),))
