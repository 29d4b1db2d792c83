"""Many at once, by the real command line and on real clones: recorders all land, and of two rollbacks one wins."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.ledger.entry import RELEASE, Actor, Entry, Image
from go_release_gate.release.book import Book
from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import START, World, git, stopped_clock

REF = "refs/heads/release-ledger"
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A repository with its origin."""
    return World(tmp_path, registry, stopped_clock(monkeypatch)).make()


def test_fifty_recorders_of_different_services(tmp_path: Path) -> None:
    """Fifty start at the same moment, each from a clone of its own: every entry is there once, and the chain holds."""
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    barrier = threading.Barrier(50)
    troubles: list[Exception] = []

    def book(number: int) -> Book:
        clone = tmp_path / f"clone{number}"
        git(tmp_path, "init", "--quiet", str(clone))
        place = Place(clone, str(tmp_path / "origin.git"), REF)
        return Book(GitStore(ProcessRunner(), Path("/usr/bin/git"), environment, place))

    def record(mine: Book, number: int) -> None:
        digest = f"sha256:{number:064x}"
        draft = Entry(0, "", RELEASE, f"service-{number}", "", START, Actor("ci"), image=Image(digest, "x"))
        try:
            barrier.wait()
            mine.append(lambda _state: [draft])
        except Exception as error:  # noqa: BLE001 - looked at below
            troubles.append(error)

    threads = [threading.Thread(target=record, args=(book(number), number)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    chain = book(50).chain()
    assert troubles == []
    assert chain.fault is None
    assert sorted(entry.service for entry in chain.entries) == sorted(f"service-{number}" for number in range(50))
    assert git(tmp_path / "origin.git", "rev-list", "--count", "--no-merges", REF) == "50"


def test_of_two_rollbacks_at_once_one_wins(world: World) -> None:
    """Both have planned; one is done, the other exits with 4 and has written nothing at all."""
    for version, health in (("1.0.0", "pass"), ("1.1.0", "pass"), ("1.2.0", "fail")):
        world.through(version, health)
    git(world.folder, "clone", "--quiet", str(world.origin), "other")
    git(world.folder / "other", "config", "user.email", "bob@example.com")
    places = [world.clone, world.folder / "other"]
    plans = [world.folder / f"plan{number}.json" for number in range(2)]
    for place, plan in zip(places, plans, strict=True):
        done = started(world, place, "--env", "production", "--dry-run", "--output", str(plan))
        said = done.communicate()
        assert done.returncode == 0, said
    before = world.json("verify", "--offline")["entries"]

    both = [started(world, place, "--plan", str(plan), "--yes") for place, plan in zip(places, plans, strict=True)]
    told = [one.communicate() for one in both]

    assert sorted(one.returncode for one in both) == [0, 4], told
    assert world.json("verify")["views"] == []
    assert world.json("verify")["entries"] == before + 3  # a hold, an intent, its end
    assert world.current() == world.digests["1.1.0"]


def started(world: World, place: Path, *words: str) -> subprocess.Popen[str]:
    """A rollback in a process of its own."""
    argv = [sys.executable, "-m", "go_release_gate", "release", "rollback", *words, "--repository", str(place)]
    environ = {**world.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
