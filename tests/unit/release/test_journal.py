"""Rolling back while the ledger is away, with a real origin that cannot be reached, and bringing it there later."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.ledger.journal_store import JournalStore, read_journal
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.candidates import Choice, Conditions, Wish, choose
from go_release_gate.ledger.entry import PROMOTE, ROLLBACK, Actor, Entry, Image, Signature, Source
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.ledger.store import Records
from go_release_gate.release.applying import Hands, apply_plan, resume
from go_release_gate.release.book import Book
from go_release_gate.release.journal import discard, emergency_book, pending, reconcile
from go_release_gate.release.planning import Order, make_plan, refuse_move
from go_release_gate.release.situation import observe

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PLACE = ("api", "production")
GIT = Path("/usr/bin/git")


def digest(number: int) -> str:
    """A digest that stands for release `number`."""
    return f"sha256:{number:064x}"


def sign(entry: Entry) -> Signature:
    """A signature that says which place in the chain it is for."""
    return Signature("hmac", "k", f"{entry.seq}-{entry.prev[7:19]}")


def judge(entry: Entry) -> str:
    """Whether it is."""
    return "" if entry.signature == sign(entry) else "its signature does not hold"


@dataclass
class Target:
    """A place that can be reached all the time."""

    digest: str = ""
    trouble: Exception | None = None
    name: str = "cluster"
    kind: str = "kubectl"

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002
        return Observed(self.digest)

    def plan(self, move: Move) -> tuple[Effect, ...]:  # noqa: ARG002
        return ()

    def apply(self, move: Move) -> str:
        if self.trouble:
            raise self.trouble
        self.digest = move.after
        return "moved"


@dataclass
class World:
    """An origin, a clone of it, a target, a clock."""

    root: Path
    target: Target = field(default_factory=Target)
    now: datetime = NOW

    @property
    def journal(self) -> Path:
        return self.root / "state" / "journal.jsonl"

    def store(self, clone: str = "clone") -> GitStore:
        if not (self.root / clone).exists():
            words = ["git", "clone", "--quiet", str(self.root / "origin.git"), clone]
            subprocess.run(words, cwd=self.root, check=True, capture_output=True)
        place = Place(self.root / clone, "origin", "refs/heads/release-ledger")
        return GitStore(ProcessRunner(), GIT, {"PATH": "/usr/bin:/bin", "HOME": str(self.root)}, place)

    def book(self, clone: str = "clone") -> Book:
        return Book(self.store(clone), sign, judge, sleep=lambda _seconds: None)

    def emergency(self) -> Book:
        return emergency_book(self.journal, self.store().last_known(), sign, judge)

    def away(self) -> None:
        (self.root / "origin.git").rename(self.root / "away.git")

    def back(self) -> None:
        (self.root / "away.git").rename(self.root / "origin.git")

    def move(self, book: Book, kind: str, number: int = 0) -> Entry:
        state = book.state()
        seen = observe(state, *PLACE, [self.target])
        refuse_move(Order(kind), state, seen, self.now)
        release = state.release("api", digest(number))
        choice = Choice(release) if number else choose(state, Wish(*PLACE), Conditions(self.now))
        hands = Hands(book, [self.target], lambda: self.now, Actor("ann"))
        return apply_plan(make_plan(Order(kind, "500s"), choice, seen, [self.target], self.now), hands)

    def words(self, book: Book | None = None) -> list[str]:
        return [f"{entry.kind}:{entry.phase or entry.health}" for entry in (book or self.book()).chain().entries]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """1.1.0 passed in production, 1.2.0 runs; then the origin is away."""
    subprocess.run(["git", "init", "--quiet", "--bare", "origin.git"], cwd=tmp_path, check=True)
    made = World(tmp_path)
    book = made.book()
    drafts = [
        Entry(0, "", "release", "api", "", NOW, Actor("ann"), image=Image(digest(one), "m"), source=Source(version=v))
        for one, v in ((1, "1.1.0"), (2, "1.2.0"))
    ]
    book.append(lambda _state: drafts)
    made.move(book, PROMOTE, 1)
    book.append(lambda _state: [Entry(0, "", "verdict", *PLACE, NOW, Actor("ann"), digest=digest(1), health="pass")])
    made.move(book, PROMOTE, 2)
    made.away()
    made.now += timedelta(minutes=30)
    return made


def test_a_rollback_goes_on_without_the_ledger(world: World) -> None:
    """The same plan and the same order of entries, in a journal; the target is moved."""
    with pytest.raises(UnavailableError):
        world.book().state()
    done = world.move(world.emergency(), ROLLBACK)
    assert (done.phase, done.after, world.target.digest) == ("done", digest(1), digest(1))
    assert pending(world.journal) == 3
    assert world.words(world.emergency())[-3:] == ["hold:", "rollback:intent", "rollback:done"]


def test_what_was_journalled_is_brought_to_the_ledger(world: World) -> None:
    """In its order, linked and signed anew behind what others wrote, marked, with its own times; once."""
    world.move(world.emergency(), ROLLBACK)
    world.back()
    other = Entry(0, "", "hold", "web", "production", NOW, Actor("bob"))
    world.book("other").append(lambda _state: [other])
    done = reconcile(world.journal, world.book())

    chain = world.book().chain()
    assert chain.fault is None
    assert world.words()[-4:] == ["hold:", "hold:", "rollback:intent", "rollback:done"]
    assert chain.entries[-1].intent == chain.entries[-2].seq
    assert {entry.evidence["emergency"] for entry in done.entries} == {"yes"}
    assert {entry.time for entry in done.entries} == {NOW + timedelta(minutes=30)}
    assert world.book().state().at(*PLACE).current == digest(1)
    assert (pending(world.journal), done.kept) == (0, world.journal.with_name("journal.jsonl.reconciled-1"))
    assert reconcile(world.journal, world.book()).entries == ()


def test_it_can_be_repeated_after_a_kill(world: World) -> None:
    """Killed between the push and putting the journal aside: nothing is appended twice."""
    world.move(world.emergency(), ROLLBACK)
    world.back()
    data = world.journal.read_bytes()
    reconcile(world.journal, world.book())
    before = world.words()
    world.journal.write_bytes(data)
    assert len(reconcile(world.journal, world.book()).entries) == 3
    assert world.words() == before


def test_a_ledger_that_is_still_away_leaves_the_journal(world: World) -> None:
    """Nothing is lost by trying too early."""
    world.move(world.emergency(), ROLLBACK)
    with pytest.raises(UnavailableError):
        reconcile(world.journal, world.book())
    assert pending(world.journal) == 3


def test_a_ledger_that_says_otherwise_is_not_overruled(world: World) -> None:
    """Somebody moved the same place meanwhile: refused with both words, and the journal stays until it is discarded."""
    world.move(world.emergency(), ROLLBACK)
    world.back()
    world.target.digest = digest(2)
    world.move(world.book("other"), PROMOTE, 1)
    before = world.words()
    with pytest.raises(RefusedError, match="was moved in the ledger meanwhile, in entry 9"):
        reconcile(world.journal, world.book())
    assert (world.words(), pending(world.journal)) == (before, 3)
    kept = discard(world.journal)
    assert kept is not None
    assert kept.exists()
    assert discard(world.journal) is None


def test_an_emergency_that_was_interrupted_is_resumed_in_the_ledger(world: World) -> None:
    """The open intent is brought there, and carried on as any other."""
    world.target.trouble = UnavailableError("no route to the cluster")
    with pytest.raises(UnavailableError, match="the intent is open"):
        world.move(world.emergency(), ROLLBACK)
    world.back()
    world.target.trouble = None
    reconcile(world.journal, world.book())
    done = resume(*PLACE, Hands(world.book(), [world.target], lambda: world.now, Actor("ann")))
    assert (done.phase, world.target.digest) == ("done", digest(1))


def test_a_forged_journal_is_not_believed(world: World) -> None:
    """An edited entry, one taken out, one of another ledger."""
    world.move(world.emergency(), ROLLBACK)
    world.back()
    data = world.journal.read_bytes()
    first, hold, intent, done = data.splitlines(keepends=True)
    forgeries = {
        "must not be believed": first + hold.replace(b"500s", b"501s") + intent + done,
        "entry 1 of the journal": first + intent + done,
        "another ledger": first.replace(b'"length":7', b'"length":6') + hold,
        "no journal": first.replace(b"release-journal", b"journal"),
    }
    for words, forged in forgeries.items():
        world.journal.write_bytes(forged)
        with pytest.raises(RefusedError, match=words):
            reconcile(world.journal, world.book())
    world.journal.write_bytes(data[:-1])
    with pytest.raises(RefusedError, match="no journal"):
        pending(world.journal)


def test_a_clone_that_never_saw_the_ledger_knows_nothing(world: World, tmp_path: Path) -> None:
    """No guess is made where nothing is known."""
    with pytest.raises(RefusedError, match="nothing is known of the ledger here"):
        JournalStore(tmp_path / "journal", Records(()))
    words = ["git", "init", "--quiet", "empty"]
    subprocess.run(words, cwd=world.root, check=True)
    assert world.store("empty").last_known() == Records(())


def test_a_fresh_clone_knows_what_it_fetched(world: World) -> None:
    """The branch that every clone brings along is enough."""
    world.back()
    store = world.store("fresh")
    world.away()
    assert len(store.last_known().records) == 7


def test_two_writers_of_one_journal(world: World) -> None:
    """The second that saw the same end gets None, as from any store; nothing is half written."""
    base = world.store().last_known()
    one, two = JournalStore(world.journal, base), JournalStore(world.journal, base)
    tip = one.read().tip
    assert two.append([(b'{"a":1}\n', "")], tip)
    assert one.append([(b'{"b":1}\n', "")], tip) is None
    found = read_journal(world.journal)
    assert found is not None
    assert found.records == (b'{"a":1}\n',)
    assert sorted(path.name for path in world.journal.parent.iterdir()) == ["journal.jsonl", "journal.jsonl.lock"]


def test_a_journal_that_cannot_be_written_is_no_entry(world: World) -> None:
    """Where the file cannot be made nothing is done at the target."""
    world.journal.parent.write_text("a file is in the way", "utf-8")
    with pytest.raises(UnavailableError, match="cannot be"):
        world.move(world.emergency(), ROLLBACK)
    assert world.target.digest == digest(2)


def test_a_journal_of_another_state_is_reconciled_first(world: World) -> None:
    """What was known when it was begun must be what is known now."""
    world.move(world.emergency(), ROLLBACK)
    world.back()
    other = Entry(0, "", "hold", "web", "production", NOW, Actor("bob"))
    world.book("other").append(lambda _state: [other])
    world.book().state()
    world.away()
    with pytest.raises(RefusedError, match="begun at entry 7 of the ledger, which is known up to 8"):
        world.emergency()
