"""An image that starts a file it does not hold.

## What it finds

In images whose contents can be told (their base holds nothing of its own there, and every COPY and RUN can be read):

- an ENTRYPOINT or CMD that starts a path where nothing was put, such as `ENTRYPOINT ["/app"]` behind
  `COPY --from=build /out/api /api`; a bare name that is in no directory of PATH;
- a COPY that takes from another stage a program which that stage does not make (the build fails);
- a flag of the start or an ENV that names a file (`--config=/etc/app.yaml`) which lies elsewhere in the image
  (warning), or in the repository alone (note);
- a start in shell form, or of a shell script, on a base without a shell;
- `tini`, `dumb-init` or `bash` in front of the start on Alpine, Debian or Ubuntu, which come without, and no package
  brings it;
- a HEALTHCHECK in shell form on a base without a shell, or with `curl` or `wget` where there is none (warning);
- a container of a manifest or compose file whose `command` starts such a path, or that is told of a settings file
  (`--config=/etc/app.yaml`) which neither the image holds nor a volume brings (warning).

In finished images, what is started

- is not there, is empty, or is no program: neither an ELF file with a sound header nor a file with `#!`;
- may be executed by nobody, or not by the image's user, who may lack the right to enter a folder above it;
- is a script whose interpreter is missing, or what its `#!/usr/bin/env` starts, or whose lines end like Windows';
- is a script that ends with `exec /srv/api`, and nothing in image or script brings that file (warning).

## Why

The image builds. The container ends at once with `no such file or directory`, or with
`exec: "/bin/sh": stat /bin/sh: no such file or directory`, on the first machine that starts it.

## Fix

Start the path that COPY wrote; write the start as a JSON list; start the program itself instead of a script.

## Limits

Where something is open (an unknown base image, a command that may write files, a directory that is copied whole, a
variable without value) everything may be there and nothing is said. Bare names are only looked for on bases without a
shell. Images and stages for development are passed over.

## References

- https://docs.docker.com/reference/dockerfile/#entrypoint
- https://docs.docker.com/reference/dockerfile/#shell-and-exec-form
- https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from go_release_gate.dockerfile.commands import started_words
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.dockerfile.state import end_state
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import ImageContent
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Workload, Workloads
from go_release_gate.model.finding import Edit, Fix
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_runtime import not_startable
from go_release_gate.rules.dockerfile._absent import not_held, not_made
from go_release_gate.rules.dockerfile._contents import Contents, contents
from go_release_gate.rules.dockerfile._shipped import label, place, shipped, target_of
from go_release_gate.rules.dockerfile._tools import lacks, unhealthy
from go_release_gate.rules.manifest import _containers as manifest

RULE = Rule(
    id="missing-runtime-file",
    summary="an image starts a file that it does not hold, or a shell where there is none",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(ImageBuilds, Repository, Workloads),
    fix="unsafe",
)

_SETTINGS = re.compile(r"--?(?:config|config[._-]file|conf|c)(?:=(?P<value>.+))?")
_SHOWN = 3  # paths that are named


@RULE.check
def check(
    found: Dockerfiles,
    builds: ImageBuilds | None,
    repository: Repository | None = None,
    workloads: Workloads | None = None,
) -> Iterator[Draft]:
    """One draft for the start of each image, one for each file that it lacks besides."""
    for file, stage in shipped(found, builds):
        state = end_state(file, stage)
        yield from not_made(file, stage)
        first = state.entrypoint or state.command
        held = contents(file, stage)
        yield from unhealthy(file, stage, held)
        if first is None:
            continue
        yield from not_held(file, stage, held, (repository, workloads))
        words = started_words(state)
        message, better = _problem(first, words, held, is_default=state.shell is None)
        if not message and words and lacks(file, stage, held, words[0]):
            message = f"starts `{words[0]}`, which {held.base.name} does not hold; expected its package"
        if message:
            yield Draft(
                place(file, first),
                f"{first.keyword} {message}",
                key=f"{label(stage)}: start",
                target=target_of(file),
                fix=_fix(file, first, better),
            )


@RULE.check_of(Workloads, Dockerfiles, uses=manifest.ORIGINS)
def check_workloads(
    found: Workloads,
    files: Dockerfiles,
    workflows: Workflows | None,
    table: ReleaseTable | None,
    builds: ImageBuilds | None,
) -> Iterator[Draft]:
    """One draft for each container that starts or reads what its image does not hold."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in manifest.containers(found):
        if not {"args", "command", "image", "volumeMounts"}.isdisjoint(container.patched):
            continue
        if not container.command and not container.arguments:
            continue
        built = manifest.stage_of(sources.of(container), files)
        if built:
            yield from _of_container(workload, container, built, contents(*built))


def _of_container(
    workload: Workload, container: Container, built: tuple[Dockerfile, Stage], held: Contents
) -> Iterator[Draft]:
    held.directory = container.directory or held.directory
    program = container.command[0] if container.command else ""
    if program and held.found(program) == "" and not _is_mounted(program, container):
        words = f"starts `{program}`, which its image ({built[0].path}) does not hold{_instead(held)}"
        yield _draft(workload, container, words, "command")
    for path in _settings(container):
        if not held.may_hold(path) and not _is_mounted(path, container):
            words = f"is told to read `{path}`, which neither its image ({built[0].path}) holds nor a volume brings"
            yield _draft(workload, container, words, "args", Severity.WARNING)


def _draft(workload: Workload, container: Container, words: str, at: str, severity: Severity | None = None) -> Draft:
    part = container.places.get(at) or container.places.get("command")
    return Draft(
        manifest.place(workload, part, container.line),
        f"{manifest.called(workload, container)} {words}",
        key=manifest.key(workload, container, at),
        target=manifest.target(workload),
        severity=severity,
    )


def _problem(
    first: Instruction, words: tuple[str, ...], held: Contents, *, is_default: bool
) -> tuple[str, tuple[str, str]]:
    """What is wrong with the start, and the word to replace by another where that mends it."""
    none = ("", "")
    if first.array is None:
        if held.has_no_shell and is_default:
            return "is in shell form, but the image has no shell to read it; write it as a JSON list", none
        return "", none
    program = words[0] if words else ""
    path = held.found(program)
    if path == "":
        programs = [one for one, source in held.files.items() if not posixpath.splitext(one)[1]]
        better = (program, programs[0]) if len(programs) == 1 else none
        where = "is in no directory of PATH" if "/" not in program else "is not in the image"
        return f"starts `{program}`, which {where}{_instead(held)}", better
    if path and path.endswith(".sh") and held.has_no_shell and path in held.files:
        return f"starts the script `{program}`, but the image has no shell to run it; start the program itself", none
    return "", none


def _instead(held: Contents) -> str:
    programs = [one for one in held.files if not posixpath.splitext(one)[1]]
    return f"; it holds {', '.join(f'`{one}`' for one in programs[:_SHOWN])}" if programs else ""


def _fix(file: Dockerfile, first: Instruction, better: tuple[str, str]) -> Fix | None:
    """The line with the right path, where the wrong one stands on it once."""
    lines = file.text.split("\n")
    source = lines[first.line - 1] if first.line == first.end_line else ""
    wrong = json.dumps(better[0])
    if not better[0] or source.count(wrong) != 1:
        return None
    text = source.replace(wrong, json.dumps(better[1])) + ("\n" if first.line < len(lines) else "")
    return Fix(safe=False, edits=(Edit(file.path, first.line, first.line, text),))


def _settings(container: Container) -> Iterator[str]:
    """Absolute paths that a container's words name as files with settings."""
    words = (*container.command, *container.arguments)
    for word, following in zip(words, (*words[1:], ""), strict=False):
        match = _SETTINGS.fullmatch(word)
        value = (match["value"] or following) if match else ""
        if value.startswith("/") and "$" not in value and posixpath.splitext(value)[1]:
            yield posixpath.normpath(value)


def _is_mounted(path: str, container: Container) -> bool:
    """Whether a volume lies at a path, above it or below it."""
    return any(
        not one.startswith("/") or path == one or path.startswith(f"{one.rstrip('/')}/") for one in container.mounts
    )


RULE.check_of(ImageContent)(not_startable)
