"""The chain of entries: each names the digest of the one before. What breaks it is named with its entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.ledger.canonical import decoded, digest_of
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import KINDS, MOVES, Entry
from go_release_gate.ledger.known import Entries, Known, followed

Place = tuple[str, str]  # service and environment
Judge = Callable[[Entry], str]  # why an entry's signature or its signer's rights do not hold; empty: they do


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that must not be believed. `seq` counts from 1 by its place in the chain, whatever the entry says."""

    seq: int
    reason: str


class Grammar:
    """What may follow what: closing entries belong to open intents, one intent at a time, no nonce twice."""

    def __init__(self, known: Known | None = None) -> None:
        self._open: dict[Place, Entry] = {}
        self._known = known
        self._unread = known.services if known else frozenset[str]()  # services whose known entries were not taken
        self._nonces = {entry.nonce for entry in known.of_all() if entry.nonce} if known else set[str]()

    def copy(self) -> Grammar:
        """The same, to go on from without changing this one."""
        made = Grammar()
        made._open, made._nonces = dict(self._open), set(self._nonces)
        made._known, made._unread = self._known, self._unread
        return made

    def refusal(self, entry: Entry) -> str:
        """Why the entry cannot follow those taken so far; empty: it can."""
        return next((reason for check in (_shape, self._phase, self._nonce) if (reason := check(entry))), "")

    def take(self, entry: Entry) -> None:
        """Go on behind an entry."""
        if entry.nonce:
            self._nonces.add(entry.nonce)
        if entry.phase:
            self._read(entry.service)
            self._take_phase(entry)

    def _read(self, service: str) -> None:
        """Go on behind the known entries of a service."""
        if self._known and service in self._unread:
            self._unread -= {service}
            for entry in self._known.of(service):
                self._take_phase(entry)

    def _take_phase(self, entry: Entry) -> None:
        if entry.phase == "intent":
            self._open[entry.service, entry.environment] = entry
        elif entry.phase:
            self._open.pop((entry.service, entry.environment), None)

    def _nonce(self, entry: Entry) -> str:
        return "its nonce was used before" if entry.nonce and entry.nonce in self._nonces else ""

    def _phase(self, entry: Entry) -> str:
        if not entry.phase:
            return ""
        self._read(entry.service)
        standing = self._open.get((entry.service, entry.environment))
        if entry.phase == "intent" and standing:
            return f"entry {standing.seq} is an intent for {_place(entry)} that nobody has closed"
        if entry.phase in ("done", "failed", "abandoned"):
            if standing is None or standing.seq != entry.intent:
                return f"it closes entry {entry.intent}, which is no open intent for {_place(entry)}"
            if (standing.kind, standing.before, standing.after) != (entry.kind, entry.before, entry.after):
                return f"it closes entry {entry.intent} with another move than the intent was"
        return ""


@dataclass(slots=True)
class Chain:
    """A ledger as it was read: its entries up to the first fault, and that fault.

    Nothing behind a fault is believed: `entries` ends in front of it. `grammar`: of what may come next.
    """

    entries: Entries = field(default_factory=Entries)
    head: str = ""  # digest of the last entry's bytes
    fault: Fault | None = None
    grammar: Grammar = field(default_factory=Grammar, compare=False, repr=False)


def read_chain(records: Iterable[bytes], judge: Judge | None = None) -> Chain:
    """The chain in the bytes of its entries, oldest first. `judge` is asked about every entry."""
    return _taken(Chain(), records, judge)


def known_chain(records: Sequence[bytes]) -> Chain | None:
    """The chain of records that were believed before; None: they are none, as one does not name the one before it.

    Neither form nor signatures are judged again. Who goes on behind it must know the last one's digest from elsewhere:
    it is the `prev` of the next entry.
    """
    known = followed(records)
    return None if known is None else Chain(Entries(known), known.head, None, Grammar(known))


def continued(chain: Chain, records: Iterable[bytes], judge: Judge | None = None) -> Chain:
    """The chain with the entries in `records` behind it. Behind a fault there is nothing."""
    if chain.fault:
        return chain
    return _taken(Chain(chain.entries.copy(), chain.head, None, chain.grammar.copy()), records, judge)


def _taken(chain: Chain, records: Iterable[bytes], judge: Judge | None) -> Chain:
    for number, data in enumerate(records, len(chain.entries) + 1):
        try:
            entry = decoded(data)
        except InvalidEntryError as error:
            chain.fault = Fault(number, str(error))
            break
        reason = _link(entry, number, chain.head) or chain.grammar.refusal(entry)
        if not reason and judge:
            reason = judge(entry)
        if reason:
            chain.fault = Fault(number, reason)
            break
        chain.grammar.take(entry)
        chain.entries.append(entry)
        chain.head = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return chain


def linked(entry: Entry, chain_length: int, head: str) -> Entry:
    """The entry as the next one of a chain; it has to be signed again."""
    return replace(entry, seq=chain_length + 1, prev=head, signature=None)


def extended(chain: Chain, entry: Entry) -> Chain:
    """The chain with one entry more, which is linked and signed."""
    entries, grammar = chain.entries.copy(), chain.grammar.copy()
    entries.append(entry)
    grammar.take(entry)
    return Chain(entries, digest_of(entry), chain.fault, grammar)


def _link(entry: Entry, number: int, head: str) -> str:
    if entry.seq != number:
        return f"it says it is entry {entry.seq}, it stands as entry {number}"
    if entry.prev != head:
        return f"it names {entry.prev or 'nothing'} as the entry before, which is {head or 'none'}"
    return ""


def _shape(entry: Entry) -> str:
    """What every entry of its kind must say."""
    if entry.kind not in KINDS or not entry.service:
        return "it names no service"
    if entry.kind in MOVES:
        missing = [name for name in ("environment", "after", "phase") if not getattr(entry, name)]
    elif entry.kind == "release":
        missing = [] if entry.image else ["image"]
    elif entry.kind == "verdict":
        missing = [name for name in ("environment", "digest", "health") if not getattr(entry, name)]
    elif entry.kind == "quarantine":
        missing = [] if entry.digest else ["digest"]
    elif entry.kind == "prune":
        missing = [] if entry.digests else ["digests"]
    else:
        missing = [] if entry.environment else ["environment"]
    if entry.phase and entry.kind not in MOVES:
        return f"a {entry.kind} with a phase, which moves alone have"
    return f"a {entry.kind} without {' and '.join(missing)}" if missing else ""


def _place(entry: Entry) -> str:
    return f"{entry.service} in {entry.environment}"


def moves(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The moves that were carried out, in their order."""
    return (entry for entry in entries if entry.phase == "done")
