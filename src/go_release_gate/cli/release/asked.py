"""What the arguments of `release` ask for, checked against the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import RefusedError, UsageError

_DURATION = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def service_of(desk: Desk) -> str:
    """The service that is meant. Raises UsageError: none is named and there are several, or it is not configured."""
    known, named = desk.settings.services, desk.args.service
    if not known:
        raise UsageError(
            "the configuration names no service",
            "add `services: {NAME: {image: REGISTRY/REPOSITORY}}` to .go-release-gate.yml; see docs/release-ledger.md",
        )
    if not named and len(known) == 1:
        return next(iter(known))
    if not named:
        raise UsageError("which service? --service is missing", f"one of {', '.join(known)}")
    return _known("service", named, known)


def environment_of(desk: Desk, service: str) -> str:
    """The environment that is meant. Raises UsageError: none is named, or the service does not run there."""
    known, named = desk.settings.environments, desk.args.env
    if not named:
        raise UsageError("which environment? --env is missing", f"one of {', '.join(known)}" if known else "")
    settings = known[_known("environment", named, known)]
    if settings.services and service not in settings.services:
        raise UsageError(f"{service} does not run in {named}", f"services there: {', '.join(settings.services)}")
    return str(named)


def place_of(desk: Desk) -> tuple[str, str]:
    """Service and environment that are meant."""
    service = service_of(desk)
    return service, environment_of(desk, service)


def fields_of(desk: Desk, *, is_required: bool = True) -> dict[str, str]:
    """The fields that the entries carry. Raises RefusedError: one that the configuration requires is missing."""
    fields = pairs(desk.args.field, "--field")
    missing = [name for name in desk.settings.ledger.required if not fields.get(name)] if is_required else []
    if missing:
        raise RefusedError(
            f"entries carry the field{'s' if len(missing) > 1 else ''} {', '.join(missing)} here, and it is missing",
            f"add --field {missing[0]}=VALUE",
        )
    return fields


def pairs(text: str | None, option: str) -> dict[str, str]:
    """`NAME=VALUE` lines. Raises UsageError."""
    found: dict[str, str] = {}
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        name, mark, value = line.strip().partition("=")
        if not mark or not _NAME.fullmatch(name) or not value.strip():
            raise UsageError(f"{option}: expected NAME=VALUE, got {line.strip()!r}")
        if name in found:
            raise UsageError(f"{option}: {name} is given twice")
        found[name] = value.strip()
    return found


def expiry(text: str | None, now: datetime) -> datetime | None:
    """When `12h`, `3d`, a date or a time means, from now on; None: never. Raises UsageError: no such form, or past."""
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match:
        return now + timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--expires: expected 90m, 12h, 3d, a date or a time, got {text!r}") from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    if moment <= now:
        raise UsageError(f"--expires: {text} is past")
    return moment


def refuse_together(desk: Desk, first: str, *others: str) -> None:
    """Raise UsageError where the option `first` is given with one of the others, which it already says."""
    given = [name for name in others if getattr(desk.args, name.replace("-", "_"), None)]
    if getattr(desk.args, first.replace("-", "_"), None) and given:
        raise UsageError(f"--{first} and --{given[0]} do not go together", f"leave --{given[0]} away")


def _known(what: str, name: str, known: Mapping[str, object] | Iterable[str]) -> str:
    if name not in known:
        names = list(known)
        raise UsageError(
            f"the configuration has no {what} {name!r}", did_you_mean(name, names) or f"one of {', '.join(names)}"
        )
    return name
