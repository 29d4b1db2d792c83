"""`release status`: what runs where, since when, by whom; what is held, open, adrift; where a rollback would go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from go_release_gate.cli.release.choosing import conditions_of
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.emergency import pending
from go_release_gate.cli.release.page import Heading, Lines, Page, Table
from go_release_gate.cli.release.screen import span
from go_release_gate.cli.release.timeline import timelines
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.errors import GateError, UsageError
from go_release_gate.ledger.candidates import Wish, choose
from go_release_gate.ledger.chain import Place
from go_release_gate.ledger.state import Environment, State
from go_release_gate.release.situation import observe


@dataclass(frozen=True, slots=True)
class Standing:
    """A service in an environment.

    `expires`: end of the rollback point of what ran before; `back`: what a rollback would choose, else `back_problem`
    says why there is nothing. `drift`: targets that show something else; None: they were not asked.
    """

    service: str
    environment: str
    version: str
    digest: str
    since: datetime | None
    by: str
    move: str
    verdict: str
    held: str
    held_until: datetime | None
    open: str
    drift: tuple[str, ...] | None
    expires: datetime | None
    back: str
    back_digest: str
    back_problem: str


@dataclass(frozen=True, slots=True)
class Status:
    """Every service in every environment; `notices`: what could not be found out."""

    places: tuple[Standing, ...]
    length: int
    head: str
    notices: tuple[str, ...] = ()


def perform(desk: Desk) -> Outcome:
    """Tell it. A target that cannot be asked is a notice, never a guess."""
    state = desk.book.state()
    notices: list[str] = []
    if waiting := pending(desk):
        notices.append(
            f"{waiting} entries of an emergency wait in this clone; the next writer brings them to the ledger"
        )
    rows = []
    places = _places(desk, state)
    for service, environment in places:
        row = _standing(desk, state, service, environment)
        if not desk.args.offline and _is_configured(desk, service, environment):
            row = replace(row, drift=_drift(desk, state, service, environment, notices))
        rows.append(row)
    report = Status(tuple(rows), state.length, state.head, tuple(notices))
    return Outcome("release-status", report, _page(desk, report, state, places))


def _places(desk: Desk, state: State) -> list[Place]:
    """What the configuration names and what the ledger knows, one behind the other."""
    settings = desk.settings
    named = [
        (service, name)
        for service in settings.services
        for name, one in settings.environments.items()
        if not one.services or service in one.services
    ]
    wanted = desk.args
    found = [*named, *sorted(state.environments.keys() - set(named))]
    chosen = [place for place in found if wanted.service in (None, place[0]) and wanted.env in (None, place[1])]
    if found and not chosen:
        raise UsageError("there is no such service or environment", "`release status` without options shows all")
    return chosen


def _is_configured(desk: Desk, service: str, environment: str) -> bool:
    return service in desk.settings.services and environment in desk.settings.environments


def _standing(desk: Desk, state: State, service: str, environment: str) -> Standing:
    place, now = state.at(service, environment), desk.now()
    release, since = state.release(service, place.current), place.since
    verdict, intent = place.verdicts.get(place.current), place.intent
    hold = place.hold if place.is_held(now) else None
    back, problem = _back(desk, state, service, environment)
    begun = f"{intent.kind} to {intent.after[:19]} begun by {intent.actor.name} (entry {intent.seq})" if intent else ""
    return Standing(
        service,
        environment,
        release.name if release else "",
        place.current,
        since.time if since else None,
        since.actor.name if since else "",
        since.kind if since else "",
        verdict.health if verdict else "",
        (f"{hold.reason or 'no reason given'} (entry {hold.seq} by {hold.actor.name})") if hold else "",
        hold.expires if hold else None,
        begun,
        None,
        _expiry(desk, place),
        back[0],
        back[1],
        problem,
    )


def _expiry(desk: Desk, place: Environment) -> datetime | None:
    """When what ran before the current digest can no longer be gone back to without a word."""
    if place.since is None or not place.since.before:
        return None
    return place.since.time + timedelta(hours=desk.settings.ledger.rollback_point)


def _back(desk: Desk, state: State, service: str, environment: str) -> tuple[tuple[str, str], str]:
    """What a rollback would choose by the ledger, and why there is nothing. Registries are asked when it is done."""
    if service not in desk.settings.services:
        return ("", ""), "the configuration does not name the service"
    conditions = replace(conditions_of(desk, service, environment), absence=lambda _release: "")
    choice = choose(state, Wish(service, environment), conditions)
    if choice.release is None:
        return ("", ""), choice.problem
    return (choice.release.name, choice.release.image.digest), ""


def _drift(desk: Desk, state: State, service: str, environment: str, notices: list[str]) -> tuple[str, ...] | None:
    try:
        situation = observe(state, service, environment, desk.targets(service, environment))
    except GateError as error:
        notices.append(f"{service} in {environment}: {error.message}")
        return None
    notices += [f"{one.target}: {one.observed.unknown}" for one in situation.targets if one.observed.unknown]
    return tuple(f"{one.target} shows {one.observed.digest or 'nothing'}" for one in situation.drift)


def _page(desk: Desk, report: Status, state: State, places: Iterable[Place]) -> Page:
    if not report.places:
        return Page((Lines(("the configuration names no environment, and the ledger is empty",)),))
    now = desk.now()
    head = ("service", "environment", "version", "digest", "since", "by", "verdict", "state", "rollback would choose")
    rows = tuple(_cells(one, now) for one in report.places)
    notes = tuple(f"note: {one}" for one in report.notices)
    details = tuple(line for one in report.places for line in _details(one))
    diagrams = timelines(state, list(places)) if desk.in_workflow else ()
    return Page(
        (
            Heading(f"release status, {report.length} entries"),
            Table(head, rows),
            *((Lines(details),) if details else ()),
            *((Lines(notes),) if notes else ()),
            *diagrams,
        )
    )


def _cells(one: Standing, now: datetime) -> tuple[str, ...]:
    since = f"{one.since:%Y-%m-%d %H:%M} ({span((now - one.since).total_seconds())})" if one.since else "-"
    marks = [word for word, is_so in (("open", one.open), ("drift", one.drift), ("held", one.held)) if is_so]
    ends = f" until {one.expires:%Y-%m-%d %H:%M}" if one.expires and one.back else ""
    back = f"{one.back} ({one.back_digest[:19]}){ends}" if one.back else f"nothing: {one.back_problem}"
    return (
        one.service, one.environment, one.version or "-", one.digest[:19] or "nothing", since, one.by or "-",
        one.verdict or "-", ", ".join(marks) or "-", back,
    )  # fmt: skip


def _details(one: Standing) -> list[str]:
    where = f"{one.service} in {one.environment}"
    found = [f"{where}: {one.open}: `release resume` carries it on, `release abandon` gives it up"] if one.open else []
    found += [f"{where}: {words}, the ledger says {one.digest or 'nothing'}" for words in one.drift or ()]
    until = f" until {one.held_until:%Y-%m-%d %H:%M}" if one.held_until else ""
    return found + ([f"{where} is held{until}: {one.held}"] if one.held else [])
