"""A GOMEMLIMIT that Go cannot read, or that does not fit the container's memory limit.

## What it finds

In containers of manifests and compose files, and in `ENV` of Dockerfiles:

- a value that Go cannot read (`512Mi`, `512m`, `0.5GiB`): the program ends at its start (error);
- a value that is not below the container's memory limit (warning), or above 95 % of it (note); the image's own counts
  where the container sets none.

## Why

Go reads `B`, `KiB`, `MiB`, `GiB` and `TiB`, not the units of Kubernetes or Docker, and with anything else it stops with
`malformed GOMEMLIMIT` before main begins. A limit at or above the container's never takes effect: the kernel kills the
program first. Just below, there is no room for what Go does not count, such as the program itself and C's memory.

## Fix

Set 90 to 95 % of the container's limit: `GOMEMLIMIT=460MiB` for `memory: 512Mi`. The number is yours to choose: the
mend that is offered takes 90 %.

## Limits

A value that comes from elsewhere (`valueFrom`, `envFrom`, a variable of a compose file without default) is not known
and not judged; taken from `limits.memory` by `resourceFieldRef` it is the whole limit, which Go then treats as its own.

## References

- https://pkg.go.dev/runtime#hdr-Environment_Variables
- https://go.dev/doc/gc-guide#Memory_limit
- https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import COMPOSE, Container, Workload, Workloads
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import (
    ORIGINS,
    called,
    containers,
    key,
    place,
    rewritten,
    stage_of,
    target,
)
from go_release_gate.rules.manifest._quantities import compose_bytes, go_bytes, go_text, quantity

RULE = Rule(
    id="gomemlimit-mismatch",
    summary="GOMEMLIMIT is none that Go can read, or not below the container's memory limit",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workloads,),
    uses=(*ORIGINS, Dockerfiles),
    fix="unsafe",
)

NAME = "GOMEMLIMIT"
_SHARE, _HIGHEST = 0.90, 0.95  # of the container's limit: what is offered, above which it is said


@RULE.check
def check(
    found: Workloads,
    workflows: Workflows | None,
    table: ReleaseTable | None,
    builds: ImageBuilds | None,
    files: Dockerfiles | None,
) -> Iterator[Draft]:
    """One draft for each value in a manifest, and for each of an image that does not fit the container's limit."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in containers(found):
        if not container.is_given(NAME) and "env" not in container.patched:
            yield from _of_image(workload, container, stage_of(sources.of(container), files))
        text = container.environment.get(NAME, "")
        if text and text != "off":
            problem, severity = _problem(text, limit_of(workload, container))
            if problem:
                yield _draft(workload, container, f"{problem} in {called(workload, container)}", severity)


def _of_image(workload: Workload, container: Container, built: tuple[Dockerfile, Stage] | None) -> Iterator[Draft]:
    """The image's own value beside the container's limit; one that Go cannot read is the Dockerfile's matter."""
    text, limit = built[1].environment.get(NAME, "") if built else "", limit_of(workload, container)
    if built is None or not isinstance(text, str) or go_bytes(text) is None or limit is None:
        return
    problem, severity = _problem(text, limit)
    if problem:
        yield Draft(
            place(workload, container.places.get("limits.memory"), container.line),
            f"{problem} in {called(workload, container)}, which has it from {built[0].path}; "
            f"say {NAME}={go_text(int(limit * _SHARE))} here",
            key=key(workload, container, NAME),
            target=target(workload),
            severity=severity,
        )


@RULE.check_of(Dockerfiles)
def check_dockerfiles(files: Dockerfiles) -> Iterator[Draft]:
    """One draft for each ENV of a Dockerfile that Go cannot read; limits are none of its matters."""
    for file in files.files:
        for stage in file.stages:
            text = stage.environment.get(NAME, "")
            line = _env_line(stage)
            if isinstance(text, str) and text not in ("", "off") and go_bytes(text) is None and line:
                message = f"{_unreadable(text)} in every container of this image"
                yield Draft(Location(file.path, line), message, target=Target("dockerfile", file.path))


def limit_of(workload: Workload, container: Container) -> int | None:
    """The container's memory limit in bytes, None where there is none, none that can be read, or a patch changes it."""
    if "resources" in container.patched:
        return None
    found = (compose_bytes if workload.kind == COMPOSE else quantity)(container.memory_limit)
    return int(found) if found else None


def _problem(text: str, limit: int | None) -> tuple[str, Severity | None]:
    count = go_bytes(text)
    if count is None:
        return _unreadable(text), None
    if limit and count >= limit:
        words = (
            f"`{NAME}={text}` is not below the memory limit: it never takes effect, the kernel kills the program first"
        )
        return words, Severity.WARNING
    if limit and count > limit * _HIGHEST:
        return f"`{NAME}={text}` leaves less than 5 % of the memory limit; expected 90 to 95 % of it", Severity.NOTE
    return "", None


def _unreadable(text: str) -> str:
    example = _meant(text) or "460MiB"
    return f"`{NAME}={text}` is none that Go can read (as `{example}` is): the program ends at its start"


def _meant(text: str) -> str:
    """The value in Go's units, where it is one in those of Kubernetes."""
    found = quantity(text) if text[-1:] != "m" else compose_bytes(text)
    return go_text(int(found)) if found and found >= 1 else ""


def _draft(workload: Workload, container: Container, message: str, severity: Severity | None) -> Draft:
    part, limit = container.places.get(f"env.{NAME}"), limit_of(workload, container)
    better = go_text(int(limit * _SHARE)) if limit else _meant(container.environment[NAME])
    is_plain = part is not None and part.text == container.environment[NAME]
    return Draft(
        place(workload, part, container.line),
        f"{message}; say {better}" if better else message,
        key=key(workload, container, NAME),
        target=target(workload),
        severity=severity,
        fix=rewritten(workload, (part, better)) if better and is_plain else None,
    )


def _env_line(stage: Stage) -> int:
    """The line of the stage's own ENV; 0 where an earlier stage has it."""
    lines = [
        one.line_of(one.value.index(NAME)) for one in stage.instructions if one.keyword == "ENV" and NAME in one.value
    ]
    return lines[-1] if lines else 0
