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
        moves: every finished move, oldest first. promotions: digest → seq of its last finished promotion.
        verdicts: digest → its last verdict that is not inconclusive. looks: every verdict, oldest first.
        hold: the hold that was not lifted; whether it has run out is asked with `is_held`.
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


@dataclass(slots=True)
class State:
    """The whole ledger's.

    Attributes:
        releases: service → digest → release (the first recording of a digest counts).
        environments: (service, environment) → what it is like.
        quarantined: service → digest → the entry. pruned: digests whose content was taken away.
        nonces: those that were used up. length, head: of the chain.
    """

    releases: dict[str, dict[str, Release]] = field(default_factory=dict)
    environments: dict[Place, Environment] = field(default_factory=dict)
    quarantined: dict[str, dict[str, Entry]] = field(default_factory=dict)
    pruned: set[str] = field(default_factory=set)
    nonces: set[str] = field(default_factory=set)
    length: int = 0
    head: str = ""

    def at(self, service: str, environment: str) -> Environment:
        """A service in an environment; an empty one where nothing was recorded."""
        return self.environments.get((service, environment)) or Environment()

    def release(self, service: str, digest: str) -> Release | None:
        """The release that a digest was recorded as."""
        return self.releases.get(service, {}).get(digest)

    def find(self, service: str, word: str) -> list[Release]:
        """The releases that a word names: a digest (or its beginning), a version with or without `v`, a git tag."""
        known = self.releases.get(service, {})
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


def state_of(entries: Iterable[Entry], head: str = "") -> State:
    """What a chain without a fault comes to."""
    state = State(head=head)
    for entry in entries:
        take(state, entry)
    return state


def continued(state: State, entries: Iterable[Entry], head: str) -> State:
    """The state behind more entries; the one before stays as it is."""
    made = replace(
        state,
        releases={service: dict(known) for service, known in state.releases.items()},
        environments=dict(state.environments),
        quarantined={service: dict(known) for service, known in state.quarantined.items()},
        pruned=set(state.pruned),
        nonces=set(state.nonces),
        head=head,
    )
    own: set[Place] = set()
    for entry in entries:
        where = (entry.service, entry.environment)
        if where in made.environments and where not in own:
            made.environments[where] = made.environments[where].copy()
        own.add(where)
        take(made, entry)
    return made


def take(state: State, entry: Entry) -> None:
    """Go on behind one entry."""
    state.length = entry.seq
    if entry.nonce:
        state.nonces.add(entry.nonce)
    if entry.kind == RELEASE and entry.image:
        made = Release(entry, entry.image, entry.source or Source())
        state.releases.setdefault(entry.service, {}).setdefault(entry.image.digest, made)
    elif entry.kind == QUARANTINE:
        state.quarantined.setdefault(entry.service, {})[entry.digest] = entry
    elif entry.kind == PRUNE:
        state.pruned.update(entry.digests)
    if entry.environment:
        _take_place(state.environments.setdefault((entry.service, entry.environment), Environment()), entry)


def _take_place(place: Environment, entry: Entry) -> None:
    if entry.kind == VERDICT:
        place.looks.append(entry)
        if entry.health != "inconclusive":
            place.verdicts[entry.digest] = entry
    elif entry.kind == HOLD:
        place.hold = entry
    elif entry.kind == UNHOLD:
        place.hold = None
    elif entry.kind in MOVES:
        place.intent = entry if entry.phase == "intent" else None
        if entry.phase == "done":
            place.current, place.since = entry.after, entry
            place.moves.append(entry)
            if entry.kind == PROMOTE:
                place.promotions[entry.after] = entry.seq
