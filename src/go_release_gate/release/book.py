"""The ledger as one works with it: read whole, believed up to its first fault, grown by entries that fit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.errors import GateError, RaceError, RefusedError, UnavailableError
from go_release_gate.ledger.canonical import decoded, encoded
from go_release_gate.ledger.chain import Chain, Fault, Judge, continued, extended, known_chain, linked, read_chain
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import Entry, Signature
from go_release_gate.ledger.state import State, state_of
from go_release_gate.ledger.state import continued as after
from go_release_gate.ledger.store import Loss, Memory, Records, Store
from go_release_gate.report.neutral import message_text

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
        memory: what was believed before on this machine; None: everything is judged.
        clock, sleep: monotonic seconds; waits.
    """

    store: Store
    sign: Sign = lambda _entry: None
    judge: Judge | None = None
    memory: Memory | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _records: Records | None = None
    _chain: Chain = field(default_factory=Chain)
    _state: State | None = None

    def chain(self, *, fresh: bool = True) -> Chain:
        """The chain as it is now; not `fresh`: as it was read last."""
        if self._records is None:
            self._begin()
        elif fresh:
            self._go_on(self._records)
        return self._chain

    def _begin(self) -> None:
        """Read all; what was believed before on this machine is followed, and only its last entry judged again."""
        known = self.memory.load() if self.memory else None
        records = self.store.read(known)
        if records.loss:
            self._records, self._chain, self._state = records, _cut(records, records.loss, self.judge), None
            return
        believed = _shared(known, records)
        chain = self._followed(records, believed)
        if chain is None:
            # what was remembered is not what the ledger holds
            records, believed = (self.store.read() if believed else records), 0
            chain = read_chain(records.records, self.judge)
        if self.memory and not chain.fault and believed < len(records.records):
            self.memory.save(records)
        self._records, self._chain, self._state = records, chain, None
        self._keep()

    def _keep(self) -> None:
        if self._records and not self._chain.fault:
            self.store.keep(self._records)

    def _followed(self, records: Records, believed: int) -> Chain | None:
        """The chain behind what was believed; None: nothing was, or its end does not belong to it any more."""
        known = known_chain(records.records[: believed - 1]) if believed else None
        chain = continued(known, records.records[believed - 1 :], self.judge) if known else None
        return None if chain and chain.fault and chain.fault.seq <= believed else chain

    def _go_on(self, before: Records) -> None:
        """Read what others have added."""
        records = self.store.read(before)
        if records is before:
            return
        known = _shared(before, records)
        if records.loss:
            self._chain, self._state = _cut(records, records.loss, self.judge), None
        elif known and not self._chain.fault:
            self._grow(continued(self._chain, records.records[known:], self.judge))
        else:
            self._chain, self._state = read_chain(records.records, self.judge), None
        self._records = records
        self._keep()

    def _grow(self, chain: Chain) -> None:
        if self._state:
            self._state = after(self._state, chain.entries[self._state.length :], chain.head)
        self._chain = chain

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
        if self._state is None:
            self._state = state_of(chain.entries, chain.head)
        return self._state

    def append(self, make: Make) -> tuple[Entry, ...]:
        """Add what `make` gives for the state it is shown; it is asked again when others were faster.

        `make` gives entries without place in the chain, and raises what speaks against them (a RaceError where what
        it was to do is no longer right). Entries of others that came in between are no conflict.

        Raises:
            RaceError: others were faster all the time. What `make`, the store and the signer raise.
        """
        deadline = self.clock() + PATIENCE
        if self._records is not None and (made := self._at_once(make)):
            return made
        for attempt in range(TRIES):
            entries = self._linked(make(self.state()))
            if not entries:
                return ()
            if self._written(entries):
                return entries
            if self.clock() > deadline:
                break
            self.sleep(random.uniform(0.0, min(2.0, 0.02 * 2 ** min(attempt, 7))))  # noqa: S311 - spreads writers
        raise RaceError("others wrote to the ledger all the time: nothing was written", "run it again")

    def _at_once(self, make: Make) -> tuple[Entry, ...]:
        """Entries for the ledger as it was read last: the store takes them only if it still is as it was.

        Empty: it has to be read again, as nothing was to be written, something spoke against it, or others were faster.
        """
        try:
            entries = self._linked(make(self.state(fresh=False)))
        except GateError:
            return ()
        return entries if entries and self._written(entries) else ()

    def _linked(self, drafts: Sequence[Entry]) -> tuple[Entry, ...]:
        chain = self._chain
        made: list[Entry] = []
        for draft in drafts:
            entry = linked(draft, len(chain.entries), chain.head)
            if reason := chain.grammar.refusal(entry):
                raise RaceError(f"{entry.kind} of {entry.service}: {reason}", "run `go-release-gate release status`")
            _refuse_unwritable(entry)
            entry = replace(entry, signature=self.sign(entry))
            if reason := self.judge(entry) if self.judge else "":
                raise RefusedError(
                    f"the ledger would not believe this entry: {reason}", "see `ledger.signers` in the configuration"
                )
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
        chain = self._chain
        for entry in entries:
            chain = extended(chain, entry)
        self._grow(chain)
        return True


def _refuse_unwritable(entry: Entry) -> None:
    """Raise RefusedError for what nobody could read again: one such entry would end the ledger."""
    try:
        decoded(encoded(entry))
    except InvalidEntryError as error:
        raise RefusedError(f"this {entry.kind} of {entry.service!r} cannot be written: {error}") from None


def _cut(records: Records, loss: Loss, judge: Judge | None) -> Chain:
    """The chain of a ledger that was seen otherwise, up to where it still is what it was."""
    chain = read_chain(records.records, judge)
    if chain.fault is None or chain.fault.seq > loss.seq:
        chain = read_chain(records.records[: loss.seq - 1], judge)
        chain.fault = Fault(loss.seq, loss.reason)
    return chain


def _shared(known: Records | None, records: Records) -> int:
    """How many entries were known before; 0: the ledger is another one."""
    count = len(known.records) if known else 0
    return count if known and records.records[:count] == known.records else 0


def title(entry: Entry) -> str:
    """One line for people, as `git log` shows it: `promote api to production: 1.4.2 (sha256:0123…), done`."""
    version = entry.source.version or entry.source.tag if entry.source else ""
    digest = (entry.after or entry.digest or (entry.image.digest if entry.image else ""))[:19]
    what = " ".join(filter(None, (version, f"({digest})" if version and digest else digest)))
    where = f" in {entry.environment}" if entry.environment else ""
    state = f", {entry.phase or entry.health}" if entry.phase or entry.health else ""
    return message_text(f"{entry.kind} {entry.service}{where}{': ' if what else ''}{what}{state}")
