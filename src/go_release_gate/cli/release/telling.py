"""People are told, where the environment is configured to; whatever becomes of it changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_release_gate.cli.release.wiring import Desk

if TYPE_CHECKING:
    from go_release_gate.release.alerts import Severity, State, Ways

ROLLBACK = "go-release-gate release rollback --service {} --env {}"


def told(  # noqa: PLR0917 - in the order of a sentence
    desk: Desk, place: tuple[str, str], digest: str, state: State, reason: str, command: str = ""
) -> tuple[str, ...]:
    """Tell what has become of a digest in a place; gives notices about ways that did not take it."""
    service, environment = place
    settings = desk.environment(environment)
    if not settings.alerts:
        return ()
    from go_release_gate.release.alerts import Alert, incident_of, tell

    release = desk.book.state(fresh=False).release(service, digest)
    alert = Alert(
        incident_of(service, environment, digest),
        service,
        environment,
        digest,
        release.name if release else "",
        reason,
        severity=_severity(state),
        state=state,
        command=command.format(service, environment),
        run=desk.actor.run,
        owners=settings.owners,
    )
    return tell(alert, settings.alerts, ways_of(desk)).notices


def ways_of(desk: Desk) -> Ways:
    """How people are reached from here."""
    from go_release_gate.adapters.registry.wire import HttpWire
    from go_release_gate.release.alerts import Ways

    github = desk.github if desk.repository else None
    wire = HttpWire(desk.authorities)
    return Ways(desk.now, wire, desk.runner, desk.root, desk.environ, desk.variables, github)


def _severity(state: State) -> Severity:
    if state == "resolved":
        return "info"
    return "critical" if state in ("failing", "stuck") else "warning"
