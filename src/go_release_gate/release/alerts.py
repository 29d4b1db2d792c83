"""People are told: one alert, in every way that an environment is configured to tell it.

An alert that could not be told is a notice. It changes no verdict, no exit code, and not what comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from go_release_gate.adapters.alerts.command import run_command
from go_release_gate.adapters.alerts.issue import put_issue
from go_release_gate.adapters.alerts.message import PATIENCE, Message
from go_release_gate.adapters.alerts.webhook import send_chat, send_json
from go_release_gate.adapters.github.api import Api
from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.registry.wire import Wire
from go_release_gate.config.releases import Alert as AlertSettings
from go_release_gate.errors import GateError, UnavailableError, UsageError
from go_release_gate.ledger.codec import timestamp
from go_release_gate.report.neutral import code_block, code_span, log_text, markdown_text, table_cell

SCHEMA = 1
REMEMBERED = timedelta(days=30)  # issues that nobody touched for longer are of another incident
State = Literal["failing", "inconclusive", "rolled-back", "stuck", "resolved"]
Severity = Literal["critical", "warning", "info"]
_CLOSED = frozenset({"resolved"})
_OWNER = re.compile(r"@?[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:/[A-Za-z0-9._-]{1,100})?")
_RUN = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._-]+/[A-Za-z0-9._-]+/actions/runs/\d+(?:/attempts/\d+)?")
_WHAT = {
    "failing": "fails",
    "inconclusive": "cannot be judged",
    "rolled-back": "was rolled back",
    "stuck": "needs a person",
    "resolved": "is well again",
}


@dataclass(frozen=True, slots=True)
class Alert:
    """What people are told.

    Attributes:
        incident: what it is about (`incident_of`). state: what has become of it.
        digest, version: what the incident is about. reason: why, in one line; foreign text.
        severity: critical, warning or info. command: the one command to run, empty: none.
        run: address of the workflow run. owners: people or teams to name, as the configuration has them.
    """

    incident: str
    service: str
    environment: str
    digest: str
    version: str = ""
    reason: str = ""
    severity: Severity = "critical"
    state: State = "failing"
    command: str = ""
    run: str = ""
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """What telling works with.

    Attributes:
        now: the time. environ: the variables that `secret` names; commands get `command_environment`.
        api: gives a client of GitHub of its own, whose time is cut to ten seconds; None: no issues.
        patience: seconds of one way.
    """

    now: Callable[[], datetime]
    wire: Wire
    runner: Runner
    directory: Path
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    command_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    api: Callable[[], Api] | None = None
    patience: float = PATIENCE


@dataclass(frozen=True, slots=True)
class Told:
    """Names of the ways that took the alert (`webhook-2`), and notices about those that did not."""

    reached: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def incident_of(service: str, environment: str, digest: str, kind: str = "health") -> str:
    """What identifies an incident: the same digest in the same place for the same kind of reason."""
    return f"{service} {environment} {digest} {kind}"


def names_of(settings: Sequence[AlertSettings]) -> tuple[str, ...]:
    """What the ways of an environment are called in evidence and notices."""
    return tuple(f"{one.kind}-{number}" for number, one in enumerate(settings, 1))


def tell(
    alert: Alert, settings: Sequence[AlertSettings], ways: Ways, skipped: frozenset[str] = frozenset()
) -> Told:  # fmt: skip
    """Tell the alert in every way but `skipped`, which have told it before. Nothing is raised."""
    message = message_of(alert, ways.now())
    reached: list[str] = []
    notices: list[str] = []
    for name, one in zip(names_of(settings), settings, strict=True):
        if name in skipped and one.kind != "issue":  # an issue is looked at again: it is edited in place
            continue
        try:
            _SENDERS[one.kind](one, message, ways)
            reached.append(name)
        except GateError as error:
            notices.append(log_text(f"alert {name} was not told: {error.message}"))
        except Exception as error:  # noqa: BLE001 - an alert must not end a rollback, whatever is wrong with it
            notices.append(f"alert {name} was not told: {type(error).__name__}")
    return Told(tuple(reached), tuple(notices))


def message_of(alert: Alert, now: datetime) -> Message:
    """The alert in all forms."""
    return Message(
        alert.incident,
        alert.state,
        alert.state not in _CLOSED,
        _title(alert),
        _markdown(alert),
        _chat(alert),
        document_of(alert, now),
    )


def document_of(alert: Alert, now: datetime) -> dict[str, Any]:
    """JSON values. Their texts are one visible line each; what shows them as Markdown or HTML has to quote them."""
    told = {item.name: log_text(getattr(alert, item.name)) for item in fields(alert) if item.name != "owners"}
    owners = [log_text(owner, 100) for owner in alert.owners]
    return {"schema": SCHEMA, "kind": "release-alert", "time": timestamp(now), **told, "owners": owners}


def _title(alert: Alert) -> str:
    return log_text(f"{alert.service} in {alert.environment}: {_name(alert)} {_WHAT[alert.state]}", 200)


def _name(alert: Alert) -> str:
    return alert.version or alert.digest[:19]


def _markdown(alert: Alert) -> str:
    rows = (
        ("Service", code_span(alert.service)),
        ("Environment", code_span(alert.environment)),
        ("Version", code_span(alert.version) if alert.version else ""),
        ("Digest", code_span(alert.digest)),
        ("State", alert.state),
        ("Why", markdown_text(alert.reason, 500) if alert.reason else ""),
        ("Run", alert.run if _RUN.fullmatch(alert.run) else code_span(alert.run) if alert.run else ""),
        ("Owners", " ".join(map(_mention, alert.owners))),
    )
    lines = [f"| {name} | {table_cell(value)} |" for name, value in rows if value]
    parts = [f"**{markdown_text(_title(alert))}**", "\n".join(["| | |", "|---|---|", *lines])]
    if alert.command:
        parts += ["What to run:", code_block(alert.command, "sh", 500)]
    return "\n\n".join(parts)


def _mention(owner: str) -> str:
    return f"@{owner.removeprefix('@')}" if _OWNER.fullmatch(owner) else code_span(owner, 100)


def _chat(alert: Alert) -> str:
    """Plain lines; what is foreign stands in code, without what chats take for mentions, links and entities."""
    head = f"{chat_span(alert.service)} in {chat_span(alert.environment)}: {chat_span(_name(alert))}"
    lines = [f"{head} {_WHAT[alert.state]}"]
    lines += [f"why: {chat_span(alert.reason)}"] if alert.reason else []
    lines += [f"digest: {chat_span(alert.digest)}"]
    lines += [f"run: {chat_span(alert.command)}"] if alert.command else []
    lines += [alert.run] if _RUN.fullmatch(alert.run) else []
    lines += [" ".join(log_text(owner, 100) for owner in alert.owners)] if alert.owners else []
    return "\n".join(lines)


def chat_span(text: str) -> str:
    """Foreign text for a chat: one line of code, in which nothing is a mention, a link, an entity or an end."""
    plain = log_text(text, 500)
    for found, put in (("`", "'"), ("<", "‹"), (">", "›"), ("&", "+"), ("@", "(at)"), ("://", ": //")):  # noqa: RUF001
        plain = plain.replace(found, put)
    return f"`{plain or ' '}`"


def _by_issue(settings: AlertSettings, message: Message, ways: Ways) -> None:
    if ways.api is None:
        raise UnavailableError("there is no token for GitHub")
    api = ways.api()
    api.hurry(ways.patience)
    put_issue(api, message, api.viewer(), labels=settings.labels, since=ways.now() - REMEMBERED)


def _by_webhook(settings: AlertSettings, message: Message, ways: Ways) -> None:
    key = _secret(settings, ways) if settings.secret else ""
    send_json(ways.wire, settings.url, message.document, key.encode(), ways.patience)


def _by_chat(settings: AlertSettings, message: Message, ways: Ways) -> None:
    send_chat(ways.wire, settings.url or _secret(settings, ways), message.text, ways.patience)


def _by_command(settings: AlertSettings, message: Message, ways: Ways) -> None:
    run_command(
        ways.runner,
        settings.run,
        message.document,
        directory=ways.directory,
        environment=ways.command_environment,
        seconds=ways.patience,
    )


def _secret(settings: AlertSettings, ways: Ways) -> str:
    value = ways.environ.get(settings.secret, "")
    if not value:
        raise UsageError(f"the variable {settings.secret or '`secret`'} is not set")
    return value


_SENDERS: Mapping[str, Callable[[AlertSettings, Message, Ways], None]] = {
    "issue": _by_issue,
    "webhook": _by_webhook,
    "chat": _by_chat,
    "command": _by_command,
}
