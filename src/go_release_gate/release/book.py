"""The ledger as one works with it: read whole, believed up to its first fault, grown by entries that fit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.errors import RaceError, RefusedError, UnavailableError
from go_release_gate.ledger.canonical import encoded
from go_release_gate.ledger.chain import Chain, Grammar, Judge, extended, linked, read_chain
from go_release_gate.ledger.entry import Entry, Signature
from go_release_gate.ledger.state import State, state_of
from go_release_gate.ledger.store import Records, Store

TRIES = 400  # lost races; fifty writers at once lose a few dozen at most
PATIENCE = 120.0  # seconds for one append

Make = Callable[[State], Sequence[Entry]]
Sign = Callable[[Entry], Signature | None]


@dataclass(slots=True)
class Book:
    """A ledger.

    Attributes:
        store: where its bytes lie. sign: signs an entry that is linked; None for the answer: not signed.
        judge: why an entry's signature, or its signer's rights, do not hold; empty: they do.
        clock, sleep: monotonic seconds; waits.
    """

    store: Store
    sign: Sign = lambda _entry: None
    judge: Judge | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _records: Records | None = None
    _chain: Chain = field(default_factory=Chain)

    def chain(self, *, fresh: bool = True) -> Chain:
        """The chain as it is now; not `fresh`: as it was read last."""
        if fresh or self._records is None:
            records = self.store.read(self._records)
            if records != self._records:
                self._records, self._chain = records, read_chain(records.records, self.judge)
        return self._chain

    def state(self, *, fresh: bool = True) -> State:
        """What the chain comes to.

        Raises:
            RefusedError: an entry must not be believed; nothing is decided on such a ledger.
        """
        chain = self.chain(fresh=fresh)
        if chain.fault:
            raise RefusedError(
                f"entry {chain.fault.seq} of the ledger must not be believed: {chain.fault.reason}",
                "run `go-release-gate release verify`",
            )
        return state_of(chain.entries, chain.head)

    def append(self, make: Make) -> tuple[Entry, ...]:
        """Add what `make` gives for the state it is shown; it is asked again when others were faster.

        `make` gives entries without place in the chain, and raises what speaks against them (a RaceError where what
        it was to do is no longer right). Entries of others that came in between are no conflict.

        Raises:
            RaceError: others were faster all the time. What `make`, the store and the signer raise.
        """
        deadline = self.clock() + PATIENCE
        for attempt in range(TRIES):
            state = self.state()
            entries = self._linked(make(state))
            if not entries:
                return ()
            if self._written(entries):
                return entries
            if self.clock() > deadline:
                break
            self.sleep(random.uniform(0.0, min(2.0, 0.02 * 2 ** min(attempt, 7))))  # noqa: S311 - spreads writers
        raise RaceError("others wrote to the ledger all the time: nothing was written", "run it again")

    def _linked(self, drafts: Sequence[Entry]) -> tuple[Entry, ...]:
        chain, grammar = self._chain, Grammar()
        for entry in chain.entries:
            grammar.take(entry)
        made: list[Entry] = []
        for draft in drafts:
            entry = linked(draft, len(chain.entries), chain.head)
            if reason := grammar.refusal(entry):
                raise RaceError(f"{entry.kind} of {entry.service}: {reason}", "run `go-release-gate release status`")
            entry = replace(entry, signature=self.sign(entry))
            if reason := self.judge(entry) if self.judge else "":
                raise RefusedError(
                    f"the ledger would not believe this entry: {reason}", "see `ledger.signers` in the configuration"
                )
            grammar.take(entry)
            chain = extended(chain, entry)
            made.append(entry)
        return tuple(made)

    def _written(self, entries: tuple[Entry, ...]) -> bool:
        records = self._records or Records(())
        data = [encoded(entry) for entry in entries]
        try:
            tip = self.store.append(
                [(one, title(entry)) for one, entry in zip(data, entries, strict=True)], records.tip
            )
        except UnavailableError:
            # an answer may have been lost on its way back: whether it was written is seen in the ledger alone
            if data[-1] in self.store.read(records).records[len(records.records) :]:
                self.chain()
                return True
            raise
        if tip is None:
            return False
        self._records = Records((*records.records, *data), tip)
        for entry in entries:
            self._chain = extended(self._chain, entry)
        return True


def title(entry: Entry) -> str:
    """One line for people, as `git log` shows it: `promote api to production: 1.4.2 (sha256:0123…), done`."""
    version = entry.source.version or entry.source.tag if entry.source else ""
    digest = (entry.after or entry.digest or (entry.image.digest if entry.image else ""))[:19]
    what = " ".join(filter(None, (version, f"({digest})" if version and digest else digest)))
    where = f" in {entry.environment}" if entry.environment else ""
    state = f", {entry.phase or entry.health}" if entry.phase or entry.health else ""
    return "".join(
        character if character.isprintable() else "?"
        for character in f"{entry.kind} {entry.service}{where}{': ' if what else ''}{what}{state}"
    )
