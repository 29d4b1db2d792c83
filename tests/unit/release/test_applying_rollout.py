"""A target that took the change, and whose pods do not start: the ledger says where it points, a rollback goes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from go_release_gate.errors import RolloutError
from go_release_gate.ledger.candidates import Choice, Conditions, Wish, choose
from go_release_gate.ledger.entry import PROMOTE, ROLLBACK, VERDICT, Actor, Entry, Image, Source
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.ledger.store import Records
from go_release_gate.release.applying import Hands, apply_plan
from go_release_gate.release.book import Book
from go_release_gate.release.planning import Order, make_plan, refuse_move
from go_release_gate.release.situation import observe

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ANN = Actor("ann")


def digest(number: int) -> str:
    """A digest that stands for release `number`."""
    return f"sha256:{number:064x}"


class Store:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.records: list[bytes] = []

    def read(self, known: Records | None = None) -> Records:  # noqa: ARG002
        return Records(tuple(self.records), str(len(self.records)))

    def keep(self, records: Records) -> None:
        """See Store."""

    def append(self, entries: list[tuple[bytes, str]], tip: str) -> str:  # noqa: ARG002
        self.records += [data for data, _ in entries]
        return str(len(self.records))


class Cluster:
    """Takes every digest; the pods of `broken` do not start."""

    kind = "kubectl"

    def __init__(self, name: str, broken: str = "") -> None:
        self.name, self.broken, self.digest = name, broken, ""
        self.entries: list[int] = []

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002
        return Observed(self.digest)

    def plan(self, move: Move) -> tuple[Effect, ...]:  # noqa: ARG002
        return (Effect("set the image"),)

    def apply(self, move: Move) -> str:
        self.digest = move.after
        self.entries.append(move.entry)
        if move.after == self.broken:
            raise RolloutError("deployment/api is changed, and its rollout failed: ImagePullBackOff", "go back")
        return "rolled out"


class World:
    """A ledger with two releases, the first of which runs and passed."""

    def __init__(self, *targets: Cluster) -> None:
        self.book, self.targets = Book(Store()), targets
        for number in (1, 2):
            source = Source(version=f"1.{number}.0")
            image = Image(digest(number), "application/vnd.oci.image.index.v1+json", locations=("r.example.com/api",))
            self.book.append(
                lambda _, s=source, i=image: [Entry(0, "", "release", "api", "", NOW, ANN, image=i, source=s)]
            )
        self.move(PROMOTE, "1.1.0")
        good = Entry(0, "", VERDICT, "api", "production", NOW, ANN, digest=digest(1), health="pass")
        self.book.append(lambda _: [good])

    def move(self, kind: str, to: str, drift: str = "") -> Entry:
        """Plan and apply."""
        state = self.book.state()
        seen = observe(state, "api", "production", self.targets)
        order = Order(kind, accepts_drift=drift)
        refuse_move(order, state, seen, NOW)
        wish = Wish("api", "production", to)
        choice = choose(state, wish, Conditions(NOW)) if kind == ROLLBACK else Choice(state.find("api", to)[0])
        plan = make_plan(order, choice, seen, self.targets, NOW)
        return apply_plan(plan, Hands(self.book, self.targets, lambda: NOW, ANN))


def test_a_failed_rollout_closes_the_move_and_a_rollback_goes_back() -> None:
    """Ledger and target agree on the new digest, nothing is open, and the last good release is one command away."""
    world = World(Cluster("west", broken=digest(2)))

    with pytest.raises(RolloutError, match=r"west: .*ImagePullBackOff") as caught:
        world.move(PROMOTE, "1.2.0")

    assert "release rollback --service api --env production`" in caught.value.hint
    place = world.book.state().at("api", "production")
    assert (place.current, place.intent) == (digest(2), None)
    closing = world.book.chain().entries[-1]
    assert (closing.phase, closing.targets) == ("done", ("west",))
    assert "ImagePullBackOff" in closing.reason
    assert world.targets[0].entries == [closing.intent - 3, closing.intent]

    assert world.move(ROLLBACK, "last-good").after == world.targets[0].digest == digest(1)


def test_the_waves_behind_it_are_not_moved() -> None:
    """A failed first wave stops the others, and the hint tells the rollback that they differ."""
    world = World(Cluster("west", broken=digest(2)), Cluster("east"))

    with pytest.raises(RolloutError) as caught:
        world.move(PROMOTE, "1.2.0")

    assert [target.digest for target in world.targets] == [digest(2), digest(1)]
    assert "--accept-drift 'east not moved'" in caught.value.hint
    world.move(ROLLBACK, "last-good", drift="east not moved")
    assert [target.digest for target in world.targets] == [digest(1), digest(1)]
