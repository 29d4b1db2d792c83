"""What a chain of entries comes to: what was released, what runs where, who holds it, what is open, what was judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from go_release_gate.ledger.chain import Place
from go_release_gate.ledger.entry import (
    HOLD,
    MOVES,
    PROMOTE,
    PRUNE,
    QUARANTINE,
    RELEASE,
    UNHOLD,
    VERDICT,
    Entry,
    Image,
    Source,
)
from go_release_gate.ledger.known import Entries, Known


@dataclass(frozen=True, slots=True)
class Release:
    """A digest that was recorded: the entry that did, its image and what it was made from."""

    entry: Entry
    image: Image
    source: Source

    @property
    def name(self) -> str:
        """Version, else tag, else the digest's beginning."""
        return self.source.version or self.source.tag or self.image.digest[:19]


@dataclass(slots=True)
class Environment:
    """One service in one environment.

    Attributes:
        current: digest that the last finished move left; empty: none. since: that move.
        moves: every finished move, oldest first. promotions: digest → seq of its last finished promotion that was no
            repetition (of a digest that ran already).
        verdicts: digest → its last verdict that is not inconclusive. looks: every verdict, oldest first.
        hold: the hold that was not lifted and ends last; whether it has run out is asked with `is_held`.
        intent: the move that was begun and not closed.
    """

    current: str = ""
    since: Entry | None = None
    moves: list[Entry] = field(default_factory=list)
    promotions: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, Entry] = field(default_factory=dict)
    looks: list[Entry] = field(default_factory=list)
    hold: Entry | None = None
    intent: Entry | None = None

    def copy(self) -> Environment:
        """The same, to go on from without changing this one."""
        return replace(
            self,
            moves=[*self.moves],
            promotions=dict(self.promotions),
            verdicts=dict(self.verdicts),
            looks=[*self.looks],
        )

    def is_held(self, now: datetime) -> bool:
        """Whether a hold is in force."""
        return self.hold is not None and (self.hold.expires is None or now < self.hold.expires)

    def replaced_at(self, digest: str) -> datetime | None:
        """When the digest last stopped being the current one; None: it is, or never was."""
        ended = [move.time for move in self.moves if move.before == digest and move.after != digest]
        return ended[-1] if ended and self.current != digest else None


class State:
    """The whole ledger's. Of entries that were known before, those of a service are taken when it is asked for.

    Attributes:
        pruned: digests whose content was taken away. nonces: those that were used up. length, head: of the chain.
    """

    def __init__(self, head: str = "", known: Known | None = None) -> None:
        self.head = head
        self.length = 0
        self.pruned: set[str] = set()
        self.nonces: set[str] = set()
        self._releases: dict[str, dict[str, Release]] = {}
        self._environments: dict[Place, Environment] = {}
        self._quarantined: dict[str, dict[str, Entry]] = {}
        self._known = known
        self._unread = known.services if known else frozenset[str]()
        for entry in known.of_all() if known else ():
            self._take_common(entry)
        self.length = len(known) if known else 0

    @property
    def releases(self) -> dict[str, dict[str, Release]]:
        """Service → digest → release (the first recording of a digest counts)."""
        self._read_all()
        return self._releases

    @property
    def environments(self) -> dict[Place, Environment]:
        """(service, environment) → what it is like."""
        self._read_all()
        return self._environments

    @property
    def quarantined(self) -> dict[str, dict[str, Entry]]:
        """Service → digest → the entry."""
        self._read_all()
        return self._quarantined

    def releases_of(self, service: str) -> dict[str, Release]:
        """Digest → release of one service."""
        self._read(service)
        return self._releases.get(service, {})

    def environments_of(self, service: str) -> dict[str, Environment]:
        """Environment → what it is like for one service."""
        self._read(service)
        return {name: place for (one, name), place in self._environments.items() if one == service}

    def quarantine(self, service: str, digest: str) -> Entry | None:
        """The entry that put a digest of a service in quarantine."""
        self._read(service)
        return self._quarantined.get(service, {}).get(digest)

    def at(self, service: str, environment: str) -> Environment:
        """A service in an environment; an empty one where nothing was recorded."""
        self._read(service)
        return self._environments.get((service, environment)) or Environment()

    def release(self, service: str, digest: str) -> Release | None:
        """The release that a digest was recorded as."""
        return self.releases_of(service).get(digest)

    def find(self, service: str, word: str) -> list[Release]:
        """The releases that a word names: a digest (or its beginning), a version with or without `v`, a git tag."""
        known = self.releases_of(service)
        if word in known:
            return [known[word]]
        bare = word.removeprefix("v")
        return [
            one
            for digest, one in known.items()
            if (len(word) >= 12 and digest.removeprefix("sha256:").startswith(word.removeprefix("sha256:")))
            or (word and word == one.source.tag)
            or (bare and bare == one.source.version.removeprefix("v"))
        ]

    def copy(self, head: str) -> State:
        """The same, to go on from without changing this one."""
        made = State(head)
        made.length, made.pruned, made.nonces = self.length, set(self.pruned), set(self.nonces)
        made._releases = {service: dict(known) for service, known in self._releases.items()}
        made._environments = {where: place.copy() for where, place in self._environments.items()}
        made._quarantined = {service: dict(known) for service, known in self._quarantined.items()}
        made._known, made._unread = self._known, self._unread
        return made

    def take(self, entry: Entry) -> None:
        """Go on behind one entry."""
        self.length = entry.seq
        self._take_common(entry)
        self._read(entry.service)
        self._take_own(entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self._content() == other._content()

    __hash__ = None  # type: ignore[assignment]

    def _content(self) -> tuple[object, ...]:
        return self.head, self.length, self.pruned, self.nonces, self.releases, self.environments, self.quarantined

    def _read_all(self) -> None:
        for service in sorted(self._unread):
            self._read(service)

    def _read(self, service: str) -> None:
        """Take what is known of a service."""
        if self._known and service in self._unread:
            self._unread -= {service}
            for entry in self._known.of(service):
                self._take_own(entry)

    def _take_common(self, entry: Entry) -> None:
        if entry.nonce:
            self.nonces.add(entry.nonce)
        if entry.kind == PRUNE:
            self.pruned.update(entry.digests)

    def _take_own(self, entry: Entry) -> None:
        if entry.kind == RELEASE and entry.image:
            made = Release(entry, entry.image, entry.source or Source())
            self._releases.setdefault(entry.service, {}).setdefault(entry.image.digest, made)
        elif entry.kind == QUARANTINE:
            self._quarantined.setdefault(entry.service, {})[entry.digest] = entry
        if entry.environment:
            _take_place(self._environments.setdefault((entry.service, entry.environment), Environment()), entry)


def state_of(entries: Iterable[Entry], head: str = "") -> State:
    """What a chain without a fault comes to."""
    known = entries.known if isinstance(entries, Entries) else None
    state = State(head, known)
    for entry in entries[len(known) :] if known and isinstance(entries, Entries) else entries:
        state.take(entry)
    return state


def continued(state: State, entries: Iterable[Entry], head: str) -> State:
    """The state behind more entries; the one before stays as it is."""
    made = state.copy(head)
    for entry in entries:
        made.take(entry)
    return made


def ends_sooner(hold: Entry, standing: Entry) -> bool:
    """Whether a hold ends before the one that stands; one without an end never does."""
    return hold.expires is not None and (standing.expires is None or hold.expires < standing.expires)


def _take_place(place: Environment, entry: Entry) -> None:
    if entry.kind == VERDICT:
        place.looks.append(entry)
        if entry.health != "inconclusive":
            place.verdicts[entry.digest] = entry
    elif entry.kind == HOLD:
        # one that ends sooner would lift the other, which is a right of its own
        place.hold = place.hold if place.hold and ends_sooner(entry, place.hold) else entry
    elif entry.kind == UNHOLD:
        place.hold = None
    elif entry.kind in MOVES:
        place.intent = entry if entry.phase == "intent" else None
        if entry.phase == "done":
            place.current, place.since = entry.after, entry
            place.moves.append(entry)
            if entry.kind == PROMOTE and (entry.before != entry.after or entry.after not in place.promotions):
                place.promotions[entry.after] = entry.seq  # what ran already keeps its place in the order
