"""What pruning must not take away: one protected set per service, whose whole content stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from go_release_gate.config.releases import Environment as Settings
from go_release_gate.ledger.candidates import earlier
from go_release_gate.ledger.state import Environment, State


@dataclass(frozen=True, slots=True)
class Kept:
    """A digest that stays, and why: the first reason that was found."""

    digest: str
    reason: str


def protected(
    state: State, service: str, environments: dict[str, Settings], now: datetime, named: Collection[str] = ()
) -> dict[str, Kept]:
    """Digest → why it stays: what runs, what can be gone back to, what is young, what holds and manifests name.

    Args:
        environments: settings by name; an environment that is recorded but not set has the defaults.
        named: digests that manifests of protected branches name.
    """
    kept: dict[str, Kept] = {}

    def keep(digest: str, reason: str) -> None:
        if digest:
            kept.setdefault(digest, Kept(digest, reason))

    names = set(state.environments_of(service))
    for name in sorted(names):
        for digest, reason in _of_place(state, service, name, environments.get(name) or Settings(), now):
            keep(digest, reason)
    for digest, release in state.releases_of(service).items():
        if now - release.entry.time < _longest(environments):
            keep(digest, "it was recorded a short time ago")
        if digest in named:
            keep(digest, "a manifest names it")
    return kept


def _of_place(state: State, service: str, name: str, settings: Settings, now: datetime) -> list[tuple[str, str]]:
    place = state.at(service, name)
    window = timedelta(hours=settings.keep_hours)
    found = [(place.current, f"it runs in {name}")]
    if place.intent:
        found += [(digest, f"a move in {name} is open") for digest in (place.intent.before, place.intent.after)]
    if place.hold:
        found += [(digest, f"a hold in {name} names it") for digest in (place.hold.digest, place.hold.after)]
    good = [digest for digest in earlier(place) if _is_good(state, service, place, digest)]
    found += [(digest, f"it can be gone back to in {name}") for digest in good[: settings.keep]]
    found += [
        (digest, f"it ran in {name} a short time ago")
        for move in place.moves
        for digest in (move.before, move.after)
        if now - move.time < window
    ]
    return found


def _is_good(state: State, service: str, place: Environment, digest: str) -> bool:
    verdict = place.verdicts.get(digest)
    return (
        verdict is not None
        and verdict.health == "pass"
        and not state.quarantine(service, digest)
        and digest not in state.pruned
    )


def _longest(environments: dict[str, Settings]) -> timedelta:
    return timedelta(hours=max((one.keep_hours for one in environments.values()), default=Settings().keep_hours))
