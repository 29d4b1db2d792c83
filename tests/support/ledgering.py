"""A ledger in memory: entries of every kind, their bytes, a store that compares and swaps, a target of one digest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from go_release_gate.ledger.canonical import digest_of, encoded
from go_release_gate.ledger.chain import linked
from go_release_gate.ledger.entry import Actor, Child, Entry, Image, Signature, Source
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.ledger.store import Records

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ANN = Actor("ann@example.com", "https://github.example.com/acme/shop/actions/runs/1", 2)
INDEX = "application/vnd.oci.image.index.v1+json"
API = ("api", "production")


def digest(number: int) -> str:
    """A digest that stands for release `number`."""
    return f"sha256:{number:064x}"


def release(number: int, version: str = "", service: str = "api", at: datetime = NOW) -> Entry:
    """The recording of version 1.`number`.0."""
    image = Image(digest(number), INDEX, 7, (Child("linux/arm64", digest(900), 3),), ("registry.example.com/api",))
    source = Source(f"v1.{number}.0", version or f"1.{number}.0", "c" * 40)
    return Entry(0, "", "release", service, "", at, ANN, image=image, source=source)


def verdict(number: int, health: str = "pass", place: tuple[str, str] = API) -> Entry:
    """A verdict about release `number`."""
    return Entry(0, "", "verdict", *place, NOW, ANN, digest=digest(number), health=health)  # type: ignore[arg-type]


def chained(drafts: Iterable[Entry]) -> list[Entry]:
    """The entries, linked one behind the other."""
    made: list[Entry] = []
    for draft in drafts:
        made.append(linked(draft, len(made), digest_of(made[-1]) if made else ""))
    return made


def recorded(entries: Iterable[Entry]) -> list[bytes]:
    """Their bytes."""
    return [encoded(entry) for entry in entries]


class Story:
    """Drafts in the order of their making; moves are written with intent and end."""

    def __init__(self) -> None:
        self.drafts: list[Entry] = []
        self.now = NOW
        self.current: dict[tuple[str, str], str] = {}

    def add(self, *drafts: Entry) -> Story:
        """More of them, as they are."""
        self.drafts += drafts
        return self

    def move(self, number: int, kind: str = "promote", place: tuple[str, str] = API, phase: str = "done") -> Story:
        """A move of release `number`; an empty `phase` leaves it open."""
        words: dict[str, Any] = {"before": self.current.get(place, ""), "after": digest(number)}
        self.add(Entry(0, "", kind, *place, self.now, ANN, phase="intent", **words))
        if phase:
            begun = len(self.drafts)
            self.add(Entry(0, "", kind, *place, self.now, ANN, phase=phase, intent=begun, **words))  # type: ignore[arg-type]
        if phase == "done":
            self.current[place] = digest(number)
        self.now += timedelta(minutes=1)
        return self

    def through(self, *numbers: int, health: str = "pass") -> Story:
        """Recorded, promoted, judged."""
        for number in numbers:
            self.add(release(number)).move(number).add(verdict(number, health))
        return self

    @property
    def entries(self) -> list[Entry]:
        """All of them, linked."""
        return chained(self.drafts)


def every_kind() -> list[Entry]:
    """A chain with an entry of every kind and phase, and with every part filled somewhere."""
    story = Story().through(1, 2).move(1, "rollback").move(2, "promote", phase="failed").move(2, phase="abandoned")
    full = {"reason": "500s & <b>é\u2028", "evidence": {"p99": "212ms"}, "fields": {"ticket": "OPS-1"}}
    signed = Signature("ssh", "SHA256:abc", "-----BEGIN SSH SIGNATURE-----\nx\n", "ann@example.com")
    story.add(
        verdict(1, "inconclusive"),
        Entry(0, "", "hold", *API, NOW, ANN, digest=digest(2), expires=NOW + timedelta(hours=3), **full),  # type: ignore[arg-type]
        Entry(0, "", "unhold", *API, NOW, Actor("bob")),
        Entry(0, "", "quarantine", "api", "", NOW, ANN, digest=digest(2), reason="CVE-2026-1", nonce="f00d"),
        Entry(0, "", "prune", "api", "", NOW, ANN, digests=(digest(3), digest(4))),
    )
    made = story.entries
    return [*made[:-1], replace(made[-1], signature=signed)]


@dataclass
class MemoryStore:
    """A ledger in memory. `before_append` is called before each append: another writer's turn, or a kill."""

    records: list[bytes] = field(default_factory=list)
    before_append: Callable[[], None] = lambda: None

    @property
    def _tip(self) -> str:
        return str(len(self.records)) if self.records else ""

    def read(self, known: Records | None = None) -> Records:
        """See Store."""
        return known if known and known.tip == self._tip else Records(tuple(self.records), self._tip)

    def keep(self, records: Records) -> None:
        """See Store."""

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        """See Store."""
        self.before_append()
        if tip != self._tip:
            return None
        self.records += [data for data, _ in entries]
        return self._tip


@dataclass
class MemoryTarget:
    """A place that holds one digest; `before_apply` and `behind_apply` may raise."""

    name: str = "channel"
    kind: str = "command"
    digest: str = ""
    before_apply: Callable[[], None] = lambda: None
    behind_apply: Callable[[], None] = lambda: None

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002 - as the protocol has it
        """See Target."""
        return Observed(self.digest)

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """See Target."""
        return () if self.digest == move.after else (Effect(f"move {self.name}"),)

    def apply(self, move: Move) -> str:
        """See Target."""
        self.before_apply()
        self.digest = move.after
        self.behind_apply()
        return "moved"
