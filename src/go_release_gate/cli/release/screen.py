"""The one screen before a move: from what to what, how old, by whom, what lies between, what would be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from go_release_gate.cli.release.between import Between, between, parts_of
from go_release_gate.cli.release.page import Block, Heading, Lines, Page, Part, Table
from go_release_gate.cli.release.wiring import Desk
from go_release_gate.ledger.entry import ROLLBACK, Entry, Source
from go_release_gate.ledger.state import State
from go_release_gate.release.planning import Plan

EARLIER = 5  # moves that the expected time is taken from


@dataclass(frozen=True, slots=True)
class Side:
    """A release on one side of a move. `since`: when it began to run there; `by`: who brought it there."""

    version: str
    digest: str
    recorded: datetime | None
    since: datetime | None
    by: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What a person sees before agreeing. `expected_s`: seconds that earlier moves took, None: there was none."""

    now: Side | None
    target: Side
    between: Between
    holds: tuple[str, ...]
    expected_s: int | None


def screen_of(desk: Desk, plan: Plan) -> Screen:
    """The screen of a plan, from the ledger as it was read for it, and from git."""
    move, state = plan.move, desk.book.state(fresh=False)
    now = side_of(state, move.service, move.environment, plan.situation.recorded) if plan.situation.recorded else None
    target = side_of(state, move.service, move.environment, move.after)
    sources = [_source(state, move.service, digest) for digest in (plan.situation.recorded, move.after)]
    lying = between(desk, move.service, sources[0], sources[1]) if now else Between(unknown="nothing runs there yet")
    return Screen(now, target, lying, tuple(holds_of(state, move.service, desk.now())), expected(desk, plan))


def side_of(state: State, service: str, environment: str, digest: str) -> Side:
    """A digest as a side of a move."""
    release, place = state.release(service, digest), state.at(service, environment)
    arrived = next((move for move in reversed(place.moves) if move.after == digest), None)
    verdict = place.verdicts.get(digest)
    return Side(
        release.name if release else "",
        digest,
        release.entry.time if release else None,
        arrived.time if arrived else None,
        arrived.actor.name if arrived else "",
        verdict.health if verdict else "",
    )


def holds_of(state: State, service: str, now: datetime) -> list[str]:
    """Every hold on a service, in a sentence each."""
    found = []
    for name, place in sorted(state.environments_of(service).items()):
        if place.hold and place.is_held(now):
            hold = place.hold
            until = f" until {hold.expires:%Y-%m-%d %H:%M}" if hold.expires else ""
            why = f": {hold.reason}" if hold.reason else ""
            found.append(f"{name} is held since entry {hold.seq} by {hold.actor.name}{until}{why}")
    return found


def expected(desk: Desk, plan: Plan) -> int | None:
    """Seconds that the last moves of this service there took, the middle one of them."""
    entries = desk.book.chain(fresh=False).entries
    ours = entries.of(plan.move.service)
    ended = [one for one in ours if one.phase == "done" and _is_there(one, plan)][-EARLIER:]
    spans = [(one.time - entries[one.intent - 1].time).total_seconds() for one in ended if one.intent]
    return round(median(spans)) if spans else None


def page_of(desk: Desk, plan: Plan, screen: Screen) -> Page:
    """The screen for people."""
    move, now = plan.move, desk.now()
    back = plan.kind == ROLLBACK
    rows = [_row("now", screen.now, now), _row("then", screen.target, now)]
    seconds = "unknown: the first move" if screen.expected_s is None else f"about {screen.expected_s} s"
    facts = (
        ("asked by", desk.actor.name),
        ("reason", move.reason),
        ("expected time", seconds),
        ("drift", "; ".join(f"{one.target} shows {one.observed.digest or 'nothing'}" for one in plan.situation.drift)),
    )
    parts: list[Part] = [
        Heading(f"{plan.kind} of {move.service} in {move.environment}"),
        Table(("", "version", "digest", "recorded", "runs since", "by", "verdict there"), tuple(rows)),
        Table((), tuple((name, value) for name, value in facts if value)),
        *parts_of(screen.between, is_back=back),
    ]
    if screen.holds:
        parts += [Heading("open holds"), Lines(screen.holds)]
    if plan.rejected:
        passed = tuple((one.name, one.digest[:19], one.reason) for one in plan.rejected)
        parts += [Heading("passed over"), Table(("version", "digest", "why"), passed)]
    parts += [Heading("what would be done"), *_steps(plan, back=back)]
    if plan.warnings:
        parts += [Heading("mind"), Lines(plan.warnings)]
    return Page(tuple(parts))


def _steps(plan: Plan, *, back: bool) -> list[Part]:
    lines = ["ledger: hold promotions first, then write the intent"] if back else ["ledger: write the intent"]
    parts: list[Part] = []
    for step in plan.steps:
        lines += [f"{step.target}: {effect.what}" for effect in step.effects] or [f"{step.target}: is there already"]
        parts += [Block(effect.diff, "diff") for effect in step.effects if effect.diff]
    return [Lines((*lines, "ledger: write that it is done")), *parts]


def _row(title: str, side: Side | None, now: datetime) -> tuple[str, ...]:
    if side is None:
        return (title, "nothing", "", "", "", "", "")
    return (title, side.version, side.digest, _age(side.recorded, now), _age(side.since, now), side.by, side.verdict)


def _age(moment: datetime | None, now: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} ({span((now - moment).total_seconds())})" if moment else "-"


def span(seconds: float) -> str:
    """A length of time in two characters or three: `45s`, `3h`, `12d`."""
    for size, word in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{word}"
    return f"{max(0, int(seconds))}s"


def _source(state: State, service: str, digest: str) -> Source:
    release = state.release(service, digest)
    return release.source if release else Source()


def _is_there(entry: Entry, plan: Plan) -> bool:
    return (entry.service, entry.environment) == (plan.move.service, plan.move.environment)


def warnings_of(screen: Screen, kind: str) -> Sequence[str]:
    """What a person should know before agreeing."""
    crossed = [one.path for one in screen.between.migrations if one.is_irreversible]
    return [f"{path} cannot be undone: the older release meets the newer data" for path in crossed if kind == ROLLBACK]
