"""The pipes of a child process, served by one thread without deadlock and with bounded memory."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Callable
from types import TracebackType
from typing import IO, Self

CHUNK = 1 << 16


class Exchange:
    """Feeds standard input and collects both outputs, each up to `limit` bytes; more is read and dropped.

    `heard`: takes standard output as it comes, all of it, in this thread; nothing of it is kept then.
    """

    def __init__(
        self, child: subprocess.Popen[bytes], stdin: bytes, limit: int, heard: Callable[[bytes], None] | None = None
    ) -> None:
        self._child = child
        self._rest = memoryview(stdin)
        self._limit = limit
        self._heard = heard
        self._kept = {"stdout": bytearray(), "stderr": bytearray()}
        self._selector = selectors.DefaultSelector()
        self.truncated = False
        self._watch(child.stdout, selectors.EVENT_READ, "stdout")
        self._watch(child.stderr, selectors.EVENT_READ, "stderr")
        self._watch(child.stdin, selectors.EVENT_WRITE, "stdin")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for key in list(self._selector.get_map().values()):
            self._close(key)
        self._selector.close()

    @property
    def stdout(self) -> bytes:
        """What was kept of standard output."""
        return bytes(self._kept["stdout"])

    @property
    def stderr(self) -> bytes:
        """What was kept of standard error."""
        return bytes(self._kept["stderr"])

    @property
    def is_done(self) -> bool:
        """Whether the child closed all its ends."""
        return not self._selector.get_map()

    def serve(self, seconds: float) -> bool:
        """Move what can be moved, waiting at most `seconds`; tell whether nothing could be moved."""
        if self.is_done:
            return True
        ready = self._selector.select(seconds)
        for key, _ in ready:
            if key.data == "stdin":
                self._feed(key)
            else:
                self._collect(key)
        return not ready

    def _watch(self, stream: IO[bytes] | None, event: int, name: str) -> None:
        if stream is not None:
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, event, name)

    def _feed(self, key: selectors.SelectorKey) -> None:
        try:
            self._rest = self._rest[os.write(key.fd, self._rest[:CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._rest = self._rest[:0]
        if not self._rest:
            self._close(key)

    def _collect(self, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, CHUNK)
        if not data:
            self._close(key)
            return
        if self._heard is not None and key.data == "stdout":
            self._heard(data)
            return
        kept = self._kept[key.data]
        room = self._limit - len(kept)
        kept += data[:room]
        self.truncated = self.truncated or len(data) > room

    def _close(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        getattr(self._child, key.data).close()
