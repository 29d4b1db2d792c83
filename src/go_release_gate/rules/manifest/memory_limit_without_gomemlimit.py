"""A memory limit that the Go program in the container knows nothing of.

## What it finds

A container with a memory limit whose image holds a Go program of this repository, without `GOMEMLIMIT`: neither in the
manifest nor in the image's `ENV`.

## Why

Go's collector lets the heap grow by its own measure, twice what is in use, whatever the container may hold. A program
that could live within its limit is killed when a moment of load meets a collection that comes too late. With
`GOMEMLIMIT` it collects earlier as it gets near.

## Fix

Add `GOMEMLIMIT` with 90 to 95 % of the limit, in Go's units:

```yaml
env:
  - name: GOMEMLIMIT
    value: 460MiB
resources:
  limits:
    memory: 512Mi
```

## Limits

Nothing is said of images of others, of containers whose variables come from elsewhere as a whole (`envFrom`,
`env_file`), of modules that require github.com/KimMachineGun/automemlimit or whose own code calls
`debug.SetMemoryLimit` in a program that a Dockerfile builds, and of what patches change.

## References

- https://go.dev/doc/gc-guide#Memory_limit
- https://pkg.go.dev/runtime#hdr-Environment_Variables
- https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Source, Sources
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import (
    ORIGINS,
    called,
    containers,
    is_go,
    key,
    place,
    sets_itself,
    stage_of,
    target,
)
from go_release_gate.rules.manifest._quantities import go_text
from go_release_gate.rules.manifest.gomemlimit_mismatch import NAME, limit_of

RULE = Rule(
    id="memory-limit-without-gomemlimit",
    summary="a container has a memory limit, and the Go program in it no GOMEMLIMIT",
    severity=Severity.NOTE,
    since="0.1",
    needs=(Workloads,),
    uses=(*ORIGINS, Dockerfiles, GoCalls, Programs),  # the programs are found by the calls
    merge=True,
)

_LIBRARY = "github.com/KimMachineGun/automemlimit"


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
        limit = limit_of(workload, container)
        if not limit or container.is_initial or container.is_given(NAME) or "env" in container.patched:
            continue
        source = sources.of(container)
        if is_go(source, files) and not _is_set(source, files) and not sets_itself(source, programs, NAME):
            yield Draft(
                place(workload, container.places.get("limits.memory"), container.line),
                f"{called(workload, container)} has a memory limit of {container.memory_limit} and no {NAME}: its "
                f"program does not know of it; set {NAME}={go_text(int(limit * 0.9))}",
                key=key(workload, container, NAME),
                target=target(workload),
            )


def _is_set(source: Source | None, files: Dockerfiles | None) -> bool:
    """Whether the image sets it, or the program does by a library."""
    built = stage_of(source, files)
    if built and NAME in built[1].environment:
        return True
    return bool(source and source.module and _LIBRARY in source.module.requires)
