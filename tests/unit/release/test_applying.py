"""Plans are applied in an order that a kill at any point leaves readable, and only while the world is as planned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.candidates import Conditions, Wish, choose
from go_release_gate.ledger.entry import PROMOTE, ROLLBACK, Actor, Entry, Image, Source
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.ledger.store import Records
from go_release_gate.release.applying import Hands, abandon, apply_plan, resume
from go_release_gate.release.book import Book
from go_release_gate.release.planfile import document_of, read_plan
from go_release_gate.release.planning import Order, Plan, make_plan, refuse_automatic, refuse_move
from go_release_gate.release.situation import observe

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ANN = Actor("ann")
PLACE = ("api", "production")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class MemoryStore:
    """A ledger in memory, with the same compare-and-swap as git's."""

    records: list[bytes] = field(default_factory=list)
    kill_after: int = 1 << 30  # appends that are let through

    def read(self, known: Records | None = None) -> Records:  # noqa: ARG002 - as the protocol has it
        return Records(tuple(self.records), str(len(self.records)) if self.records else "")

    def keep(self, records: Records) -> None:
        """See Store."""

    def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
        if tip != (str(len(self.records)) if self.records else ""):
            return None
        if self.kill_after <= 0:
            raise Killed
        self.kill_after -= 1
        self.records += [data for data, _ in entries]
        return str(len(self.records))


@dataclass
class MemoryTarget:
    """A place that holds one digest; `trouble` is raised instead of moving."""

    name: str = "channel"
    kind: str = "command"
    digest: str = ""
    trouble: BaseException | None = None
    order: list[str] = field(default_factory=list)

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002
        return Observed(self.digest)

    def plan(self, move: Move) -> tuple[Effect, ...]:
        return () if self.digest == move.after else (Effect(f"move {self.name}"),)

    def apply(self, move: Move) -> str:
        if self.trouble:
            trouble, self.trouble = self.trouble, None
            raise trouble
        self.digest = move.after
        self.order.append(self.name)
        return "moved"


def digest(number: int) -> str:
    """A digest that stands for release `number`."""
    return f"sha256:{number:064x}"


def release(number: int) -> Entry:
    """The recording of version 1.`number`.0."""
    image = Image(digest(number), "application/vnd.oci.image.index.v1+json", locations=("registry.example.com/api",))
    return Entry(0, "", "release", "api", "", NOW, ANN, image=image, source=Source(version=f"1.{number}.0"))


def verdict(number: int, health: str) -> Entry:
    """A verdict in production."""
    return Entry(0, "", "verdict", *PLACE, NOW, ANN, digest=digest(number), health=health)  # type: ignore[arg-type]


@dataclass
class World:
    """A ledger, a target, and the words to move things."""

    store: MemoryStore = field(default_factory=MemoryStore)
    targets: list[MemoryTarget] = field(default_factory=lambda: [MemoryTarget()])
    now: datetime = NOW

    @property
    def book(self) -> Book:
        """A fresh process's view."""
        return Book(self.store, sleep=lambda _seconds: None)

    @property
    def hands(self) -> Hands:
        """What applying works with."""
        return Hands(self.book, self.targets, lambda: self.now, ANN, rollback_point=timedelta(hours=72))

    def write(self, *entries: Entry) -> None:
        """Add entries as they are."""
        self.book.append(lambda _state: entries)

    def plan(self, kind: str, to: str, **order: object) -> Plan:
        """A plan, as the verbs make it."""
        state = self.book.state()
        situation = observe(state, *PLACE, self.targets)
        wanted = Order(kind, **order)  # type: ignore[arg-type]
        refuse_move(wanted, state, situation, self.now)
        if kind == ROLLBACK:
            choice = choose(state, Wish(*PLACE, to), Conditions(self.now))
        else:
            from go_release_gate.ledger.candidates import Choice

            choice = Choice(state.find("api", to)[0])
        return make_plan(wanted, choice, situation, self.targets, self.now)

    def move(self, kind: str, to: str, **order: object) -> Entry:
        """Plan and apply."""
        return apply_plan(self.plan(kind, to, **order), self.hands)

    @property
    def current(self) -> str:
        """What the ledger says runs."""
        return self.book.state().at(*PLACE).current


@pytest.fixture
def world() -> World:
    """Three releases; 1.1.0 and 1.2.0 passed in production, 1.3.0 runs and has failed."""
    made = World()
    made.write(release(1), release(2), release(3))
    for number, health in ((1, "pass"), (2, "pass"), (3, "fail")):
        made.move(PROMOTE, f"1.{number}.0")
        made.write(verdict(number, health))
    return made


def test_a_rollback_goes_to_the_last_good_release(world: World) -> None:
    """Hold, intent and closing entry stand in this order, and ledger and target agree."""
    done = world.move(ROLLBACK, "last-good", reason="500s")

    kinds = [(entry.kind, entry.phase) for entry in world.book.chain().entries[-3:]]
    assert kinds == [("hold", ""), ("rollback", "intent"), ("rollback", "done")]
    assert done.after == world.current == world.targets[0].digest == digest(2)


def test_rolling_back_twice_walks_back(world: World) -> None:
    """A rollback is no release: the second goes further back, not forward again."""
    world.move(ROLLBACK, "last-good")
    world.move(ROLLBACK, "last-good")

    assert world.current == digest(1)
    with pytest.raises(RefusedError, match="no good release"):
        world.plan(ROLLBACK, "last-good")


def test_a_hold_keeps_promotions_back(world: World) -> None:
    """After a rollback nothing rolls forward before the hold is lifted."""
    world.move(ROLLBACK, "last-good")

    with pytest.raises(RefusedError, match="held since entry"):
        world.plan(PROMOTE, "1.3.0")
    world.write(Entry(0, "", "unhold", *PLACE, NOW, ANN))
    assert world.move(PROMOTE, "1.3.0").after == digest(3)


def test_a_stale_plan_changes_nothing(world: World) -> None:
    """A target or the ledger that moved between plan and apply stops it with exit 4, without an entry."""
    plan = world.plan(ROLLBACK, "last-good")
    world.targets[0].digest = digest(9)
    before = list(world.store.records)

    with pytest.raises(RaceError, match="channel shows sha256:0"):
        apply_plan(plan, world.hands)
    assert world.store.records == before


def test_of_two_rollbacks_one_wins(world: World) -> None:
    """The second of two plans made from the same state is a lost race."""
    first, second = world.plan(ROLLBACK, "last-good"), world.plan(ROLLBACK, "1.1.0")
    apply_plan(first, world.hands)

    with pytest.raises(RaceError, match="the ledger now says"):
        apply_plan(second, world.hands)
    assert world.current == digest(2)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("quarantine", {"digest": digest(2)}, "was quarantined"),
        ("prune", {"digests": (digest(2),)}, "was pruned"),
        ("verdict", {"digest": digest(2), "health": "fail", "environment": "production"}, "verdict is fail"),
    ],
)
def test_what_was_barred_behind_the_plan_is_not_gone_to(world: World, kind: str, values: dict, words: str) -> None:
    """A release that was taken away between plan and apply is a lost race, with nothing changed."""
    plan = world.plan(ROLLBACK, "last-good")
    world.write(Entry(0, "", kind, "api", **{"environment": "", "time": NOW, "actor": ANN, **values}))
    length = len(world.store.records)

    with pytest.raises(RaceError, match=words):
        apply_plan(plan, world.hands)
    assert len(world.store.records) == length
    assert world.targets[0].digest == digest(3)


@pytest.mark.parametrize("appends", [0, 1])
def test_a_kill_between_the_steps_can_be_resumed(world: World, appends: int) -> None:
    """Killed before the intent: nothing happened. Killed before the closing entry: resume ends it."""
    plan = world.plan(ROLLBACK, "last-good")
    world.store.kill_after = appends
    with pytest.raises(Killed):
        apply_plan(plan, world.hands)
    world.store.kill_after = 1 << 30

    if appends:
        assert world.book.state().at(*PLACE).intent is not None
        assert resume(*PLACE, world.hands).phase == "done"
        assert world.current == digest(2)
    else:
        assert world.current == digest(3)
        with pytest.raises(RefusedError, match="no move"):
            resume(*PLACE, world.hands)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("quarantine", {"digest": digest(4), "environment": ""}, "it was quarantined"),
        ("hold", {}, "is held since entry"),
    ],
)
@pytest.mark.parametrize("is_moved", [False, True])
def test_what_was_spoken_against_meanwhile_is_not_resumed(
    world: World, kind: str, values: dict, words: str, is_moved: bool
) -> None:
    """A promotion that was killed goes on behind no hold and no quarantine; one that has ended is written down."""
    world.write(release(4))
    plan = world.plan(PROMOTE, digest(4))
    world.store.kill_after = 1
    with pytest.raises(Killed):
        apply_plan(plan, world.hands)
    world.store.kill_after = 1 << 30
    if not is_moved:
        world.targets[0].digest = digest(3)
    world.write(Entry(0, "", kind, "api", **{"environment": "production", "time": NOW, "actor": ANN, **values}))

    if is_moved:
        assert resume(*PLACE, world.hands).phase == "done"
        return
    with pytest.raises(RefusedError, match=words) as refused:
        resume(*PLACE, world.hands)
    assert "abandon" in refused.value.hint
    assert world.targets[0].digest == digest(3)
    assert abandon(*PLACE, "held", world.hands).phase == "abandoned"


def test_an_open_intent_stops_other_moves_until_it_is_abandoned(world: World) -> None:
    """A target that cannot be reached leaves the intent open; giving it up closes it, and the hold stays."""
    world.targets[0].trouble = UnavailableError("no route")
    with pytest.raises(UnavailableError, match="the intent is open"):
        world.move(ROLLBACK, "last-good")
    with pytest.raises(RefusedError, match="not ended"):
        world.plan(ROLLBACK, "last-good")

    assert abandon(*PLACE, "target is gone", world.hands).phase == "abandoned"
    place = world.book.state().at(*PLACE)
    assert (place.intent, place.current) == (None, digest(3))
    assert place.is_held(NOW)


def test_a_target_that_refuses_before_anything_moved_closes_the_intent(world: World) -> None:
    """A refusal of the first target is recorded as failed, and nothing is left open."""
    world.targets[0].trouble = RefusedError("the tag is immutable")
    with pytest.raises(RefusedError, match="immutable"):
        world.move(ROLLBACK, "last-good")

    last = world.book.chain().entries[-1]
    assert (last.phase, last.reason) == ("failed", "channel: the tag is immutable")


def test_targets_are_waves(world: World) -> None:
    """Targets are moved in their order; one in the middle that is away leaves the first moved and the last not."""
    order: list[str] = []
    world.targets = [MemoryTarget(name, digest=digest(3), order=order) for name in ("west", "east", "south")]
    world.targets[1].trouble = UnavailableError("away")
    with pytest.raises(UnavailableError, match="west is moved"):
        world.move(ROLLBACK, "last-good")

    resume(*PLACE, world.hands)

    assert order == ["west", "west", "east", "south"]
    assert world.book.chain().entries[-1].targets == ("west", "east", "south")


def test_drift_stops_with_what_was_seen(world: World) -> None:
    """A target that shows something else than the ledger is refused, unless that is accepted with a reason."""
    world.targets[0].digest = digest(2)
    with pytest.raises(RefusedError, match="channel shows sha256:"):
        world.plan(ROLLBACK, "1.1.0")

    done = world.move(ROLLBACK, "1.1.0", accepts_drift="moved by hand")
    assert done.evidence == {"drift": "moved by hand"}


def test_a_request_is_carried_out_once(world: World) -> None:
    """The nonce of a signed request is used up by the ledger."""
    world.move(ROLLBACK, "last-good", nonce="f00d")

    with pytest.raises(RefusedError, match="carried out before"):
        world.plan(ROLLBACK, "last-good", nonce="f00d")


def test_no_rollback_is_rolled_back_automatically(world: World) -> None:
    """Settling, the result of a rollback and the daily number each stop automation."""
    situation = observe(world.book.state(), *PLACE, world.targets)
    with pytest.raises(RefusedError, match="settle"):
        refuse_automatic(world.book.state(), situation, NOW, settle=60, per_day=2)
    refuse_automatic(world.book.state(), situation, NOW + timedelta(seconds=60), settle=60, per_day=2)

    world.move(ROLLBACK, "last-good", is_automatic=True)
    with pytest.raises(RefusedError, match="result of a rollback"):
        refuse_automatic(world.book.state(), situation, NOW, settle=0, per_day=2)
    world.write(Entry(0, "", "unhold", *PLACE, NOW, ANN))
    world.move(PROMOTE, "1.3.0")
    with pytest.raises(RefusedError, match="1 automatic rollbacks"):
        refuse_automatic(world.book.state(), situation, NOW, settle=0, per_day=1)


def test_a_plan_in_a_file_is_the_same_plan(world: World) -> None:
    """What was kept in a file is applied like what was just made; an edited file is refused with the key."""
    plan = world.plan(ROLLBACK, "last-good", reason="500s")
    data = json.dumps(document_of(plan)).encode()

    assert read_plan(data, "plan.json") == plan
    with pytest.raises(UsageError, match=r"plan.json: move.imagine: unknown key"):
        read_plan(data.replace(b'"image"', b'"imagine"'), "plan.json")
