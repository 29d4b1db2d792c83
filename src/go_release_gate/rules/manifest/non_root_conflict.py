"""`runAsNonRoot: true` for a container whose user is root, or one by name, which the kubelet cannot verify.

## What it finds

- `runAsNonRoot: true` together with `runAsUser: 0`.
- `runAsNonRoot: true` without `runAsUser`, where the image is built here and its last stage runs as root, or as a user
  that `USER` names by a name instead of a number.

## Why

The kubelet compares numbers. It refuses to start a container that would run as root (`container has runAsNonRoot and
image will run as root`), and one whose user is a name (`image has non-numeric user, cannot verify user is non-root`).
The image builds, the manifest is accepted, and the pod stays in CreateContainerConfigError.

## Fix

Write the number in the Dockerfile (`USER 65532:65532`), or set `runAsUser` beside `runAsNonRoot`.

## Limits

Judged only where the Dockerfile of the image is known, and where it sets no user, where the base image's is known: an
unknown base is not root. What patches of a kustomization change is not judged.

## References

- https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context
- https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
- https://docs.docker.com/reference/dockerfile/#user
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.bases import base_of
from go_release_gate.dockerfile.expand import value_at
from go_release_gate.dockerfile.model import Dockerfile, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Workload, Workloads
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import ORIGINS, called, containers, key, place, stage_of, target

RULE = Rule(
    id="non-root-conflict",
    summary="runAsNonRoot, and a user that is root or that the kubelet cannot verify",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Workloads,),
    uses=(*ORIGINS, Dockerfiles),
    merge=True,
)


@RULE.check
def check(
    found: Workloads,
    workflows: Workflows | None,
    table: ReleaseTable | None,
    builds: ImageBuilds | None,
    files: Dockerfiles | None,
) -> Iterator[Draft]:
    """One draft for each container."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in containers(found):
        if not container.run_as_non_root or "securityContext" in container.patched:
            continue
        if container.run_as_user == 0:
            words = "`runAsNonRoot: true` and `runAsUser: 0`"
            yield _draft(workload, container, f"{words}: it is never started", "runAsUser", ())
        elif container.run_as_user is None and (built := stage_of(sources.of(container), files)):
            yield from _of_image(workload, container, *built)


def _of_image(workload: Workload, container: Container, file: Dockerfile, stage: Stage) -> Iterator[Draft]:
    user, line = user_of(file, stage)
    name = user.partition(":")[0]
    related = (Related(f"the user `{user}`" if user != "0" else "it runs as root", Location(file.path, line)),)
    if name in ("0", "root"):
        words = (
            f"`runAsNonRoot: true`, but its image ({file.path}) runs as root: it is never started; set USER to a number"
        )
        yield _draft(workload, container, words, "runAsNonRoot", related)
    elif name and not name.isdigit():
        words = f"`runAsNonRoot: true`, but its image ({file.path}) runs as `{user}`, a name that cannot be verified"
        words += ": it is never started; set USER to a number, or runAsUser"
        yield _draft(workload, container, words, "runAsNonRoot", related)


def _draft(workload: Workload, container: Container, words: str, at: str, related: tuple[Related, ...]) -> Draft:
    return Draft(
        place(workload, container.places.get(at), container.line),
        f"{called(workload, container)} has {words}",
        key=key(workload, container, "user"),
        target=target(workload),
        related=related,
    )


def user_of(file: Dockerfile, stage: Stage) -> tuple[str, int]:
    """The user of an image and the line that says so; empty where it is not known."""
    for one in file.ancestry(stage):
        for instruction in reversed(one.instructions):
            if instruction.keyword == "USER":
                value = value_at(file, one, instruction, instruction.value.strip())
                return (value if isinstance(value, str) else ""), instruction.line
    first = file.base(stage)
    return base_of(first.image).user, first.start.line
