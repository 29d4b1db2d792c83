"""A blob in a stream that goes on where a connection breaks.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs (Range is optional there: where a
registry starts anew instead, what is known already is passed over.)
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.asking import FIRST_WAIT, Timing
from go_release_gate.adapters.registry.errors import RegistryError

BREAKS = 5  # in a row, with hardly anything in between
IDLE = 30.0  # seconds of waiting in which hardly anything came: the connection counts as broken
_PIECE = 1 << 18
_PROGRESS = 64 << 10
_RANGE = re.compile(r"bytes (\d{1,18})-\d+/(?:\d+|\*)")


class BlobStream:
    """The bytes of a blob, unchecked.

    Args:
        domain: the registry, for messages. opened: gives an answer with a stream from an offset on.
        size: bytes it should have. timing: the time there is; from opening to closing it runs for blobs alone.
    """

    def __init__(self, domain: str, opened: Callable[[int], Answer], size: int, timing: Timing) -> None:
        self._domain, self._opened, self._size, self._timing = domain, opened, size, timing
        self._at = self._broken_at = 0
        self._breaks = 0
        self._come, self._waited = 0, 0.0
        self._answer: Answer | None = opened(0)
        self._now = timing.clock()

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end.

        Raises:
            RegistryError: the connection breaks again and again, or no time is left.
        """
        while True:
            self._pass_time()  # what the reader did in between is no waiting
            data = b"" if self._waited > IDLE else self._piece(size)
            self._at += len(data)
            if data or self._at >= self._size:
                return data
            self._resume()

    def _pass_time(self) -> float:
        """Let the time since the last look at the clock count for blobs. Raises RegistryError: there is no more."""
        before, self._now = self._now, self._timing.clock()
        if self._timing.moved(self._now - before) <= 0:
            raise RegistryError(
                f"{self._domain} did not give a blob in time: {self._at} of {self._size} bytes when "
                f"{self._timing.transfers:g} s for all blobs were over"
            )
        return self._now - before

    def close(self) -> None:
        """Let go of the connection."""
        if self._answer is not None:
            with contextlib.suppress(Exception):
                self._answer.stream.close()
        self._answer = None

    def _piece(self, size: int) -> bytes:
        if self._answer is None:
            return b""
        try:
            data = bytes(self._answer.stream.read1(size))  # what is there: slow bytes are counted, not waited for
        except Exception:  # noqa: BLE001 - what sockets, ssl and http.client raise has no common root
            data = b""
        self._waited += self._pass_time()
        self._come += len(data)
        if self._come >= _PROGRESS:
            self._come, self._waited = 0, 0.0
        return data

    def _resume(self) -> None:
        self.close()
        if self._at >= self._broken_at + _PROGRESS:
            self._breaks = 0
        self._broken_at = self._at
        self._breaks += 1
        self._come, self._waited = 0, 0.0
        if self._breaks > BREAKS:
            raise RegistryError(f"{self._domain} breaks off a blob after {self._at} of {self._size} bytes")
        self._timing.sleep(FIRST_WAIT * 2 ** (self._breaks - 1))
        self._pass_time()
        self._answer = self._opened(self._at)
        self._pass_over(self._known(self._answer))

    def _known(self, answer: Answer) -> int:
        """How many of the bytes that come are known already."""
        if answer.status != 206:
            return self._at
        match = _RANGE.match(answer.headers.get("content-range", ""))
        if match is None or int(match[1]) > self._at:
            raise RegistryError(f"{self._domain} gave another part of a blob than the one that was asked for")
        return self._at - int(match[1])

    def _pass_over(self, count: int) -> None:
        while count and self._waited <= IDLE and (data := self._piece(min(count, _PIECE))):
            count -= len(data)
        if count:
            self.close()
