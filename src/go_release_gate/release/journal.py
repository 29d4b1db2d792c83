"""Rolling back while the ledger is away: entries go to a local journal, and are brought to the ledger later.

The journal is a ledger of its own kind (`JournalStore`), so planning and applying are the same, signatures too. Nothing
in the ledger is ever rewritten: reconciling appends the journal's entries behind what has been written meanwhile,
linked and signed anew, marked as an emergency's, with their own times; or it refuses, where the ledger says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.adapters.ledger.journal_store import Journal, JournalStore, read_journal
from go_release_gate.errors import RefusedError
from go_release_gate.ledger.canonical import digest_of, encoded
from go_release_gate.ledger.chain import Chain, Judge, Place, read_chain
from go_release_gate.ledger.entry import Entry
from go_release_gate.ledger.state import Environment, State, state_of
from go_release_gate.ledger.store import Records
from go_release_gate.release.book import Book, Sign

EMERGENCY, JOURNAL = "emergency", "journal"  # names of evidence
LOOK = (
    "look at what runs with `go-release-gate release status`; then `release abandon --emergency --reason WHY` puts the "
    "journal aside"
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The journal's entries as they stand in the ledger now, and where the journal was put aside."""

    entries: tuple[Entry, ...]
    kept: Path | None = None


def emergency_book(path: Path, last_known: Records, sign: Sign, judge: Judge | None) -> Book:
    """The ledger as this machine knew it last, continued in a journal. Raises RefusedError."""
    return Book(JournalStore(path, last_known), sign, judge)


def pending(path: Path) -> int:
    """How many entries wait in a journal to be brought to the ledger. Raises RefusedError where it is no journal."""
    found = read_journal(path)
    return len(found.records) if found else 0


def reconcile(path: Path, book: Book) -> Reconciled:
    """Append a journal's entries to the ledger, all or none, and put the journal aside.

    It can be repeated after an interruption: entries that the ledger has are not appended again.

    Raises:
        RefusedError: the journal must not be believed, or the ledger says otherwise about the same place.
            UnavailableError: the ledger is still away; the journal stays.
    """
    journal = read_journal(path)
    if journal is None or not journal.records:
        return Reconciled(())
    book.state()
    added = _believed(journal, book)
    done = _appended_before(added, book.chain(fresh=False))
    if not done:
        done = book.append(lambda state: _drafts(added, journal, state, book.chain(fresh=False)))
    return Reconciled(done, _put_aside(path, "reconciled"))


def discard(path: Path) -> Path | None:
    """Put a journal aside that is not to be brought to the ledger; where it lies then, None: there was none."""
    return _put_aside(path, "discarded") if read_journal(path) else None


def _believed(journal: Journal, book: Book) -> tuple[Entry, ...]:
    """The journal's entries, which continue this very ledger and are signed by those who may."""
    chain = book.chain(fresh=False)
    before = chain.entries[: journal.length]
    if len(before) < journal.length or digest_of(before[-1]) != journal.head:
        raise RefusedError(
            f"the journal continues another ledger: its entry {journal.length} is not the one there", LOOK
        )
    whole = read_chain([*(encoded(entry) for entry in before), *journal.records], book.judge)
    if whole.fault:
        raise RefusedError(
            f"entry {whole.fault.seq - journal.length} of the journal must not be believed: {whole.fault.reason}", LOOK
        )
    return tuple(whole.entries[journal.length :])


def _appended_before(added: Sequence[Entry], chain: Chain) -> tuple[Entry, ...]:
    """The journal's entries where the ledger has them; they were appended in one step, so all or none."""
    wanted = {digest_of(entry) for entry in added}
    found = tuple(entry for entry in chain.entries if entry.evidence.get(JOURNAL) in wanted)
    if found and len(found) != len(added):
        raise RefusedError(f"{len(found)} of the journal's {len(added)} entries are in the ledger, which is odd", LOOK)
    return found


def _drafts(added: Sequence[Entry], journal: Journal, state: State, chain: Chain) -> list[Entry]:
    """The entries as they are to stand in the ledger. Raises RefusedError where it says otherwise."""
    then = state_of(chain.entries[: journal.length])
    for place in dict.fromkeys((entry.service, entry.environment) for entry in added if entry.environment):
        _refuse_otherwise(place, then.at(*place), state.at(*place))
    return [
        replace(
            entry,
            seq=0,
            prev="",
            signature=None,
            intent=entry.intent + state.length - journal.length if entry.intent > journal.length else entry.intent,
            evidence={**entry.evidence, EMERGENCY: "yes", JOURNAL: digest_of(entry)},
        )
        for entry in added
    ]


def _refuse_otherwise(place: Place, then: Environment, now: Environment) -> None:
    where = f"{place[0]} in {place[1]}"
    if now.intent and (then.intent is None or then.intent.seq != now.intent.seq):
        raise RefusedError(
            f"a {now.intent.kind} of {where} was begun in the ledger meanwhile, in entry {now.intent.seq}", LOOK
        )
    if then.intent and now.intent is None:
        raise RefusedError(f"the move of {where} that was open (entry {then.intent.seq}) was closed meanwhile", LOOK)
    moved = now.since.seq if now.since else 0
    if moved != (then.since.seq if then.since else 0):
        raise RefusedError(f"{where} was moved in the ledger meanwhile, in entry {moved}, to {now.current}", LOOK)


def _put_aside(path: Path, word: str) -> Path:
    """Keep the journal under another name, which no earlier one has."""
    number = 1
    while (kept := path.with_name(f"{path.name}.{word}-{number}")).exists():
        number += 1
    return path.rename(kept)
