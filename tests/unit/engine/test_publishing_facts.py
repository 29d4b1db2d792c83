"""Asking registries about names: every name gets an answer, in bounded time, and no answer is no pass."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.registry.client import Manifest
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError, RegistryError
from go_release_gate.config.settings import Settings
from go_release_gate.engine import publishing_facts
from go_release_gate.engine.asking import is_answered
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.publishing_facts import AT_ONCE, MOST, ask, collect
from go_release_gate.facts.publications import Publications, Published, State
from go_release_gate.facts.repository import Repository
from go_release_gate.oci.reference import Reference

DIGEST = f"sha256:{'a' * 64}"
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass
class Shelf:
    """Registries that know some references, and fail as told at others."""

    known: dict[str, Any]
    seconds: float = 0
    asked: list[str] = field(default_factory=list)
    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, reference: Reference) -> Manifest:
        """What is known of a reference."""
        with self._lock:
            self.asked.append(str(reference))
            self._now += 1
            self.most = max(self.most, self._now)
        threading.Event().wait(0.002)
        with self._lock:
            self._now -= 1
        found = self.known.get(str(reference), AbsentError("nothing there"))
        if isinstance(found, Exception):
            raise found
        return Manifest(found, INDEX)

    def within(self, seconds: float) -> None:
        """Keep the limit."""
        self.seconds = seconds

    def troubles(self) -> tuple[str, ...]:
        """One."""
        return ("a helper failed",)


def empty() -> Facts:
    """Facts of an empty repository."""
    return Facts(Repository(Path("/nowhere"), ()))


def edges(shelf: Shelf | None) -> Edges:
    """Edges with these registries alone."""
    registries: Any = (lambda: shelf) if shelf else None
    return Edges(go=None, scratch=Path("/nowhere"), registries=registries)  # type: ignore[arg-type]


def test_each_state() -> None:
    """Present with its digest, absent, and unavailable with what to do; in the order of the question."""
    denied = DeniedError("ghcr.io refuses", "set a line")
    known = {"ghcr.io/acme/a:1": DIGEST, "ghcr.io/acme/c:1": denied, "ghcr.io/acme/d:1": RegistryError("no answer")}
    shelf = Shelf(known)
    names = ("ghcr.io/acme/d:1", "ghcr.io/acme/a:1", "ghcr.io/acme/b:1", "ghcr.io/acme/c:1", "UPPER/case:")
    found = ask(names, shelf)
    assert tuple(found.of) == names
    assert found.of["ghcr.io/acme/a:1"] == Published(State.PRESENT, DIGEST, INDEX)
    assert found.of["ghcr.io/acme/b:1"] == Published(State.ABSENT)
    assert found.of["ghcr.io/acme/c:1"] == Published(State.UNAVAILABLE, why="ghcr.io refuses; set a line")
    assert found.unanswered == ("ghcr.io/acme/d:1", "ghcr.io/acme/c:1", "UPPER/case:")
    assert shelf.seconds == 10
    assert "a helper failed" in found.notices


def test_several_at_once_but_not_many() -> None:
    """At most four questions are under way."""
    shelf = Shelf({})
    ask([f"ghcr.io/acme/shop:{number}" for number in range(40)], shelf)
    assert 1 < shelf.most <= AT_ONCE
    assert len(shelf.asked) == 40


def test_not_endlessly_many() -> None:
    """What is beyond the limit is unavailable, not forgotten."""
    names = [f"ghcr.io/acme/shop:{number}" for number in range(MOST + 5)]
    shelf = Shelf({})
    found = ask(names, shelf)
    assert len(shelf.asked) == MOST
    assert set(found.unanswered) == set(names[MOST:])


def test_one_notice_for_one_reason() -> None:
    """A registry that is down is said once, with how many names that costs."""
    names = [f"ghcr.io/acme/shop:{number}" for number in range(7)]
    found = ask(names, Shelf(dict.fromkeys(names, RegistryError("ghcr.io gave no usable answer: no answer in time"))))
    (notice,) = [each for each in found.notices if "could not be asked" in each]
    assert "and 6 more" in notice


@pytest.mark.parametrize(("settings", "shelf"), [(Settings(offline=True), Shelf({})), (Settings(), None)])
def test_no_network(settings: Settings, shelf: Shelf | None) -> None:
    """Offline nothing is asked, and nothing counts as answered."""
    facts = empty()
    found = collect(facts, settings, edges(shelf), ["ghcr.io/acme/shop:1", "ghcr.io/acme/shop:1"])
    assert found.unanswered == ("ghcr.io/acme/shop:1",)
    assert not shelf or not shelf.asked
    facts.others[Publications] = found
    assert not is_answered(facts)


def test_names_from_those_who_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a list the names of WANTED are asked for, each once; where there are none nothing is."""
    shelf = Shelf({"ghcr.io/acme/shop:1": DIGEST})
    monkeypatch.setattr(publishing_facts, "WANTED", ())
    assert collect(empty(), Settings(), edges(shelf)) == Publications()
    monkeypatch.setattr(publishing_facts, "WANTED", (lambda _f, _s: ["ghcr.io/acme/shop:1"],) * 2)
    facts = empty()
    found = collect(facts, Settings(), edges(shelf))
    assert shelf.asked == ["ghcr.io/acme/shop:1"]
    assert not found.unanswered
    assert facts.notices == ["a helper failed"]
    facts.others[Publications] = found
    assert is_answered(facts)
