"""A circuit per host: a dead host costs one time limit, however many modules ask it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from go_release_gate.model.outcome import ErrorClass, ModuleError

FAILURES = 3
WINDOW_S = 60.0


class Circuits:
    """Counts failures by host and opens a host's circuit after three within 60 s, one time-out, or one refused login.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._open: dict[str, ModuleError] = {}
        self._lock = threading.Lock()

    def record(self, error: ModuleError) -> None:
        """Note a failure that names a host; errors without one change nothing."""
        if not error.host or error.kind not in (ErrorClass.NETWORK, ErrorClass.AUTH, ErrorClass.TIMEOUT):
            return
        now = self._clock()
        with self._lock:
            recent = [at for at in self._failures.get(error.host, ()) if now - at <= WINDOW_S]
            recent.append(now)
            self._failures[error.host] = recent
            if len(recent) >= FAILURES or error.refused_login or error.kind is ErrorClass.TIMEOUT:
                self._open.setdefault(error.host, error)

    def open_for(self, hosts: frozenset[str]) -> ModuleError | None:
        """The error that opened a circuit for one of `hosts`, if any is open."""
        with self._lock:
            return next((self._open[host] for host in sorted(hosts) if host in self._open), None)

    @property
    def open_hosts(self) -> tuple[str, ...]:
        """Hosts that are asked no more in this run."""
        with self._lock:
            return tuple(sorted(self._open))
