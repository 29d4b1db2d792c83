"""The real client over a real socket to the fake GitHub, with waits that take no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakes.github import GitHub
from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.client import Client, Timing
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.wire import Wire

Send = Callable[[], Answer]
Hook = Callable[[str, str, Send], Answer]


class Patient:
    """A clock that only waiting moves. `waited` is the sum."""

    def __init__(self) -> None:
        self.waited = 0.0

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.waited += seconds

    def timing(self) -> Timing:
        """Waits of this clock, always the longest that chance allows."""
        return Timing(clock=lambda: self.waited, sleep=self.sleep, chance=lambda _low, high: high, spacing=0)


class _Hooked:
    def __init__(self, wire: Wire, hook: Hook) -> None:
        self._wire, self._hook = wire, hook

    def send(self, method: str, path: str, **rest: Any) -> Answer:
        return self._hook(method, path, lambda: self._wire.send(method, path, **rest))


def client(github: GitHub, hook: Hook | None = None, patient: Patient | None = None) -> Client:
    """A client of the fake.

    Args:
        hook: called instead of sending, with the method, the path and what would send; for signals, and for what
            must happen between two requests.
    """
    wire = Wire(Connection(github.api_url, "acme/shop", github.token))
    return Client(
        _Hooked(wire, hook or (lambda _method, _path, send: send())), "acme/shop", (patient or Patient()).timing()
    )


def losing(number: int, method: str = "POST", *, then: Callable[[], object] | None = None) -> Hook:
    """The answer to the request `number` (from 0) of a method is lost after it was carried out; then `then` happens."""
    seen = 0

    def hook(asked: str, _path: str, send: Send) -> Answer:
        nonlocal seen
        answer = send()
        if asked != method:
            return answer
        seen += 1
        if seen - 1 != number:
            return answer
        if then is not None:
            then()
        return Answer(0, trouble="lost")

    return hook
