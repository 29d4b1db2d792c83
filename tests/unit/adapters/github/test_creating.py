"""Making a thing once: how often the list is looked at before it is made again."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import AwayError, RejectedError
from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.creating import create_once


class _World:
    """A client whose every write loses its answer, or gets `status`; what was made is listed after `lag` looks."""

    def __init__(self, *, makes: bool, lag: int = 0, status: int = 0) -> None:
        self.makes, self.lag, self.status = makes, lag, status
        self.made = self.sent = self.looks = 0
        self.now = 0.0
        self.waits: list[float] = []
        self.api = Client(self, "acme/shop", Timing(lambda: self.now, self._sleep, chance=lambda _low, high: high))

    def send(self, *_: object, **__: object) -> Answer:
        self.sent += 1
        self.made += self.makes
        return Answer(self.status)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def look(self) -> int | None:
        self.looks += 1
        return self.made if self.made and self.looks > self.lag else None

    def run(self) -> object:
        return create_once(self.api, lambda: self.api.write("POST", "/things", {}, needs=""), self.look)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_a_thing_that_shows_late_is_not_made_twice(lag: int) -> None:
    """The write is sent once when one of the three looks after a lost answer finds the thing."""
    world = _World(makes=True, lag=lag)
    assert world.run() == 1
    assert (world.sent, world.looks) == (1, lag + 1)
    assert world.waits == sorted(world.waits)


def test_a_thing_that_never_shows_is_made_again_until_the_time_is_up() -> None:
    """Three looks lie between two writes, and the time limit of the client holds."""
    world = _World(makes=False)
    with pytest.raises(AwayError):
        world.run()
    assert world.sent == -(-(world.looks + 1) // 3)
    assert world.sent > 1
    assert sum(world.waits) <= 90


def test_a_refusal_is_not_looked_after() -> None:
    """What GitHub refused was not made."""
    world = _World(makes=False, status=422)
    with pytest.raises(RejectedError):
        world.run()
    assert world.looks == 0
