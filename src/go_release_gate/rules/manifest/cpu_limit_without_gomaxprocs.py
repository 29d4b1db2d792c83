"""A CPU limit that the Go program in the container does not see, or a GOMAXPROCS beyond it.

## What it finds

- A container with a CPU limit whose image holds a Go program of this repository, built from a module below Go 1.25,
  without `GOMAXPROCS` (note).
- A container whose `GOMAXPROCS` is larger than its CPU limit, rounded up (warning).

## Why

Up to Go 1.24 a program starts as many threads as the node has processors, whatever the container may use. They spend
the limit within the first milliseconds of each period, and then all of them stand still until the next: latencies jump
although the program needs little. From 1.25 on Go reads the limit itself, if the `go` line of the main module says 1.25
or newer.

## Fix

Raise the `go` line to 1.25, or set `GOMAXPROCS` to the limit, rounded up to a whole number.

## Limits

Nothing is said of images of others, of modules that require go.uber.org/automaxprocs, set `containermaxprocs=1` by a
`godebug` line or call `runtime.GOMAXPROCS` in a program that a Dockerfile builds, of variables that come from elsewhere
as a whole (`envFrom`, `env_file`), of an image whose module is not known, and of what patches change.

## References

- https://go.dev/doc/go1.25#container-aware-gomaxprocs
- https://pkg.go.dev/runtime#GOMAXPROCS
- https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Source, Sources
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, GoModule, Workload, Workloads
from go_release_gate.gomod import goversion
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import (
    ORIGINS,
    called,
    containers,
    is_go,
    key,
    place,
    rewritten,
    sets_itself,
    stage_of,
    target,
)
from go_release_gate.rules.manifest._quantities import quantity

RULE = Rule(
    id="cpu-limit-without-gomaxprocs",
    summary="a CPU limit that the Go program does not see, or a GOMAXPROCS beyond it",
    severity=Severity.NOTE,
    since="0.1",
    needs=(Workloads,),
    uses=(*ORIGINS, Dockerfiles, GoCalls, Programs),  # the programs are found by the calls
    fix="unsafe",
    merge=True,
)

_NAME = "GOMAXPROCS"
_LIBRARY = "go.uber.org/automaxprocs"
_SINCE = "1.25"  # https://go.dev/doc/go1.25#container-aware-gomaxprocs


@RULE.check
def check(
    found: Workloads,
    workflows: Workflows | None,
    table: ReleaseTable | None,
    builds: ImageBuilds | None,
    files: Dockerfiles | None,
    *built: GoCalls | Programs | None,
) -> Iterator[Draft]:
    """One draft for each container."""
    sources = Sources(found, workflows, table, builds)
    programs = next((one for one in built if isinstance(one, Programs)), None)
    for workload, container in containers(found):
        limit = quantity(container.cpu_limit)
        if not limit or "resources" in container.patched or "env" in container.patched:
            continue
        given = container.environment.get(_NAME, "")
        if given.isdigit() and int(given) > ceil(limit):
            yield _too_many(workload, container, ceil(limit))
        elif not container.is_given(_NAME) and not container.is_initial and not container.is_given("GODEBUG"):
            source = sources.of(container)
            is_blind = source and is_go(source, files) and _is_blind(source.module) and not _is_set(source, files)
            if source and is_blind and not sets_itself(source, programs, _NAME):
                yield _unseen(workload, container, source.module, ceil(limit))


def _too_many(workload: Workload, container: Container, wanted: int) -> Draft:
    part = container.places.get(f"env.{_NAME}")
    given = container.environment[_NAME]
    return Draft(
        place(workload, part, container.line),
        f"`{_NAME}={given}` in {called(workload, container)} is beyond its CPU limit of {container.cpu_limit}: "
        f"its threads spend it at once and stand still; set {wanted}",
        key=key(workload, container, _NAME),
        target=target(workload),
        severity=Severity.WARNING,
        fix=rewritten(workload, (part, str(wanted))) if part and part.text == given else None,
    )


def _unseen(workload: Workload, container: Container, module: GoModule | None, wanted: int) -> Draft:
    line = f"go {module.go}" if module else "its go line"
    return Draft(
        place(workload, container.places.get("limits.cpu"), container.line),
        f"{called(workload, container)} has a CPU limit of {container.cpu_limit}, which a program under `{line}` does "
        "not see: it starts a thread for each processor of the node; "
        f"raise the go line to {_SINCE} or set {_NAME}={wanted}",
        key=key(workload, container, _NAME),
        target=target(workload),
    )


def _is_blind(module: GoModule | None) -> bool:
    if module is None or not module.go or _LIBRARY in module.requires:
        return False
    if any(one.startswith(("containermaxprocs=1", "default=go1.25", "default=go1.26")) for one in module.godebugs):
        return False
    return goversion.compare(goversion.language(module.go) or module.go, _SINCE) < 0


def _is_set(source: Source, files: Dockerfiles | None) -> bool:
    built = stage_of(source, files)
    return built is not None and (_NAME in built[1].environment or "GODEBUG" in built[1].environment)
