"""Rolling back while the ledger is away: a journal in the clone continues it, and the next writer brings it there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from go_release_gate.adapters.ledger.git_store import GitStore
    from go_release_gate.cli.release.wiring import Desk
    from go_release_gate.release.book import Book


def journal_of(desk: Desk) -> Path:
    """Where this clone keeps its journal: inside its git directory, which no commit takes along."""
    return desk.git.common_directory() / "go-release-gate" / "journal.jsonl"


def pending(desk: Desk) -> int:
    """How many entries wait to be brought to the ledger."""
    from go_release_gate.release.journal import pending as waiting

    return waiting(journal_of(desk))


def opened(desk: Desk, book: Book) -> Book:
    """The ledger to write to: with `--emergency`, and where it is away, its journal; else with what was journaled.

    Raises:
        UnavailableError: the ledger is away, and nobody spoke of an emergency. RefusedError: ledger and journal
            contradict each other.
    """
    path = journal_of(desk)
    is_waiting = path.exists()
    if not is_waiting and not getattr(desk.args, "emergency", None):
        return book
    try:
        book.chain()
    except UnavailableError as error:
        if not getattr(desk.args, "emergency", None):
            raise
        return _journaled(desk, book, path, error)
    if is_waiting:
        from go_release_gate.release.journal import reconcile

        try:
            done = reconcile(path, book)
        except RefusedError as error:
            if not _gives_up(desk):
                raise
            return _without(desk, book, path, error)
        desk.said(f"{len(done.entries)} entries of the journal are in the ledger now; it is kept as {done.kept}")
    return book


def _gives_up(desk: Desk) -> bool:
    return bool(desk.args.release_action == "abandon" and desk.args.emergency)


def _without(desk: Desk, book: Book, path: Path, error: RefusedError) -> Book:
    """The ledger alone: what contradicts it is put aside, as `release abandon --emergency` asks."""
    from go_release_gate.release.journal import discard

    desk.discarded = f"{error.message}; the journal is not part of the ledger, and is kept as {discard(path)}"
    desk.said(desk.discarded)
    return book


def _journaled(desk: Desk, book: Book, path: Path, error: UnavailableError) -> Book:
    from go_release_gate.release.journal import emergency_book

    store: GitStore = book.store  # type: ignore[assignment]
    path.parent.mkdir(parents=True, exist_ok=True)
    desk.is_journaled = True
    desk.said(f"{error.message}; this is written to {path}, and brought to the ledger by whoever writes next from here")
    return emergency_book(path, store.last_known(), book.sign, book.judge)
