"""What ran where and when, as a diagram beside the table of the same facts. For job summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from go_release_gate.cli.release.page import Block, Heading, Part, Table
from go_release_gate.ledger.chain import Place
from go_release_gate.ledger.entry import ROLLBACK
from go_release_gate.ledger.state import State

MOST = 20  # moves of one environment
_FOREIGN = re.compile(r"[^A-Za-z0-9._+ -]")  # a name in a diagram is no syntax of it


def timelines(state: State, places: Sequence[Place]) -> tuple[Part, ...]:
    """A table and a diagram for each place, the table first."""
    parts: list[Part] = []
    for service, environment in sorted(places):
        spans = _spans(state, service, environment)
        if spans:
            head = ("version", "from", "to", "by", "verdict")
            parts += [Heading(f"{service} in {environment}"), Table(head, tuple(_cells(span) for span in spans))]
            parts += [Block(_diagram(service, environment, spans), "mermaid")]
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Span:
    """A release that ran from `start` to `end` (None: it runs)."""

    name: str
    start: datetime
    end: datetime | None
    by: str
    health: str
    is_back: bool


def _spans(state: State, service: str, environment: str) -> list[Span]:
    place = state.at(service, environment)
    moves = place.moves[-MOST:]
    ends = [*(move.time for move in moves[1:]), None][: len(moves)]  # held or interrupted alone: nothing ran
    spans: list[Span] = []
    for move, end in zip(moves, ends, strict=True):
        release, verdict = state.release(service, move.after), place.verdicts.get(move.after)
        name = release.name if release else move.after[:19]
        health = verdict.health if verdict else ""
        spans.append(Span(name, move.time, end, move.actor.name, health, move.kind == ROLLBACK))
    return spans


def _cells(one: Span) -> tuple[str, ...]:
    title = f"{one.name} (rollback)" if one.is_back else one.name
    end = f"{one.end:%Y-%m-%d %H:%M}" if one.end else "runs"
    return (title, f"{one.start:%Y-%m-%d %H:%M}", end, one.by, one.health)


def _diagram(service: str, environment: str, spans: Sequence[Span]) -> str:
    lines = ["gantt", f"  title {_plain(f'{service} in {environment}')}", "  dateFormat YYYY-MM-DDTHH:mm:ss"]
    lines += ["  axisFormat %m-%d %H:%M", "  section releases"]
    for one in spans:
        until = one.end or one.start + timedelta(hours=1)
        role = "crit, " if one.health == "fail" else ("active, " if one.end is None else "done, ")
        title = _plain(f"{one.name} rollback" if one.is_back else one.name)
        lines.append(f"  {title} :{role}{one.start:%Y-%m-%dT%H:%M:%S}, {until:%Y-%m-%dT%H:%M:%S}")
    return "\n".join(lines)


def _plain(text: str) -> str:
    return _FOREIGN.sub(" ", text).strip() or "release"
