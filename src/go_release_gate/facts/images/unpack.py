"""A layer's blob as pieces of its tar archive: gzip, zstd or plain, told by its first bytes as engines do.

Reading, hashing and unpacking happen in a thread of their own: all three let other threads run, so that two layers are
unpacked while a third is walked. A bounded queue keeps memory small.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import queue
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from go_release_gate.errors import GateError
from go_release_gate.facts.images.limits import Budget
from go_release_gate.facts.images.source import Checked, ImageError, Reader

PIECE = 1 << 20
QUEUED = 4
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_SKIPPED = tuple(bytes([0x50 + nibble]) + b"\x2a\x4d\x18" for nibble in range(16))  # RFC 8878, section 3.1.2


class Unpacking:
    """One layer's blob on its way to becoming an archive; starts at once.

    Args:
        open_blob: gives the blob; runs in the thread. budget: bounds of all layers.

    Attributes:
        size: bytes unpacked so far. digest: of the unpacked bytes, once they are read to the end.
    """

    def __init__(self, open_blob: Callable[[], Checked], budget: Budget) -> None:
        self._open, self._budget = open_blob, budget
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(QUEUED)
        self._stop = threading.Event()
        self._hash = hashlib.sha256()
        self.size = 0
        self.digest = ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def pieces(self) -> Iterator[bytes]:
        """Pieces of the archive, in order.

        Raises:
            ImageError: it cannot be unpacked, a bound is exceeded, or its digest is wrong.
            UnavailableError: from below.
        """
        while (piece := self._queue.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    def close(self) -> None:
        """Give up what is not read."""
        self._stop.set()
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._queue.get(timeout=0.01)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._put_all()
        except GateError as error:
            self._put(error)
        except Exception as error:  # noqa: BLE001 - what unpackers, sockets and disks raise has no common root
            self._put(ImageError(_broken(error)))
        else:
            self.digest = f"sha256:{self._hash.hexdigest()}"
            self._put(None)

    def _put_all(self) -> None:
        blob = self._open()
        try:
            stream = unpacked(blob, self._budget.limits.window)
            while not self._stop.is_set() and (piece := stream.read(PIECE)):
                self.size += len(piece)
                self._budget.unpack(len(piece))
                self._check(blob.count)
                self._hash.update(piece)
                self._put(piece)
            if not self._stop.is_set():
                blob.drain()
        finally:
            blob.close()

    def _check(self, stored: int) -> None:
        limits = self._budget.limits
        if self.size > limits.ratio_from and self.size > limits.ratio * max(stored, 1):
            raise ImageError(f"it unpacks to more than {limits.ratio} times its size, as no layer of use does")

    def _put(self, piece: bytes | BaseException | None) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(piece, timeout=0.2)
                return


def unpacked(blob: Reader, window: int) -> Any:
    """A stream of the unpacked bytes; reading it raises whatever the library raises."""
    first = b""
    while len(first) < 4 and (more := blob.read(4 - len(first))):
        first += more
    stream = _Rejoined(first, blob)
    if first.startswith(GZIP):
        return _gzip(stream)
    if first == ZSTD or first in _SKIPPED:
        return _zstd(stream, window)
    return stream


class _Rejoined(io.RawIOBase):
    """Bytes that were looked at, and the rest."""

    def __init__(self, first: bytes, rest: Reader) -> None:
        super().__init__()
        self._first, self._rest = first, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            data, self._first = self._first, b""
            return data
        return self._rest.read(size if size >= 0 else PIECE)

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _gzip(stream: Any) -> Any:
    try:  # several times as fast; the same format and answers
        from isal import igzip
    except ImportError:  # no wheel for this machine
        import gzip

        return gzip.GzipFile(fileobj=stream, mode="rb")
    opened: Any = igzip.IGzipFile
    return opened(fileobj=stream, mode="rb")


def _zstd(stream: Any, window: int) -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd

        options = {zstd.DecompressionParameter.window_log_max: window.bit_length() - 1}
        return zstd.ZstdFile(stream, options=options)
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=window).stream_reader(stream, PIECE, read_across_frames=True)


def _broken(error: Exception) -> str:
    """What a library's exception means, without its own words."""
    name = type(error).__name__
    if isinstance(error, EOFError):
        return "it is packed, and its end is missing"
    if isinstance(error, ImportError):
        return "it is packed with zstd, which needs the package zstandard"
    if isinstance(error, zlib.error | ValueError) or name in ("ZstdError", "BadGzipFile", "IsalError", "error"):
        return f"it cannot be unpacked ({name})"
    return f"it cannot be read ({name})"
