"""Looking once: the verdict in the ledger, people told first, and the guards of an automatic rollback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.health.reading import Reading, Subject
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.wire import Ask
from go_release_gate.config.releases import Alert as AlertSettings
from go_release_gate.config.releases import HealthSettings
from go_release_gate.errors import RaceError, RefusedError, UnavailableError
from go_release_gate.ledger.candidates import Choice, Conditions
from go_release_gate.ledger.entry import PROMOTE, Actor, Entry, Health, Image, Source
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.ledger.store import Records
from go_release_gate.release.alerts import Ways
from go_release_gate.release.applying import Hands, apply_plan
from go_release_gate.release.book import Book
from go_release_gate.release.planning import Order, make_plan
from go_release_gate.release.situation import observe
from go_release_gate.release.watching import Watched, Watching, watch_once

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
BOT = Actor("bot", "https://github.example.com/acme/shop/actions/runs/7")
PLACE = ("api", "production")


def digest(number: int) -> str:
    """A digest that stands for release `number`."""
    return f"sha256:{number:064x}"


@dataclass
class Store:
    """A ledger in memory; away when it should be."""

    records: list[bytes] = field(default_factory=list)
    is_away: bool = False

    def read(self, known: Records | None = None) -> Records:  # noqa: ARG002 - as the protocol has it
        if self.is_away:
            raise UnavailableError("no route to the ledger")
        return Records(tuple(self.records), str(len(self.records)))

    def keep(self, records: Records) -> None:
        """See Store."""

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        if tip != str(len(self.records)):
            return None
        self.records += [data for data, _ in entries]
        return str(len(self.records))


@dataclass
class World:
    """A ledger, one target, one probe, one webhook; what happens is noted in its order."""

    answers: Iterator[str] = field(default_factory=lambda: iter(()))
    store: Store = field(default_factory=Store)
    now: datetime = NOW
    name: str = "channel"
    kind: str = "command"
    digest: str = ""
    trouble: Exception | None = None
    notes: list[str] = field(default_factory=list)
    on_look: Callable[[], None] = lambda: None
    is_deaf: bool = False
    ways_more: list[AlertSettings] = field(default_factory=list)
    settings: HealthSettings = field(
        default_factory=lambda: HealthSettings(warm_up=0.0, looks=2, failures=1, automatic=True)
    )

    # the target
    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002
        return Observed(self.digest)

    def plan(self, move: Move) -> tuple[Effect, ...]:  # noqa: ARG002
        return ()

    def apply(self, move: Move) -> str:
        if self.trouble:
            raise self.trouble
        self.digest = move.after
        self.notes.append(f"moved to {int(move.after[7:], 16)}")
        return "moved"

    # the probe
    def look(self, _subject: Subject) -> Reading:
        self.on_look()
        names: dict[str, Health] = {"p": "pass", "f": "fail", "i": "inconclusive"}
        return Reading("probe", names[next(self.answers)], "status 503")

    # the wire of the webhook
    def send(self, ask: Ask, seconds: float) -> Answer:  # noqa: ARG002
        import json

        told = json.loads(ask.body or b"")
        self.notes.append(f"told {told['state']} of {int(told['digest'][7:], 16)}")
        self.last = told
        return Answer(503 if self.is_deaf else 204)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def book(self) -> Book:
        return Book(self.store, sleep=lambda _seconds: None)

    @property
    def hands(self) -> Hands:
        return Hands(self.book, [self], lambda: self.now, BOT)

    def write(self, *entries: Entry) -> None:
        self.book.append(lambda _state: entries)

    def promote(self, number: int) -> None:
        state = self.book.state()
        situation = observe(state, *PLACE, [self])
        choice = Choice(state.release("api", digest(number)))
        apply_plan(make_plan(Order(PROMOTE), choice, situation, [self], self.now), self.hands)

    def watch(self, answers: str, **settings: Any) -> Watched:
        self.answers, self.notes = iter(answers), []
        ways = Ways(lambda: self.now, self, ProcessRunner(), Path("/"))
        watching = Watching(
            replace(self.settings, **settings),
            self.hands,
            [self],
            lambda: Conditions(self.now),
            [AlertSettings("webhook", "https://alerts.example.com/"), *self.ways_more],
            ways,
            ("acme/oncall",),
            sleep=self.sleep,
        )
        return watch_once(*PLACE, watching)

    @property
    def kinds(self) -> list[str]:
        return [f"{entry.kind}:{entry.phase or entry.health}" for entry in self.book.chain().entries]


@pytest.fixture
def world() -> World:
    """1.1.0 passed in production, 1.2.0 runs."""
    made = World()
    for number in (1, 2):
        image = Image(digest(number), "application/vnd.oci.image.index.v1+json", locations=("registry.example.com/a",))
        made.write(Entry(0, "", "release", "api", "", NOW, BOT, image=image, source=Source(version=f"1.{number}.0")))
    made.promote(1)
    made.write(Entry(0, "", "verdict", *PLACE, NOW, BOT, digest=digest(1), health="pass"))
    made.promote(2)
    return made


def test_a_pass_is_written_and_nobody_is_told(world: World) -> None:
    """The entry names what was measured, and the evidence."""
    done = world.watch("pp")
    assert (done.entry.health, done.entry.digest, done.entry.evidence["looks"]) == ("pass", digest(2), "pp")
    assert (done.rollback, done.kept, world.notes) == (None, "", [])


def test_a_failure_rolls_back_after_people_were_told(world: World) -> None:
    """Alert, verdict, hold, intent, move, done, and the end is told; the rollback is marked as automatic."""
    done = world.watch("f")
    assert world.notes == ["told failing of 2", "moved to 1", "told rolled-back of 2"]
    assert world.kinds[-4:] == ["verdict:fail", "hold:", "rollback:intent", "rollback:done"]
    assert done.rollback is not None
    assert done.rollback.evidence == {"automatic": "yes"}
    assert (world.digest, done.trouble, done.kept) == (digest(1), None, "")
    assert world.last["version"] == "1.2.0"


def test_inconclusive_never_rolls_back(world: World) -> None:
    """People are told, the entry says so, nothing moves."""
    done = world.watch("ii")
    assert (done.entry.health, done.rollback, world.digest) == ("inconclusive", None, digest(2))
    assert (world.notes, done.entry.evidence["alerted"]) == (["told inconclusive of 2"], "webhook-1")


def test_without_automatic_a_failure_is_told_with_its_command(world: World) -> None:
    """The one command to run is in the alert."""
    done = world.watch("f", automatic=False)
    assert done.kept == "the environment does not roll back by itself"
    assert world.last["command"] == "go-release-gate release rollback --service api --env production"
    assert world.last["owners"] == ["acme/oncall"]


def test_the_same_failure_is_told_once(world: World) -> None:
    """Looked at again and again it is told anew only where it was not taken; another verdict is news."""
    world.is_deaf = True
    assert "HTTP 503" in world.watch("f", automatic=False).notices[0]
    world.is_deaf = False
    assert world.watch("f", automatic=False).notices == ()
    assert world.notes == ["told failing of 2"]
    world.watch("f", automatic=False)
    assert world.notes == []
    world.watch("ii", automatic=False)
    assert world.notes == ["told inconclusive of 2"]


def test_what_is_well_again_is_told_once(world: World) -> None:
    """The pass behind a told failure tells the end of it; one that was not taken is told by the next pass."""
    world.watch("f", automatic=False)
    world.is_deaf = True
    world.watch("pp")
    assert world.notes == ["told resolved of 2"]
    world.is_deaf = False
    world.watch("pp")
    assert world.notes == ["told resolved of 2"]
    world.watch("pp")
    assert world.notes == []


def test_who_heard_nothing_of_it_is_not_told_its_end(world: World) -> None:
    """A way that cannot be reached at all does not make the others hear the end again and again."""
    world.ways_more = [AlertSettings("chat", secret="UNSET")]
    assert "UNSET" in world.watch("f", automatic=False).notices[0]
    done = world.watch("pp")
    assert (world.notes, done.notices) == (["told resolved of 2"], ())
    assert done.entry.evidence["alerted"] == "webhook-1"
    world.watch("pp")
    assert world.notes == []


def test_a_rollback_that_passes_resolves_the_incident(world: World) -> None:
    """The digest that failed is what the incident is about."""
    world.watch("f")
    world.watch("pp")
    assert world.notes == ["told resolved of 2"]


def test_no_rollback_is_rolled_back(world: World) -> None:
    """What failed after a rollback is for a person."""
    world.watch("f")
    world.on_look = lambda: None
    done = world.watch("f")
    assert "result of a rollback" in done.kept
    assert (done.rollback, world.digest) == (None, digest(1))


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"settle": 3600.0}, "settle first"), ({"per_day": 0}, "0 automatic rollbacks in 24 hours")],
)
def test_guards_keep_it(world: World, settings: dict[str, Any], words: str) -> None:
    """The verdict is written all the same, and the reason is told."""
    done = world.watch("f", **settings)
    assert words in done.kept
    assert world.kinds[-1] == "verdict:fail"
    assert words in world.last["reason"]


def test_a_stale_failure_does_not_act(world: World) -> None:
    """A failure that is too old when it could act is refused; here the store takes an hour."""
    append = world.store.append

    def slow(entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        world.now += timedelta(hours=1)
        return append(entries, tip)

    world.store.append = slow  # type: ignore[method-assign]
    done = world.watch("f")
    assert isinstance(done.trouble, RefusedError)
    assert "older than 1200 s" in str(done.trouble)
    assert world.digest == digest(2)


def test_another_digest_while_measuring_is_no_verdict(world: World) -> None:
    """Somebody promoted meanwhile: exit 4, and nothing is written about either."""
    world.on_look = lambda: world.promote(1)
    with pytest.raises(RaceError, match="no verdict was written"):
        world.watch("f")
    assert world.kinds[-1] == "promote:done"
    assert world.notes == ["moved to 1"]


def test_a_move_that_begins_while_measuring_makes_it_inconclusive(world: World) -> None:
    """An open intent blurs the picture; nothing is rolled back into it."""
    image = Image(digest(1), "application/vnd.oci.image.index.v1+json")
    intent = Entry(
        0, "", PROMOTE, *PLACE, NOW, BOT, image=image, before=digest(2), after=digest(1), phase="intent"
    )  # fmt: skip
    world.on_look = lambda: world.write(intent)
    done = world.watch("f")
    assert (done.entry.health, done.rollback) == ("inconclusive", None)
    assert "a promote was begun" in done.verdict.words


def test_a_target_that_is_away_is_told_as_stuck(world: World) -> None:
    """The verdict stands, the intent is open, and people know."""
    world.trouble = UnavailableError("no route")
    done = world.watch("f")
    assert isinstance(done.trouble, UnavailableError)
    assert world.notes == ["told failing of 2", "told stuck of 2"]
    assert world.kinds[-3:] == ["verdict:fail", "hold:", "rollback:intent"]


def test_a_ledger_that_is_away_does_not_keep_the_alert(world: World) -> None:
    """The failure is told before the error ends the run."""

    def leave() -> None:
        world.store.is_away = True

    world.on_look = leave
    with pytest.raises(UnavailableError, match="no route to the ledger"):
        world.watch("f")
    assert world.notes == ["told failing of 2"]


def test_nothing_that_runs_cannot_be_judged() -> None:
    """An environment where nothing was promoted is refused."""
    with pytest.raises(RefusedError, match="nothing of api runs in production"):
        World().watch("p")
