"""Words and places that the rules about containers in manifests share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Source
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import COMPOSE, Container, Workload, Workloads
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.oci.manifests.use import Part

ORIGINS = (Workflows, ReleaseTable, ImageBuilds)
"""The facts that tell where an image comes from, as image_sources.Sources takes them behind the workloads."""

_GO = re.compile(r"\bgo(?:lang|-toolset)?\b|\bgo (?:build|install)\b|\bxx-go\b")
_ASIDE = frozenset({"ci", "debug", "debugger", "dev", "development", "lint", "test", "tests"})
_OTHERS = re.compile(r"\b(?:python|node|openjdk|eclipse-temurin|dotnet|ruby|php|rust)\b")


def containers(found: Workloads) -> Iterator[tuple[Workload, Container]]:
    """Every container with its workload."""
    return ((workload, one) for workload in found.workloads for one in workload.containers)


def place(workload: Workload, part: Part | None, line: int) -> Location:
    """Where a value stands; the line where it is nowhere."""
    return Location(workload.path, part.line, None, part.column) if part else Location(workload.path, line)


def target(workload: Workload) -> Target:
    """What findings about a workload are about."""
    return Target("workload", f"{workload.kind}/{workload.name}")


def key(workload: Workload, container: Container, what: str) -> str:
    """The identity of a finding: the same workload in a rendered copy beside is the same."""
    return f"{workload.kind}/{workload.name}/{container.name}: {what}"


def called(workload: Workload, container: Container) -> str:
    """What messages call a container."""
    if workload.kind == COMPOSE:
        return f"service `{workload.name}`"
    return f"container `{container.name}` of {workload.kind} `{workload.name}`"


def rewritten(workload: Workload, *changes: tuple[Part | None, str]) -> Fix | None:
    """A mend that puts other texts in place of values; None where one does not stand on a line of its own."""
    lines = [(part, part.rewritten(text)) for part, text in changes if part]
    if not lines or not all(text for _, text in lines):
        return None
    return Fix(safe=False, edits=tuple(Edit(workload.path, part.line, part.line, text) for part, text in lines))


def stage_of(source: Source | None, files: Dockerfiles | None) -> tuple[Dockerfile, Stage] | None:
    """The Dockerfile of an image and the stage that becomes it; None: not known."""
    if source is None or files is None or not source.dockerfile:
        return None
    found = next((one for one in files.files if one.path == source.dockerfile), None)
    if found is None or not found.stages:
        return None
    if not source.target:  # who ends with a stage for debugging builds another one for use
        return None if found.final.name in _ASIDE else (found, found.final)
    named = [one for one in found.stages if source.target.lower() in (one.name, str(one.index))]
    return (found, named[0]) if named else None


def sets_itself(source: Source | None, programs: Programs | None, variable: str) -> bool:
    """Whether a program of the image's module does by a call what a variable (GOMEMLIMIT, GOMAXPROCS) would."""
    module = source.module if source else None
    own = (one for one in (programs.programs if programs else ()) if module and one.module == module.dir)
    return any(variable in one.limits for one in own)


def is_go(source: Source | None, files: Dockerfiles | None) -> bool:
    """Whether an image holds a Go program of this repository, as far as its Dockerfile tells; without one its module
    is taken for it."""
    if source is None or source.module is None:
        return False
    found = stage_of(source, files)
    if found is None:
        return not source.dockerfile
    texts = [stage.written for stage in found[0].stages]
    texts += [one.value for stage in found[0].stages for one in stage.instructions if one.keyword == "RUN"]
    return any(map(_GO.search, texts)) or not any(map(_OTHERS.search, texts))
