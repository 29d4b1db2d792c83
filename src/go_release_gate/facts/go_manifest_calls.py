"""The `go` commands that containers of manifests, and processes of a Procfile, are started with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.facts.go_calls import MANIFEST, GoCall
from go_release_gate.facts.go_script_calls import of_ran
from go_release_gate.facts.workload_scan import scan
from go_release_gate.facts.workloads import Container, Workload, Workloads
from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.walk import Ran, Walk
from go_release_gate.gocommand.wrappers import inner
from go_release_gate.shell.unknown import Holes

_PROCESS = re.compile(r"^(?P<name>[\w-]+):[ \t]*(?P<command>.+)$", re.MULTILINE)

_ASKS = re.compile(r"\bgo\b[\s\"',-]{1,40}\brun\b")
_LINE = re.compile(r"^[ \t]*\{\{[^{}\n]*\}\}[ \t]*\r?$", re.MULTILINE)
_ACTION = re.compile(r"\{\{[^{}\n]*\}\}")
_DEPLOYED = re.compile(r"^(?:web|worker|release)[\w-]*:", re.MULTILINE)


def of_workloads(workloads: Workloads) -> Iterator[GoCall]:
    """The starts of all containers that say what they run."""
    for workload in workloads.workloads:
        for container in workload.containers:
            yield from _of_container(workload, container)


def of_template(path: str, text: str) -> Iterator[GoCall]:
    """The starts of a chart's template, as far as they are written out; of an action within a line `…` is left."""
    if not _ASKS.search(text):
        return
    yield from of_workloads(Workloads(tuple(scan({path: _ACTION.sub("…", _LINE.sub("", text))}).workloads)))


def of_procfile(path: str, text: str) -> Iterator[GoCall]:
    """The starts of a Procfile that is deployed: https://devcenter.heroku.com/articles/procfile.

    One without a process that a platform starts by itself is for a developer's machine.
    """
    if not _DEPLOYED.search(text):
        return
    for match in _PROCESS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield from _started(
            match["command"], GoCall(path, line, MANIFEST, GoCommand(()), scope=match["name"], is_start=True)
        )


def _of_container(workload: Workload, container: Container) -> Iterator[GoCall]:
    words = (
        (*container.command, *container.arguments)
        if container.has_command or container.command
        else container.arguments
    )
    if not words:
        return
    run = inner(words)
    is_told = bool(container.command) and not (run.script and run.script in container.arguments)
    key = "command" if is_told else "args"
    line = container.lines.get(key) or container.lines.get("entrypoint") or container.line
    base = GoCall(
        workload.path,
        line,
        MANIFEST,
        GoCommand(()),
        scope=f"{workload.name}/{container.name}",
        is_start=not container.is_initial,
    )
    if run.script:
        part = container.places.get("script")
        yield from _started(run.script, base, part.line + 1 if part and part.text == run.script else None)
        return
    call = of_ran(Ran(run.words, 0, "", {**container.environment, **run.environment}), base, Holes())
    if call is not None:
        yield call


def _started(script: str, base: GoCall, first: int | None = None) -> Iterator[GoCall]:
    """The calls of a script. `first`: the line of the file that its first one stands on, None: it stands at `base`."""
    holes = Holes()
    for ran in Walk(holes).ran(script, {}, ""):
        place = base if first is None else replace(base, line=first + ran.line)
        call = of_ran(ran, place, holes)
        if call is not None:
            yield call
