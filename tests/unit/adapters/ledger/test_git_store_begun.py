"""A fetch that is begun before it is needed: read once, and ended where nobody reads."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.ledger.git_store import GitStore, Place
from go_release_gate.adapters.process import Completed
from go_release_gate.errors import UnavailableError

TIP = b"c" * 40


@dataclass
class Runner:
    """Knows no commit; a fetch lasts until `done` is set."""

    code: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    verbs: list[str] = field(default_factory=list)

    def run(self, argv: list[str], **_rest: Any) -> Completed:
        """One git."""
        verb = next(one for one in argv[1:] if one in ("fetch", "for-each-ref", "rev-parse", "rev-list", "cat-file"))
        self.verbs.append(verb)
        if verb != "fetch":
            return Completed(0, b"", b"", 0.0, False)
        assert self.done.wait(20)
        return Completed(self.code, b"", b"fatal: unable to access", 0.0, False)


def store_of(runner: Runner) -> GitStore:
    """A store of it."""
    return GitStore(runner, Path("/usr/bin/git"), {}, Place(Path("/"), "origin", "refs/heads/l"))  # type: ignore[arg-type]


def test_a_begun_fetch_is_read_once() -> None:
    """The first read takes it, the second fetches again."""
    runner = Runner()
    store = store_of(runner)
    store.begin()
    runner.done.set()
    store.read()
    assert runner.verbs.count("fetch") == 1
    store.read()
    assert runner.verbs.count("fetch") == 2


def test_what_failed_is_told_to_the_reader() -> None:
    """The error of a begun fetch is the read's own."""
    runner = Runner(code=128)
    store = store_of(runner)
    store.begin()
    runner.done.set()
    with pytest.raises(UnavailableError, match="cannot be fetched"):
        store.read()


def test_what_nobody_reads_is_ended() -> None:
    """A run that ends before it reads ends its fetch too, and only then."""
    runner = Runner(code=128)
    store = store_of(runner)
    store.end(runner.done.set)
    assert not runner.done.is_set()
    store.begin()
    store.end(runner.done.set)
    assert runner.done.is_set()
    assert runner.verbs == ["fetch"]
