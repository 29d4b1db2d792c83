"""The ledger in git: a bare repository as origin, real clones, real races."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.ledger.memory import FileMemory
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.canonical import decoded, encoded
from go_release_gate.ledger.chain import Chain, Fault
from go_release_gate.ledger.entry import Actor, Entry
from go_release_gate.ledger.state import State
from go_release_gate.ledger.store import Records
from go_release_gate.release.book import Book

REF = "refs/heads/release-ledger"
SEEN = "refs/go-release-gate/seen-refsheadsreleaseledger"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
GIT = Path("/usr/bin/git")


def git(cwd: Path, *words: str) -> str:
    """One git command's output."""
    return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """An empty bare repository."""
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    return tmp_path / "origin.git"


def store(origin: Path, name: str = "clone", remote: str = "") -> GitStore:
    """A store of a clone of its own."""
    clone = origin.parent / name
    if not clone.exists():
        git(origin.parent, "clone", "--quiet", str(origin), name)
    home = origin.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    return GitStore(ProcessRunner(), GIT, environment, Place(clone, remote or "origin", REF))


def quarantine(service: str) -> Entry:
    """An entry that always fits."""
    return Entry(0, "", "quarantine", service, "", NOW, Actor("ann"), digest=f"sha256:{'a' * 64}")


def one(service: str) -> list[Entry]:
    """What a writer wants to add."""
    return [quarantine(service)]


def test_entries_come_back_as_they_were_written(origin: Path) -> None:
    """Another clone reads the bytes that were appended, in their order, and reads on from what it knows."""
    here, there = Book(store(origin)), store(origin, "other")

    here.append(lambda _state: [quarantine("api"), quarantine("web")])
    first = there.read()
    here.append(lambda _state: one("db"))
    second = there.read(first)

    assert [decoded(data).service for data in second.records] == ["api", "web", "db"]
    assert second.records[:2] == first.records
    assert git(origin, "log", "--format=%s", REF).splitlines()[0].startswith("quarantine db")


def test_a_ledger_that_is_not_there_is_empty(origin: Path) -> None:
    """Before the first entry there is nothing to read, and that is no trouble."""
    assert store(origin).read().records == ()


def test_a_stale_tip_is_refused_by_the_remote(origin: Path) -> None:
    """Of two writers that saw the same tip one gets None, and nothing of it is in the ledger."""
    first, second = store(origin), store(origin, "other")
    made = first.append([(b"{}\n", "one")], "")

    assert second.append([(b"[]\n", "two")], "") is None
    assert made == git(origin, "rev-parse", REF)


def test_fifty_writers_at_once_all_land(origin: Path) -> None:
    """Entries of others that came in between are linked behind, and the chain holds."""
    troubles: list[Exception] = []
    stores = [store(origin, f"clone{number}") for number in range(10)]

    def write(number: int) -> None:
        try:
            book = Book(stores[number % 10])
            for turn in range(5):
                book.append(lambda _state, turn=turn: one(f"service-{number}-{turn}"))
        except Exception as error:  # noqa: BLE001 - a thread's trouble is shown by the test
            troubles.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    chain = Book(store(origin)).chain()
    assert troubles == []
    assert chain.fault is None
    assert len({entry.service for entry in chain.entries}) == 50


def test_an_entry_changed_in_the_repository_is_named(origin: Path) -> None:
    """Bytes that were edited and pushed break the chain at the entry behind them."""
    book = Book(store(origin))
    for service in ("api", "web", "db"):
        book.append(lambda _state, service=service: one(service))
    records = book.store.read()
    tampered = [data.replace(b'"web"', b'"wob"') for data in records.records]
    git(origin, "update-ref", "-d", REF)
    store(origin).append([(data, "forged") for data in tampered], "")

    fault = Book(store(origin, "fresh")).chain().fault

    assert fault is not None
    assert fault.seq == 3


def test_a_faulty_ledger_takes_no_entry(origin: Path) -> None:
    """Nothing is decided on a ledger that is not to be believed."""
    store(origin).append([(b"{}\n", "forged")], "")

    with pytest.raises(RefusedError, match="entry 1 of the ledger"):
        Book(store(origin, "other")).append(lambda _state: one("api"))


def test_a_remote_that_is_away_is_said(origin: Path) -> None:
    """A fetch that cannot reach the remote is unavailable, not an empty ledger."""
    with pytest.raises(UnavailableError, match=r"cannot be fetched .*: fatal: .*nowhere.git.* does not appear to be"):
        store(origin, remote=str(origin.parent / "nowhere.git")).read()


def test_a_remote_is_no_option_of_git(origin: Path) -> None:
    """Whoever writes the configuration names a remote, and starts no program by its name."""
    mark = origin.parent / "mark"
    option = f"--upload-pack=touch {mark};"
    odd = store(origin, remote=option)
    with pytest.raises(UnavailableError, match="cannot be fetched"):
        odd.read()
    push = store(origin, remote=f"--receive-pack=touch {mark};")
    with pytest.raises(UnavailableError, match="cannot be reached"):
        push.append([(encoded(one("api")[0]), "an entry")], "")
    assert not mark.exists()


def test_a_refusing_remote_is_told_from_a_faster_writer(origin: Path) -> None:
    """A hook that declines the push is a missing right, not a lost race."""
    hook = origin / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)

    with pytest.raises(RefusedError, match="refuses entries"):
        Book(store(origin)).append(lambda _state: one("api"))


def test_an_answer_that_was_lost_is_looked_for(origin: Path) -> None:
    """When the push arrived and its answer did not, the entry is not written twice."""
    inner = store(origin)

    class Deaf:
        def read(self, known=None):
            return inner.read(known)

        def keep(self, records: Records) -> None:
            inner.keep(records)

        def append(self, entries: Sequence[tuple[bytes, str]], tip: str) -> str | None:
            inner.append(entries, tip)
            raise UnavailableError("the connection broke")

    entries = Book(Deaf()).append(lambda _state: one("api"))

    assert [entry.seq for entry in entries] == [1]
    assert len(inner.read().records) == 1


def test_what_is_to_be_written_is_asked_again_after_a_lost_race(origin: Path) -> None:
    """The second look sees what the faster writer left, and may decide otherwise."""
    other = Book(store(origin, "other"))
    seen: list[int] = []

    def make(state: State) -> list[Entry]:
        seen.append(state.length)
        if not state.length:
            other.append(lambda _state: one("web"))
        return one("api") if not state.length else []

    assert Book(store(origin)).append(make) == ()
    assert seen == [0, 1]


@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_rewritten_history_is_noticed(origin: Path, tmp_path: Path, at: int) -> None:
    """An entry that was forged among those that were believed, with everything behind it linked anew: all is judged
    again, and the forged one is what is not believed, whoever remembers the old history."""
    writer, reader = Book(store(origin)), store(origin, "reader")
    writer.append(lambda _state: [quarantine(f"s{number}") for number in range(6)])
    path, asked = tmp_path / "memory" / "file", list[int]()

    def judge(entry: Entry) -> str:
        asked.append(entry.seq)
        return "nobody knows mallory" if entry.actor.name == "mallory" else ""

    def read() -> Chain:
        asked.clear()
        return Book(reader, judge=judge, memory=FileMemory(path, "b", reader.entry_at)).chain()

    assert read().fault is None
    assert read().fault is None
    assert asked == [6]

    before = writer.chain().entries
    git(origin, "update-ref", "-d", REF)
    forged = [replace(entry, actor=Actor("mallory")) if number == at else entry for number, entry in enumerate(before)]
    Book(store(origin, "forger")).append(lambda _state: forged)
    assert read().fault == Fault(at + 1, "nobody knows mallory")
    assert asked == [*range(1, at + 2)]
    assert read().fault == Fault(at + 1, "nobody knows mallory")


def cut(origin: Path) -> str:
    """Two entries less."""
    git(origin, "update-ref", REF, f"{REF}~2")
    return "it ends at entry 4 (commit "


def deleted(origin: Path) -> str:
    """The whole ref."""
    git(origin, "update-ref", "-d", REF)
    return "it is not there"


def replaced(origin: Path) -> str:
    """Two entries less and three others: longer than before, and sound in itself."""
    cut(origin)
    Book(store(origin, "forger")).append(lambda _state: [quarantine(f"t{number}") for number in range(3)])
    return "entry 5 is another one, and it ends at entry 7 (commit "


@pytest.mark.parametrize("change", [cut, deleted, replaced])
def test_a_ledger_that_was_cut_is_a_fault_to_who_saw_it(origin: Path, change: Callable[[Path], str]) -> None:
    """In the clone that saw it longer, in each new process and in one that goes on, with its last known state too;
    nothing is written there; a new clone cannot know. Once the old history is back, all is well."""
    writer, reader = Book(store(origin)), Book(store(origin, "reader"))
    writer.append(lambda _state: [quarantine(f"s{number}") for number in range(6)])
    assert reader.chain().fault is None
    tip = git(origin, "rev-parse", REF)

    now = change(origin)

    for book in (reader, Book(store(origin, "reader")), Book(store(origin, "reader")), writer, Book(store(origin))):
        fault = book.chain().fault
        assert fault is not None
        assert fault.reason.startswith(
            f"the ledger was cut or rewritten: it ended at entry 6 (commit {tip[:12]}) when this clone saw it last, "
            f"and now {now}"
        )
        assert (fault.seq, len(book.chain().entries)) == ((1, 0) if change is deleted else (5, 4))
    for book in (writer, Book(store(origin, "reader"))):
        with pytest.raises(RefusedError, match="the ledger was cut or rewritten"):
            book.append(lambda _state: one("api"))
    assert (store(origin).last_known().loss is None) is (change is deleted)  # offline it still has what it saw
    assert Book(store(origin, "fresh")).chain().fault is None

    git(origin.parent / "reader", "push", "--quiet", "--force", "origin", f"{SEEN}:{REF}")
    assert git(origin, "rev-parse", REF) == tip
    for book in (reader, writer, Book(store(origin))):
        assert book.append(lambda _state: one("api"))


@pytest.mark.parametrize("change", [cut, deleted, replaced])
def test_another_history_is_accepted(origin: Path, change: Callable[[Path], str]) -> None:
    """Who looked into it takes it for the ledger's in this clone; why, and what was seen, is kept under a ref."""
    Book(store(origin)).append(lambda _state: [quarantine(f"s{number}") for number in range(6)])
    tip = git(origin, "rev-parse", REF)
    change(origin)

    kept = store(origin).accept("the disk of the server was lost")

    clone = origin.parent / "clone"
    assert git(clone, "rev-parse", kept) == tip
    assert "the disk of the server was lost" in git(clone, "reflog", "show", kept)
    assert Book(store(origin)).append(lambda _state: one("api"))
    assert store(origin).accept("again") == ""


@pytest.mark.parametrize(
    ("number", "odd"), [(3, "has no readable entry.json"), (3, "is a merge"), (1, "has no readable")]
)
def test_a_commit_that_holds_no_entry_is_the_first_bad_one(origin: Path, number: int, odd: str) -> None:
    """It is named by its place, and what lies before it is told: nothing else may stand on the ledger's ref."""
    book = Book(store(origin))
    book.append(lambda _state: [quarantine("s1"), quarantine("s2")])
    tree = git(origin, "hash-object", "-t", "tree", "-w", "/dev/null") if "no" in odd else f"{REF}^{{tree}}"
    strange = git(origin, "commit-tree", "-m", "strange", git(origin, "rev-parse", tree))
    parents = [] if number == 1 else ["-p", REF] if "no" in odd else ["-p", REF, "-p", strange]
    git(origin, "update-ref", REF, git(origin, "commit-tree", "-m", "x", *parents, git(origin, "rev-parse", tree)))

    for reader in (book, Book(store(origin, "reader"))) if number > 1 else (Book(store(origin, "reader")),):
        chain = reader.chain()
        assert chain.fault is not None
        assert (chain.fault.seq, len(chain.entries)) == (number, number - 1)
        assert odd in chain.fault.reason
        with pytest.raises(RefusedError, match=odd):
            reader.append(lambda _state: one("api"))


def test_a_bad_entry_that_is_taken_away_again_is_no_loss(origin: Path) -> None:
    """What was never believed need not be accepted to be gone by each clone that met it: mending is cutting it off."""
    Book(store(origin)).append(lambda _state: [quarantine("s1"), quarantine("s2")])
    tip = git(origin, "rev-parse", REF)
    reader = Book(store(origin, "reader"))
    assert reader.chain().fault is None
    store(origin, "forger").append([(b"{}", "no entry")], tip)

    assert [book.chain().fault is None for book in (reader, Book(store(origin, "reader")))] == [False, False]
    git(origin, "update-ref", REF, tip)

    assert Book(store(origin, "reader")).chain().fault is None
    git(origin, "update-ref", REF, f"{tip}~1")
    fault = Book(store(origin, "reader")).chain().fault
    assert fault is not None
    assert "the ledger was cut" in fault.reason


def test_what_was_seen_goes_forward_alone(origin: Path) -> None:
    """An answer that comes late, with less than another process of this clone has seen, is asked for again."""
    here = Book(store(origin))
    here.append(lambda _state: [quarantine(f"s{number}") for number in range(6)])
    other = Book(store(origin, "other"))
    other.append(lambda _state: one("api"))
    clone = origin.parent / "clone"
    git(clone, "fetch", "--quiet", "origin", REF)
    git(clone, "update-ref", SEEN, "FETCH_HEAD")  # the faster process
    late = store(origin)
    late._fetched_once = late_answer(late)  # type: ignore[method-assign]

    assert Book(late).chain().fault is None
    assert git(clone, "rev-parse", SEEN) == git(origin, "rev-parse", REF)


def late_answer(late: GitStore) -> Callable[[], tuple[str, str]]:
    """Its fetch, whose first answer is one entry behind."""
    fetched = late._fetched_once
    first = [True]

    def answer() -> tuple[str, str]:
        tip, seen = fetched()
        if first:
            first.clear()
            return git(late._place.repository, "rev-parse", f"{tip}~1"), seen
        return tip, seen

    return answer
