"""`release list`: the history, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.cli.release.documents import Written
from go_release_gate.cli.release.doing import Outcome
from go_release_gate.cli.release.entries import entry_table, written_of
from go_release_gate.cli.release.page import Heading, Lines, Page
from go_release_gate.cli.release.timeline import timelines
from go_release_gate.cli.release.wiring import Desk

USUAL = 20


@dataclass(frozen=True, slots=True)
class History:
    """Entries, newest first; `total`: how many there are of what was asked for. `head`: digest of the last entry."""

    entries: tuple[Written, ...]
    total: int
    length: int
    head: str


def perform(desk: Desk) -> Outcome:
    """List what was asked for; of an environment also the releases that could run there."""
    state = desk.book.state()
    args = desk.args
    found = [
        entry
        for entry in reversed(desk.book.chain(fresh=False).entries)
        if args.service in (None, entry.service) and (args.env is None or entry.environment in ("", args.env))
    ]
    most = USUAL if args.limit is None else args.limit or len(found)
    rows = tuple(written_of(entry, state, desk.settings.ledger.signers) for entry in found[:most])
    report = History(rows, len(found), state.length, state.head)
    if not rows:
        page = Page((Lines(("the ledger has no such entry" if state.length else "the ledger is empty",)),))
        return Outcome("release-list", report, page)
    more = (Lines((f"{len(found) - len(rows)} older entries: --limit 0 shows all",)),) if len(found) > len(rows) else ()
    places = [
        place for place in state.environments if args.service in (None, place[0]) and args.env in (None, place[1])
    ]
    diagrams = timelines(state, places) if desk.in_workflow else ()
    return Outcome("release-list", report, Page((Heading("release ledger"), entry_table(rows), *more, *diagrams)))
