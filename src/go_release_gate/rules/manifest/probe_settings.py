"""Probes that kill or drop what works, or notice too late what does not.

## What it finds

In containers whose image this repository builds:

- readiness and liveness probe that ask the same, the liveness probe being no more patient (warning);
- a time limit longer than configured (3 seconds), or a liveness probe's that is as long as its period (warning);
- as notes, a liveness probe that begins less than 30 seconds after the start without a startup probe before it, or asks
  more often than every 10 seconds, or restarts after fewer than 3 failures; a readiness probe that is given a delay
  below 10 seconds or asks more often than every 5.

## Why

Where both probes ask the same, a pod that is only busy for a moment is not just spared, it is killed, and its load
falls on the others. A liveness probe that begins before the program has started restarts it for ever. A long time
limit keeps requests flowing to a pod that stopped answering long ago.

## Fix

Set the numbers as configured (a mend is offered for those that are written), or say in the configuration what fits:

```yaml
workloads:
  liveness-delay: 15
```

Where the start takes long, a startup probe is better than a long delay.

## Limits

Numbers that are left out count as Kubernetes' defaults (delay 0, period 10, time limit 1, failures 3); of a readiness
probe only a delay that is written is judged. What a patch of a kustomization gives or changes is not judged, nor are
images of others.

## References

- https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
- https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_sources import Sources
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Container, Expectations, Probe, Workload, Workloads
from go_release_gate.model.finding import Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.oci.manifests.use import Part
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.manifest._containers import ORIGINS, called, containers, key, place, rewritten, target

RULE = Rule(
    id="probe-settings",
    summary="both probes ask the same, or one is too impatient or too patient",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Workloads,),
    uses=ORIGINS,
    fix="unsafe",
    merge=True,
)

_PERIOD, _TIMEOUT, _FAILURES = 10, 1, 3  # Kubernetes' defaults


@dataclass(frozen=True, slots=True)
class _Fault:
    words: str
    is_grave: bool = False
    place: Part | None = None
    wanted: int = 0


@RULE.check
def check(
    found: Workloads, workflows: Workflows | None, table: ReleaseTable | None, builds: ImageBuilds | None
) -> Iterator[Draft]:
    """One draft for each probe, and one where both ask the same."""
    sources = Sources(found, workflows, table, builds)
    for workload, container in containers(found):
        if (container.readiness is None and container.liveness is None) or sources.of(container) is None:
            continue
        yield from _same(workload, container)
        for name, probe, faults in (
            ("readiness", container.readiness, _of_readiness),
            ("liveness", container.liveness, _of_liveness),
        ):
            if probe and f"{name}Probe" not in container.patched:
                listed = list(faults(container, probe, found.expected))
                if listed:
                    yield _draft(workload, container, name, probe, listed)


def _draft(workload: Workload, container: Container, name: str, probe: Probe, faults: list[_Fault]) -> Draft:
    faults.sort(key=lambda one: not one.is_grave)
    changes = [(one.place, str(one.wanted)) for one in faults if one.place and one.wanted]
    return Draft(
        place(workload, faults[0].place, probe.line),
        f"{name} probe of {called(workload, container)}: {'; '.join(one.words for one in faults)}",
        key=key(workload, container, name),
        target=target(workload),
        severity=None if any(one.is_grave for one in faults) else Severity.NOTE,
        fix=rewritten(workload, *changes) if len(changes) == len(faults) else None,
    )


def _of_liveness(container: Container, probe: Probe, expected: Expectations) -> Iterator[_Fault]:
    delay, period = probe.initial_delay or 0, probe.period or _PERIOD
    yield from _time_limit(probe, expected)
    timeout = probe.timeout or _TIMEOUT
    if expected.probe_timeout >= timeout >= period:
        yield _Fault(f"its time limit of {timeout} s is no shorter than its period of {period} s", is_grave=True)
    if delay < expected.liveness_delay and container.startup is None and "startupProbe" not in container.patched:
        words = f"it begins {delay} s after the start, expected {expected.liveness_delay} s or a startup probe"
        yield _Fault(words, False, probe.places.get("initialDelaySeconds"), expected.liveness_delay)
    if period < expected.liveness_period:
        words = f"it asks every {period} s, expected {expected.liveness_period} s or more"
        yield _Fault(words, False, probe.places.get("periodSeconds"), expected.liveness_period)
    if probe.failures is not None and probe.failures < expected.liveness_failures:
        words = f"it restarts after {probe.failures} failures, expected {expected.liveness_failures} or more"
        yield _Fault(words, False, probe.places.get("failureThreshold"), expected.liveness_failures)


def _of_readiness(container: Container, probe: Probe, expected: Expectations) -> Iterator[_Fault]:
    yield from _time_limit(probe, expected)
    delay, period = probe.initial_delay, probe.period or _PERIOD
    if delay is not None and delay < expected.readiness_delay and container.startup is None:
        words = f"it begins {delay} s after the start, expected {expected.readiness_delay} s or more"
        yield _Fault(words, False, probe.places.get("initialDelaySeconds"), expected.readiness_delay)
    if period < expected.readiness_period:
        words = f"it asks every {period} s, expected {expected.readiness_period} s or more"
        yield _Fault(words, False, probe.places.get("periodSeconds"), expected.readiness_period)


def _time_limit(probe: Probe, expected: Expectations) -> Iterator[_Fault]:
    timeout = probe.timeout or _TIMEOUT
    if timeout > expected.probe_timeout:
        words = f"its time limit is {timeout} s, expected {expected.probe_timeout} s at most"
        yield _Fault(words, True, probe.places.get("timeoutSeconds"), expected.probe_timeout)


def _same(workload: Workload, container: Container) -> Iterator[Draft]:
    readiness, liveness = container.readiness, container.liveness
    if not readiness or not liveness or not {"readinessProbe", "livenessProbe"}.isdisjoint(container.patched):
        return
    if _plain(container, readiness).action != _plain(container, liveness).action:
        return
    if _patience(liveness) > _patience(readiness):
        return
    yield Draft(
        place(workload, None, liveness.line),
        f"liveness probe of {called(workload, container)} asks the same as its readiness probe and gives up no later: "
        "a busy moment restarts it; ask only whether the process moves, or be more patient",
        key=key(workload, container, "same"),
        target=target(workload),
        related=(Related("the readiness probe", Location(workload.path, readiness.line)),),
    )


def _patience(probe: Probe) -> int:
    """Seconds of failures until it acts."""
    return (probe.period or _PERIOD) * (probe.failures or _FAILURES)


def _plain(container: Container, probe: Probe) -> Probe:
    """The probe with the port's number in place of its name."""
    number = next((one.number for one in container.ports if one.name and one.name == probe.port), probe.port)
    return replace(probe, port=number)
