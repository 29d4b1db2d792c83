"""The release ledger as a team uses it: real git, a real registry, the real command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import dockerregistry
from support.dockerregistry import RealRegistry
from support.releaseworld import World, stopped_clock


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry for all of them; every world has digests of its own clock only by its texts."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """An empty ledger, and a clock that stands still between runs."""
    return World(tmp_path, registry, stopped_clock(monkeypatch)).make()


def test_from_the_first_release_to_the_way_back(world: World) -> None:
    """Record, promote, verdict; a bad release; rollback; the hold; promotion refused; the hold lifted."""
    world.through("1.0.0")
    world.through("1.1.0", "fail")
    assert world.current() == world.digests["1.1.0"]

    done = world.run("rollback", "--env", "production", "--yes", "--reason", "500s")

    assert world.current() == world.digests["1.0.0"]
    assert "release unhold --service api --env production" in done.out
    refused = world.promote("1.1.0", code=5)
    assert "held since entry" in refused.err
    world.run("unhold", "--env", "production", "--reason", "fixed by the next one")
    world.promote("1.1.0")
    assert world.current() == world.digests["1.1.0"]
