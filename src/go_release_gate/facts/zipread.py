"""Read module zips as Go's archive/zip does: names and contents, streamed, every check Go makes and a size limit.

Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (sections 4.3.7 to 4.3.16). Python's zipfile
costs several times the hashing itself on the small files modules are made of, and decodes names.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

fast: Any
try:  # unpacks and sums three times as fast; the same format and answers
    from isal import isal_zlib as fast
except ImportError:  # no wheel for this machine
    fast = zlib

# x/mod/zip MaxZipFile: the zip and all its files together
MAX_BYTES = 500 << 20
CHUNK = 1 << 20
_DIRECTORY_BYTES = 64 << 20  # some 400,000 files
_END, _END64, _LOCATOR64, _CENTRAL, _LOCAL, _DESCRIPTOR = (
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x07\x08",
)
_HAS_DESCRIPTOR = 0x8


class ZipProblemError(ValueError):
    """A zip that cannot be read, in words."""


class Entry(NamedTuple):
    """One file of the central directory."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def entries(fd: int) -> list[Entry]:
    """The central directory of the open zip, in its order. Raises ZipProblemError, OSError."""
    size = os.fstat(fd).st_size
    if size > MAX_BYTES:
        raise ZipProblemError(f"{size} bytes are more than a module zip may have")
    count, length, start, base = _directory(fd, size)
    data = os.pread(fd, length, start)
    found = list(_central(data, base))
    if len(found) & 0xFFFF != count & 0xFFFF:
        raise ZipProblemError(f"its directory names {len(found)} files where it announces {count}")
    if sum(entry.size for entry in found) > MAX_BYTES:
        raise ZipProblemError("it expands to more than a module may have")
    return found


def contents(fd: int, entry: Entry) -> Iterator[bytes]:
    """The file's bytes in pieces of at most 1 MiB, checked against size and CRC. Raises ZipProblemError, OSError."""
    head = os.pread(fd, 30, entry.offset)
    if len(head) < 30 or not head.startswith(_LOCAL):
        raise ZipProblemError("a file is not where the directory says")
    start = entry.offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    crc = seen = 0
    for piece in _unpacked(fd, entry, start):
        crc = fast.crc32(piece, crc)
        seen += len(piece)
        if seen > entry.size:
            raise ZipProblemError("a file is longer than the directory says")
        yield piece
    if seen != entry.size:
        raise ZipProblemError("a file is shorter than the directory says")
    _check_crc(fd, entry, start + entry.packed, crc)


def _check_crc(fd: int, entry: Entry, end: int, crc: int) -> None:
    if entry.flags & _HAS_DESCRIPTOR:
        tail = os.pread(fd, 8, end)
        stored = tail[4:8] if tail.startswith(_DESCRIPTOR) else tail[:4]
        if len(stored) < 4 or int.from_bytes(stored, "little") != entry.crc or crc != entry.crc:
            raise ZipProblemError("a file fails its CRC")
    elif entry.crc not in (0, crc):
        raise ZipProblemError("a file fails its CRC")


def _unpacked(fd: int, entry: Entry, start: int) -> Iterator[bytes]:
    if entry.method == 0:
        yield from _raw(fd, start, entry.packed)
        return
    if entry.method != 8:
        raise ZipProblemError(f"a file is packed by an unknown method ({entry.method})")
    inflater = fast.decompressobj(-15)
    try:
        for raw in _raw(fd, start, entry.packed):
            piece = inflater.decompress(raw, CHUNK)
            while piece:
                yield piece
                # a full piece may have more behind it, in the tail or inside the inflater
                more = inflater.unconsumed_tail or len(piece) == CHUNK
                piece = inflater.decompress(inflater.unconsumed_tail, CHUNK) if more else b""
    except (zlib.error, fast.error) as error:
        raise ZipProblemError("a file cannot be unpacked") from error
    if not inflater.eof:
        raise ZipProblemError("a file is cut off")


def _raw(fd: int, start: int, length: int) -> Iterator[bytes]:
    end = start + length
    while start < end:
        data = os.pread(fd, min(CHUNK, end - start), start)
        if not data:
            raise ZipProblemError("it is cut off")
        yield data
        start += len(data)


def _directory(fd: int, size: int) -> tuple[int, int, int, int]:
    """Number of files, length and place of the central directory, and what offsets count from."""
    tail_at = max(0, size - 22 - 0xFFFF)
    tail = os.pread(fd, size - tail_at, tail_at)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise ZipProblemError("it is no zip, or cut off")
    count, length, offset, comment = struct.unpack("<HIIH", tail[at + 10 : at + 22])
    if at + 22 + comment > len(tail):
        raise ZipProblemError("it is cut off")
    end = tail_at + at
    if count == 0xFFFF or length in (0xFFFF, 0xFFFFFFFF) or offset == 0xFFFFFFFF:
        count, length, offset, end = _directory64(fd, end) or (count, length, offset, end)
    start = end - length
    if start < 0 or length > size:
        raise ZipProblemError("its directory is not where it says")
    base = start - offset
    if base > 0 and os.pread(fd, 4, offset) == _CENTRAL:
        start, base = offset, 0  # as Go does: bytes between directory and end, not before the zip
    if end - start > _DIRECTORY_BYTES:
        raise ZipProblemError("its directory is larger than any module's")
    return count, end - start, start, base


def _directory64(fd: int, end: int) -> tuple[int, int, int, int] | None:
    locator = os.pread(fd, 20, max(0, end - 20))
    if not locator.startswith(_LOCATOR64):
        return None
    at = int.from_bytes(locator[8:16], "little")
    record = os.pread(fd, 56, at) if at < end else b""
    if len(record) < 56 or not record.startswith(_END64):
        raise ZipProblemError("its directory is not where it says")
    count, length, offset = struct.unpack("<QQQ", record[32:56])
    return count, length, offset, at


def _central(data: bytes, base: int) -> Iterator[Entry]:
    at = 0
    while data.startswith(_CENTRAL, at) and len(data) >= at + 46:
        flags, method, crc, packed, size, name, extra, comment, offset = struct.unpack(
            "<HH4xIIIHHH8xI", data[at + 8 : at + 46]
        )
        if 0xFFFFFFFF in (packed, size, offset) or at + 46 + name + extra + comment > len(data):
            raise ZipProblemError("its directory is cut off or names files larger than a module may have")
        yield Entry(data[at + 46 : at + 46 + name], flags, method, crc, packed, size, base + offset)
        at += 46 + name + extra + comment
