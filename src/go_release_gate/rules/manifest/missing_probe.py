"""A container that answers requests for as long as it lives, and says nowhere how one can tell that it does.

## What it finds

Deployments, StatefulSets and DaemonSets with a container whose image this repository builds and that has no readiness
probe, no liveness probe, or neither. It is a warning where the container serves (it lists ports, or a Service sends
requests to it) and has no readiness probe; a missing liveness probe alone is a note.

## Why

Without a readiness probe a pod is sent requests from the moment its process starts, also while it still connects to
its database, and a rollout goes on to the next pod whether this one works or not. Without a liveness probe a program
that hangs stays as it is until somebody looks.

## Fix

Give both probes, at different addresses: readiness asks whether it can do its work now, liveness only whether the
process still moves.

```yaml
readinessProbe:
  httpGet: {path: /readyz, port: http}
  initialDelaySeconds: 10
  periodSeconds: 5
livenessProbe:
  httpGet: {path: /healthz, port: http}
  initialDelaySeconds: 30
  periodSeconds: 10
```

## Limits

Images of others, init containers, Jobs and CronJobs, Knative Services (they have a readiness probe of their own),
compose files and, beside other containers, containers without ports are passed over. So are patches and what patches
of a kustomization add, templates of charts, and what lies in directories of examples, development, documents and tests.

## References

- https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
- https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Workload, Workloads
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import ORIGINS, called, containers, key, place, target

RULE = Rule(
    id="missing-probe",
    summary="a container of this repository's image lacks a readiness or liveness probe",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workloads,),
    uses=ORIGINS,
    merge=True,
)

_KINDS = frozenset({"Deployment", "StatefulSet", "DaemonSet"})


@RULE.check
def check(
    found: Workloads, workflows: Workflows | None, table: ReleaseTable | None, builds: ImageBuilds | None
) -> Iterator[Draft]:
    """One draft for each container."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in containers(found):
        if not _is_judged(workload, container) or sources.of(container) is None:
            continue
        serves = bool(container.ports) or any(one.selects(workload) for one in found.services)
        missing = _missing(container)
        if missing and (serves or "liveness" in missing):
            words = "no readiness and no liveness probe" if len(missing) > 1 else f"no {missing[0]} probe"
            yield Draft(
                place(workload, container.places.get("image"), container.line),
                f"{called(workload, container)} has {words}; {_WHY[missing[0] if serves else 'liveness']}",
                key=key(workload, container, "probes"),
                target=target(workload),
                severity=None if serves and "readiness" in missing else Severity.NOTE,
            )


_WHY = {
    "readiness": "requests reach it before it can answer, and rollouts do not wait for it; add it",
    "liveness": "a program that hangs is not restarted; add one that asks no more than whether it moves",
}


def _missing(container: Container) -> list[str]:
    probes = (("readiness", container.readiness), ("liveness", container.liveness))
    return [name for name, probe in probes if probe is None and f"{name}Probe" not in container.patched]


def _is_judged(workload: Workload, container: Container) -> bool:
    if workload.kind not in _KINDS or container.is_initial:
        return False
    beside = [one for one in workload.containers if not one.is_initial]
    return len(beside) == 1 or bool(container.ports)
