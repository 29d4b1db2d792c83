"""A container that starts with `go run`: it compiles its program each time it starts.

## What it finds

- CMD and ENTRYPOINT of the final stage, and of stages that workflows build by name, in their shell and JSON forms,
  through `sh -c`, through a script of the repository that is copied into the image (or stands in the Dockerfile), and
  through `make` with a target of the Makefile.
- `command`, `args` and `entrypoint` of Kubernetes manifests and compose files, of templates of charts as far as they
  are written out, and the lines of a Procfile.

## Why

The image must hold the toolchain, the sources and the module cache (or reach the network), hundreds of megabytes that
can be attacked; every start takes as long as a build; what runs is no binary that anybody tested, scanned or signed;
and `go run` ends with exit code 1 whatever the program's was.

## Fix

Build in a stage of its own and start the binary:

    FROM golang:1.26 AS build
    WORKDIR /src
    COPY . .
    RUN CGO_ENABLED=0 go build -trimpath -o /app ./cmd/app

    FROM gcr.io/distroless/static-debian12:nonroot
    COPY --from=build /app /app
    ENTRYPOINT ["/app"]

## Limits

Files of development are passed over: `Dockerfile.dev`, `compose.override.yaml`, stages called `dev` or `debug`, compose
services that mount their sources, directories of examples and tests, Procfiles without
`web`, `worker` or `release`, and `go run` of tools that restart a program while
it is written (air, reflex, CompileDaemon). A command that holds what nobody knows is not judged.

## References

- https://pkg.go.dev/cmd/go#hdr-Compile_and_run_Go_program
- https://docs.docker.com/build/building/multi-stage/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.dockerfile.state import end_state
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.workloads import COMPOSE, Workloads
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._calls import SOURCES, is_aside, place, shown, target

RULE = Rule(
    id="go-run-in-image",
    summary="a container starts with `go run`",
    severity=Severity.WARNING,
    since="0.1",
    needs=(GoCalls,),
    uses=SOURCES,
)
_WATCHERS = re.compile(r"(?:^|/)(?:air|reflex|CompileDaemon|gow|modd|realize|fresh)(?:@|$)")


@RULE.check
def check(
    calls: GoCalls, _workflows: object, _files: object, builds: ImageBuilds | None, workloads: Workloads | None
) -> Iterator[Draft]:
    """One draft for each start."""
    told: set[tuple[str, int]] = set()
    for call in calls.calls:
        is_run = call.is_start and call.command.verb == "run" and (call.path, call.line) not in told
        if is_run and _is_judged(call, builds, workloads):
            told.add((call.path, call.line))
            yield _draft(call)


def _draft(call: GoCall) -> Draft:
    through = f", which {call.via} starts," if call.via else ""
    return Draft(
        location=place(call),
        message=f"the container starts with {shown(call)}{through} and compiles its program each time; "
        "expected a binary that a build stage made, started by its path",
        key=f"{call.scope} {' '.join(call.command.arguments[:1])}",
        target=target(call),
    )


def _is_judged(call: GoCall, builds: ImageBuilds | None, workloads: Workloads | None) -> bool:
    if is_aside(call.path) or is_aside(call.via) or any(map(_WATCHERS.search, call.command.arguments[:1])):
        return False
    if call.dockerfile is not None and call.stage is not None:
        return _is_shipped_stage(call.dockerfile, call.stage, builds)
    return not _is_mounted(call, workloads)


def _is_shipped_stage(dockerfile: Dockerfile, stage: Stage, builds: ImageBuilds | None) -> bool:
    targets = {build.target.lower() for build in (builds.of(dockerfile.path) if builds else ()) if build.target}
    for final in dockerfile.stages:
        if final is dockerfile.final or (final.name and final.name in targets):
            end = end_state(dockerfile, final)
            if stage.index in (end.entrypoint_index, end.command_index) and not is_aside(final.name):
                return True
    return False


def _is_mounted(call: GoCall, workloads: Workloads | None) -> bool:
    """Whether a compose service mounts directories: sources that are worked on."""
    for workload in workloads.workloads if workloads else ():
        for container in workload.containers:
            if workload.path == call.path and call.scope == f"{workload.name}/{container.name}":
                return workload.kind == COMPOSE and bool(container.mounts)
    return False
