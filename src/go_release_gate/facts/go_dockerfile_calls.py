"""The `go` commands of a Dockerfile: RUN, CMD, ENTRYPOINT, with the repository's directory each runs in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.dockerfile.commands import RunCommand, commands
from go_release_gate.dockerfile.context import repository_directory, repository_file
from go_release_gate.dockerfile.graph import copies
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.dockerfile.syntax import words
from go_release_gate.facts.go_calls import DOCKERFILE, MAKEFILE, SCRIPT, GoCall
from go_release_gate.facts.go_script_calls import Found, of_ran, of_script
from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.walk import Ran
from go_release_gate.gocommand.wrappers import inner, known
from go_release_gate.shell.unknown import has_hole


@dataclass(slots=True)
class OfDockerfile(Found):
    """`starts`: the scripts that a container begins with; `path` is the script's, `via` the Dockerfile."""

    starts: list[GoCall] = field(default_factory=list)


def of_dockerfile(dockerfile: Dockerfile, context: str) -> OfDockerfile:
    """The calls of all stages. `context`: the build context, relative to the root; empty: not known."""
    found = OfDockerfile()
    for stage in dockerfile.stages:
        for command in commands(dockerfile, stage):
            _take(found, dockerfile, stage, command, context)
    return found


def _take(found: OfDockerfile, dockerfile: Dockerfile, stage: Stage, command: RunCommand, context: str) -> None:
    run = inner(command.words)
    if run.script:
        return  # its commands follow by themselves
    base = GoCall(
        dockerfile.path,
        command.line,
        DOCKERFILE,
        GoCommand(()),
        go=base_of(dockerfile.base(stage).image).go,
        is_start=command.is_start,
        is_conditional=command.is_conditional,
        dockerfile=dockerfile,
        stage=stage,
        scope=stage.name or str(stage.index),
    )
    ran = Ran(run.words, 0, "", known({**command.environment, **run.environment}), command.is_conditional)
    call = of_ran(ran, base, command.holes)
    if call is not None:
        change = call.command.flags.get("C", "")
        inside = posixpath.normpath(posixpath.join(command.directory, change)) if command.directory else ""
        place = repository_directory(
            dockerfile, stage, command.instruction, "" if has_hole(change) else inside, context
        )
        found.calls.append(replace(call, directory=place))
    elif command.is_start and posixpath.basename(run.words[0] if run.words else "") == "make" and command.directory:
        _made(found, base, run.words[1:], (posixpath.join(command.directory, "Makefile"), context))
    elif run.file and not has_hole(run.file) and command.directory:
        _started(found, base, command, (run.file, context))


def _made(found: OfDockerfile, base: GoCall, words: Sequence[str], place: tuple[str, str]) -> None:
    """The recipe of a container that starts with `make run`."""
    targets = [word for word in words if not word.startswith("-") and "=" not in word and not has_hole(word)]
    if base.dockerfile is None or base.stage is None or len(targets) != len(words) or len(targets) != 1:
        return
    if path := repository_file(base.dockerfile, base.stage, None, *place):
        scope = f"{base.scope}:{targets[0]}"
        found.starts.append(replace(base, path=path, line=1, where=MAKEFILE, via=base.path, scope=scope))


def _started(found: OfDockerfile, base: GoCall, command: RunCommand, place: tuple[str, str]) -> None:
    file, context = place
    path = posixpath.normpath(posixpath.join(command.directory, file))
    if base.dockerfile is None or base.stage is None:
        return
    script = repository_file(base.dockerfile, base.stage, None if base.is_start else command.instruction, path, context)
    if script:
        found.started.append(script)
    if script and base.is_start:
        found.starts.append(replace(base, path=script, line=1, where=SCRIPT, via=base.path))
    elif base.is_start:
        found.calls += _written(base.dockerfile, base.stage, path, base)


def _written(dockerfile: Dockerfile, stage: Stage, path: str, base: GoCall) -> Iterator[GoCall]:
    """The calls of a script that a here-document of COPY puts at a path of the image."""
    for copy in (each for one in dockerfile.ancestry(stage) for each in copies(dockerfile, one)):
        target = copy.destination
        if isinstance(target, str) and target == path and len(copy.instruction.heredocs) == 1 and not copy.sources:
            body = copy.instruction.heredocs[0]
            for call in of_script(base.path, body.body).calls:
                line = body.line + call.line - 1
                yield replace(base, command=call.command, line=line, shown=call.shown, via="")


def copied_paths(dockerfile: Dockerfile) -> tuple[str, ...]:
    """What is copied from the context word for word: a context that lacks one of them is another."""
    return tuple(dict.fromkeys(_copied(dockerfile)))


def _copied(dockerfile: Dockerfile) -> Iterator[str]:
    for stage in dockerfile.stages:
        for one in stage.instructions:
            if one.keyword != "COPY" or one.flag("from") or one.heredocs:
                continue
            for source in (one.array or tuple(word for word, _ in words(one.value)))[:-1]:
                if not set(source) & set("$*?[\"'{"):
                    yield posixpath.normpath(source.lstrip("/") or ".")
