"""A program file that is read piece by piece: every piece within the file, few and small enough, whatever it claims."""

from __future__ import annotations

from typing import BinaryIO

TOTAL = 64 << 20  # bytes read of one file, its digest apart
READS = 100_000  # headers of files that are no trap take a few hundred


class BinaryError(ValueError):
    """A file that is not what it says, or too strange to be read: one line, lower case."""


class Window:
    """A seekable file of `size` bytes, with a budget. Also what pyelftools takes for a stream."""

    def __init__(self, file: BinaryIO, size: int, total: int = TOTAL, reads: int = READS) -> None:
        self._file = file
        self._bytes = total
        self._reads = reads
        self._at = 0
        self.size = size

    def at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes at `offset`, fewer at the end of the file. Raises BinaryError beyond the budget."""
        if offset < 0 or count < 0:
            raise BinaryError("an offset of the file is negative")
        count = min(count, self.size - offset)
        if count <= 0:
            return b""
        self._bytes -= count
        self._reads -= 1
        if self._bytes < 0 or self._reads < 0:
            raise BinaryError("its headers ask for more to be read than a program needs")
        self._file.seek(offset)
        return self._file.read(count)

    def exactly(self, offset: int, count: int) -> bytes:
        """The `count` bytes at `offset`. Raises BinaryError where the file ends before."""
        data = self.at(offset, count)
        if len(data) < count:
            raise BinaryError("the file ends before what its headers point to")
        return data

    def text(self, offset: int, most: int = 4096) -> str:
        """The text at `offset` up to a zero byte, at most `most` bytes of it."""
        return self.at(offset, most).partition(b"\0")[0].decode("utf-8", "replace")

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move as a stream does."""
        self._at = offset + (0, self._at, self.size)[whence]
        return self._at

    def tell(self) -> int:
        """Where the next `read` begins."""
        return self._at

    def read(self, count: int = -1) -> bytes:
        """Read on as a stream does."""
        data = self.at(self._at, self.size if count < 0 else count)
        self._at += len(data)
        return data
