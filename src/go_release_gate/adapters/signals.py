"""SIGINT, SIGTERM and SIGHUP: children are ended, the main thread unwinds through every `finally`.

The exit code is 128 + the signal."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from go_release_gate.errors import InterruptedRun

WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def watched(end_children: Callable[[], None]) -> Iterator[None]:
    """While this holds, a signal calls `end_children` and raises InterruptedRun in the main thread, once.

    Further signals end the children again and do not disturb the unwinding. Enter it from the main thread.
    `end_children` must not wait and must take no lock.
    """
    is_unwinding = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal is_unwinding
        end_children()
        if not is_unwinding:
            is_unwinding = True
            raise InterruptedRun(number)

    before = {number: signal.getsignal(number) for number in WATCHED}
    try:
        for number, old in before.items():
            if old is not signal.SIG_IGN:  # nohup
                signal.signal(number, handle)
        yield
    finally:
        is_unwinding = True
        for number, old in before.items():
            signal.signal(number, old)
