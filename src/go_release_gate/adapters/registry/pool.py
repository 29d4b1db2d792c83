"""Connections that wait for their next request."""

from __future__ import annotations

import contextlib
import select
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from go_release_gate.adapters.registry.routes import Route

if TYPE_CHECKING:
    from http.client import HTTPConnection

KEPT = 8
IDLE = 30.0  # seconds; servers and what stands before them wait for a minute at least, most of them


class Pool:
    """At most `KEPT` idle connections, of any routes. Any thread may take one; it is that thread's then.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[tuple[float, Route, HTTPConnection]] = []  # the one that waits longest first

    def __del__(self) -> None:
        for _, _, connection in self._idle:
            with contextlib.suppress(Exception):
                connection.close()

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, route: Route) -> HTTPConnection | None:
        """A connection on which its server has said nothing since, not even goodbye; None: there is none."""
        self._drop_old()
        while connection := self._newest(route):
            if _is_quiet(connection):
                return connection
            connection.close()
        return None

    def give(self, route: Route, connection: HTTPConnection) -> None:
        """Keep a connection whose last answer was read to its end."""
        with self._lock:
            self._idle.append((self._clock(), route, connection))
        self._drop_old()

    def _newest(self, route: Route) -> HTTPConnection | None:
        with self._lock:
            for number in reversed(range(len(self._idle))):
                if self._idle[number][1] == route:
                    return self._idle.pop(number)[2]
        return None

    def _drop_old(self) -> None:
        """Let go of those that waited too long, and of those that are too many."""
        with self._lock:
            oldest = self._clock() - IDLE
            kept = [one for one in self._idle if one[0] > oldest][-KEPT:]
            dropped = [one for one in self._idle if one not in kept]
            self._idle = kept
        for _, _, connection in dropped:
            connection.close()


def _is_quiet(connection: HTTPConnection) -> bool:
    """Whether there is nothing to read: what comes unasked is an end, or belongs to no answer."""
    try:
        return not select.select([connection.sock], [], [], 0)[0]
    except (OSError, ValueError, TypeError):  # it is closed, or its number is too high for `select`
        return False
