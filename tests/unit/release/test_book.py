"""A book believes what it may, remembers it, and writes nothing that could not be read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from go_release_gate.adapters.ledger.memory import FileMemory, binding_of, memory_path
from go_release_gate.errors import GateError
from go_release_gate.ledger.entry import Actor, Entry, Source
from go_release_gate.ledger.store import Records
from go_release_gate.release.book import Book, title
from support.ledgering import API, NOW, MemoryStore, chained, every_kind, recorded, release

ENTRIES = every_kind()
COMMIT = "c" * 40
HOLD = Entry(0, "", "hold", *API, NOW, Actor("ann"))


@dataclass
class CommitStore(MemoryStore):
    """Its tips look like commits: the length in forty digits."""

    @property
    def _tip(self) -> str:
        return f"{len(self.records):040}" if self.records else ""

    def at(self, commit: str) -> bytes:
        """The entry of a commit."""
        return self.records[int(commit) - 1] if 0 < int(commit) <= len(self.records) else b""


@dataclass
class World:
    """A store, a memory of it, and who was judged."""

    path: Path
    store: CommitStore = field(default_factory=lambda: CommitStore(recorded(ENTRIES)))
    asked: list[int] = field(default_factory=list)
    binding: str = binding_of("signers")

    def judge(self, entry: Entry) -> str:
        """Believes everything, and counts."""
        self.asked.append(entry.seq)
        return ""

    @property
    def memory(self) -> FileMemory:
        """Of one process."""
        return FileMemory(self.path, self.binding, self.store.at)

    def read(self) -> list[int]:
        """What a new process judges when it reads the ledger, which it believes."""
        self.asked.clear()
        chain = Book(self.store, judge=self.judge, memory=self.memory).chain()
        assert chain.fault is None
        assert len(chain.entries) == len(self.store.records)
        return self.asked


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A ledger that was read once."""
    made = World(tmp_path / "cache" / "memory.jsonl")
    assert made.read() == [entry.seq for entry in ENTRIES]
    return made


def test_the_last_entry_alone_is_judged_again(world: World) -> None:
    """What was believed is not judged anew but for its end; what is new is, and is remembered then."""
    last = len(ENTRIES)
    assert world.read() == [last]

    Book(world.store).append(lambda _state: [HOLD, HOLD])
    assert world.read() == [last, last + 1, last + 2]
    assert world.read() == [last + 2]


def test_other_signers_judge_anew(world: World) -> None:
    """A changed list of signers, key or program believes nothing of before."""
    world.binding = binding_of("other signers")
    assert len(world.read()) == len(ENTRIES)


def cut(data: bytes) -> bytes:
    """Half of it."""
    return data[: len(data) // 2]


def edited(data: bytes) -> bytes:
    """One entry says something else."""
    return data.replace(b'"reason":"500s', b'"reason":"501s')


def relinked(data: bytes) -> bytes:
    """Another history up to the last entry, sound in itself."""
    head, *_, last = data.splitlines(keepends=True)
    return b"".join([head, *recorded(chained([replace(one, reason="x") for one in ENTRIES[:-1]])), last])


def forged(data: bytes) -> bytes:
    """Another history with another end, sound in itself."""
    head = data.splitlines(keepends=True)[0]
    return b"".join([head, *recorded(chained([replace(one, reason="x") for one in ENTRIES]))])


def longer(data: bytes) -> bytes:
    """The last entry twice."""
    return data + data.splitlines(keepends=True)[-1]


def headed(**values: object) -> Callable[[bytes], bytes]:
    """Another first line."""

    def change(data: bytes) -> bytes:
        head, _, rest = data.partition(b"\n")
        return json.dumps({**json.loads(head), **values}).encode() + b"\n" + rest

    return change


@pytest.mark.parametrize(
    "change",
    [
        cut,
        edited,
        relinked,
        forged,
        longer,
        headed(tip="0" * 40),
        headed(tip=f"{3:040}"),
        headed(tip="HEAD"),
        headed(tip=None),
        headed(schema=2),
        headed(kind="release-journal"),
        lambda _data: b"",
        lambda _data: b"\x00\xff\n\n",
        lambda data: data.partition(b"\n")[0] + b"\n",
        lambda data: b"[]\n" + data,
    ],
)
def test_what_was_tampered_with_is_not_believed(world: World, change: Callable[[bytes], bytes]) -> None:
    """The ledger is read and judged whole, as if there were no memory, and is remembered rightly again."""
    data = world.path.read_bytes()
    assert change(data) != data
    world.path.write_bytes(change(data))

    assert world.read()[-len(ENTRIES) :] == [entry.seq for entry in ENTRIES]
    assert world.read() == [len(ENTRIES)]


def test_a_file_that_others_can_write_is_not_read(world: World, tmp_path: Path) -> None:
    """Neither one that a group may change, nor a link, nor something else than a file."""
    world.path.chmod(0o660)
    assert world.memory.load() is None
    world.path.chmod(0o600)
    assert world.memory.load() is not None

    world.path.rename(tmp_path / "elsewhere")
    world.path.symlink_to(tmp_path / "elsewhere")
    assert world.memory.load() is None
    world.path.unlink()
    world.path.mkdir()
    assert world.memory.load() is None


def test_a_rewritten_ledger_is_read_anew(world: World) -> None:
    """A ledger that became another one is not mixed with what is remembered."""
    world.store.records = recorded(chained([replace(one, reason="x") for one in ENTRIES[:4]]))
    assert world.read() == [1, 2, 3, 4]


def test_where_nothing_can_be_kept_nothing_happens(tmp_path: Path) -> None:
    """A place that cannot be written, and bytes that are no entries, leave no file and no trouble."""
    (tmp_path / "file").write_text("x")
    FileMemory(tmp_path / "file" / "memory", "b", lambda _commit: b"").save(Records((b"{}\n",), COMMIT))
    path = tmp_path / "memory"
    FileMemory(path, "b", lambda _commit: b"").save(Records((b"{}\n{}\n",), COMMIT))
    FileMemory(path, "b", lambda _commit: b"").save(Records((b"{}\n",), ""))
    assert not path.exists()


def test_the_place_is_the_users_cache(tmp_path: Path) -> None:
    """Below XDG_CACHE_HOME, else below HOME; without either there is none; each clone and ref has its own."""
    clone = tmp_path / "clone"
    found = memory_path({"XDG_CACHE_HOME": "/cache", "HOME": "/home/ann"}, clone, "refs/heads/l")
    assert str(found).startswith("/cache/go-release-gate/ledger/")
    other = memory_path({"XDG_CACHE_HOME": "relative", "HOME": "/home/ann"}, clone, "refs/heads/m")
    assert str(other).startswith("/home/ann/.cache/go-release-gate/ledger/")
    assert found is not None
    assert other is not None
    assert found.name != other.name
    assert memory_path({}, clone, "refs/heads/l") is None


@pytest.mark.parametrize(
    "draft", [replace(HOLD, reason="\udcff"), replace(HOLD, kind="wish"), replace(HOLD, reason="x" * (257 << 10))]
)
def test_what_cannot_be_read_again_is_not_written(draft: Entry) -> None:
    """Text of a broken file name, a kind that nobody knows, more than is read: the ledger stays as it was."""
    store = MemoryStore()
    with pytest.raises(GateError, match=r"cannot be written|names no service"):
        Book(store).append(lambda _state: [draft])
    assert store.records == []


def test_a_title_of_an_entry_makes_nothing_happen() -> None:
    """It is the message of a commit: a version from anywhere notifies nobody and closes nothing."""
    made = title(release(1, "1.0.0\x1b[31m\n @mona fixes #12 [skip ci]"))
    assert made.isprintable()
    for active in ("@mona", "#12", "[skip"):
        assert active not in made
    assert title(release(1)).startswith("release api: 1.1.0 (sha256:0000")


def test_a_release_of_unknown_origin_is_written() -> None:
    """An empty part is left out, whatever it is called in the program."""
    book = Book(MemoryStore())
    book.append(lambda _state: [replace(release(1), source=Source())])
    assert Book(book.store).state().length == 1


def test_the_state_before_is_not_touched() -> None:
    """Who looked at the ledger keeps what was seen, whatever is written behind."""
    book = Book(MemoryStore())
    book.append(lambda _state: [HOLD])
    before = book.state()
    book.append(lambda _state: [replace(HOLD, kind="unhold")])

    assert before.at(*API).hold is not None
    assert book.state(fresh=False).at(*API).hold is None
    assert book.state(fresh=False) == Book(book.store).state()
