"""Looking again and again until a verdict stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from go_release_gate.adapters.health.command import CommandProber
from go_release_gate.adapters.health.http import HttpProber
from go_release_gate.adapters.health.prometheus import MetricProber, Prometheus
from go_release_gate.adapters.health.reading import Probe, Reading, Subject
from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.registry.wire import Wire
from go_release_gate.config.releases import HealthSettings
from go_release_gate.errors import RefusedError, UsageError
from go_release_gate.ledger.chain import Chain
from go_release_gate.ledger.state import state_of
from go_release_gate.release.health.judging import Look, Verdict, has_failed, judged, refuse_settings
from go_release_gate.report.neutral import log_text


@dataclass(frozen=True, slots=True)
class Edges:
    """What measuring works with.

    Attributes:
        probes: what is asked in every look.
        changed: what became of the subject since; empty: it still runs.
        now: the time. clock, sleep: monotonic seconds; waits. said: is told each look.
    """

    probes: Sequence[Probe]
    changed: Callable[[Subject], str] = lambda _subject: ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    said: Callable[[str], None] = lambda _words: None


@dataclass(frozen=True, slots=True)
class Outside:
    """How probes reach the world. `environment`: all variables of commands; `token`: for Prometheus."""

    wire: Wire
    runner: Runner
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)


def probes_of(settings: HealthSettings, outside: Outside) -> tuple[Probe, ...]:
    """The probes of an environment, in the configuration's order. Raises UsageError."""
    if settings.metrics and not settings.prometheus:
        raise UsageError("health.metrics are configured, and health.prometheus names no server")
    server = Prometheus(outside.wire, settings.prometheus, outside.token)
    return (
        *(HttpProber(outside.wire, probe) for probe in settings.http),
        *(
            CommandProber(outside.runner, command, outside.directory, outside.environment)
            for command in settings.commands
        ),
        *(MetricProber(server, metric) for metric in settings.metrics),
    )


def subject_of(chain: Chain, service: str, environment: str) -> Subject:
    """What runs there, as the ledger says. Raises RefusedError where nothing does."""
    state = state_of(chain.entries, chain.head)
    place = state.at(service, environment)
    if place.since is None or not place.current:
        raise RefusedError(f"nothing of {service} runs in {environment}: there is nothing to judge")
    release = state.release(service, place.current)
    source = release.source if release else None
    begun = chain.entries[place.since.intent - 1].time if place.since.intent else place.since.time
    return Subject(
        service,
        environment,
        place.current,
        source.version or source.tag if source else "",
        source.commit if source else "",
        begun,
        place.since.time,
    )


def measure(settings: HealthSettings, subject: Subject, edges: Edges) -> Verdict:
    """Look until there are failures enough, or all looks have taken place.

    Raises:
        UsageError: the settings make no sense. Nothing a probe meets is an error: it is inconclusive.
    """
    refuse_settings(settings.looks, settings.failures)
    if not edges.probes:
        return judged(subject.digest, (), settings.looks, settings.failures)
    _warm_up(settings, subject, edges)
    looks: list[Look] = []
    changed = edges.changed(subject)
    while not changed and len(looks) < settings.looks and not has_failed(looks, settings.failures):
        if looks:
            edges.sleep(settings.interval)
        look = tuple(probe.look(subject) for probe in edges.probes)
        changed = edges.changed(subject)
        looks.append(look)
        edges.said(f"look {len(looks)} of {settings.looks}: {'; '.join(map(_told, look))}")
    return judged(subject.digest, looks, settings.looks, settings.failures, changed)


def _warm_up(settings: HealthSettings, subject: Subject, edges: Edges) -> None:
    """Wait for what is left of the time that a service gets after its move."""
    passed = (edges.now() - subject.ended).total_seconds() if subject.ended else 0.0
    left = settings.warm_up - max(0.0, passed)
    if left > 0:
        edges.sleep(min(left, settings.warm_up))


def _told(reading: Reading) -> str:
    words = f" ({reading.words})" if reading.words else ""
    return log_text(f"{reading.name} {reading.health}{words}", 300)
