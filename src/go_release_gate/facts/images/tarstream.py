"""The entries of a tar archive that arrives in pieces; bodies nobody wants are passed over without a copy.

What a header means follows Go's archive/tar, with which engines unpack layers
(https://github.com/golang/go/tree/master/src/archive/tar): bodies of links and folders do not count, global headers of
pax change nothing, GNU's long names win over pax.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.source import ImageError

BLOCK = 512
FILE, LINK, SYMLINK, CHARACTER, BLOCK_DEVICE, FOLDER, FIFO = range(7)
_FIELDS = struct.Struct("100s24s12s12s8s1s100s6s2s64s8s8s155s12s")
_BLANKED = 8 * 0x20  # a checksum counts its own field as spaces
_KINDS = {b"0": FILE, b"\0": FILE, b"7": FILE, b"S": FILE} | {b"%d" % number: number for number in range(1, 7)}
_RECORD = re.compile(rb"([0-9]{1,7}) ")
_EMPTY = bytes(BLOCK)


class Attributes(NamedTuple):
    """What many entries share. `mode`: permission bits with setuid and the like."""

    kind: int
    mode: int
    user: int
    group: int


class Entry(NamedTuple):
    """An entry. `path`: as it stands there. `size`: of the file; of no use where `is_sparse`."""

    path: bytes
    size: int
    attributes: Attributes
    link: bytes
    device: tuple[int, int] | None
    is_sparse: bool


class Pieces:
    """Bytes that arrive in pieces of any length."""

    __slots__ = ("_at", "_pieces", "_rest")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest, self._at = pieces, b"", 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        at = self._at
        found = self._rest[at : at + size]
        self._at = at + len(found)
        if len(found) == size:
            return found
        parts = [found]
        missing = size - len(found)
        while missing and self._next():
            part = self._rest[:missing]
            self._at = len(part)
            missing -= len(part)
            parts.append(part)
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; gives how many of them were not there."""
        while True:
            left = len(self._rest) - self._at
            if size <= left:
                self._at += size
                return 0
            size -= left
            if not self._next():
                return size

    def drain(self) -> None:
        """Pass over everything that is left."""
        while self._next():
            pass

    def _next(self) -> bool:
        self._rest, self._at = next(self._pieces, b""), 0
        return bool(self._rest)


class Archive:
    """The entries of an archive. While one is at hand, `read` gives its body; what is not read is passed over."""

    def __init__(self, pieces: Iterator[bytes], limits: Limits) -> None:
        self._pieces = Pieces(pieces)
        self._limits = limits
        self._left = 0  # bytes of the body not yet read
        self._padding = 0
        self._is_cut = False
        self._known: dict[bytes, Attributes] = {}

    def read(self, size: int) -> bytes:
        """At most `size` bytes of the body. Raises ImageError when the archive ends within it."""
        data = self._pieces.take(min(size, self._left))
        if len(data) < min(size, self._left):
            self._is_cut = True
            raise _cut()
        self._left -= len(data)
        return data

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the archive was missing so far."""
        return not self._is_cut

    def drain(self) -> None:
        """Read on to the end, behind the archive's own end too."""
        self._pieces.drain()

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, in order. Raises ImageError: the archive is damaged or a bound is exceeded."""
        longer: dict[str, bytes] = {}
        records: dict[bytes, bytes] = {}
        while True:
            if self._pieces.skip(self._left + self._padding):
                raise _cut()
            self._left = self._padding = 0
            header = self._pieces.take(BLOCK)
            if not header or header == _EMPTY:
                if header and self._pieces.take(BLOCK) not in (b"", _EMPTY):
                    raise ImageError("its archive has an empty block between entries")
                return
            fields = _checked(header)
            flag = fields[5]
            if flag in b"xgLK":
                body = self._special(fields[2])
                if flag == b"x":
                    records = _records(body)
                elif flag != b"g":
                    longer[flag.decode()] = body.split(b"\0", 1)[0]
                continue
            yield self._entry(header, fields, longer, records)
            if longer or records:
                longer, records = {}, {}

    def _special(self, field: bytes) -> bytes:
        size = _number(field)
        if size > self._limits.special:
            raise ImageError(f"an extended header of {size} bytes is more than the {self._limits.special} read here")
        self._left, self._padding = size, -size % BLOCK
        return self.read(size)

    def _entry(
        self, header: bytes, fields: tuple[bytes, ...], longer: dict[str, bytes], records: dict[bytes, bytes]
    ) -> Entry:
        flag = fields[5]
        kind = _KINDS.get(flag)
        if kind is None:
            raise ImageError(f"an entry has the type {flag!r}, which engines refuse")
        path, link = _name(header, fields), fields[6].split(b"\0", 1)[0]
        stored = size = _number(fields[2])
        is_sparse = flag == b"S"
        attributes = self._known.get(header[100:124] + flag)
        if attributes is None:
            parts = _number(fields[1][:8]), _number(fields[1][8:16]), _number(fields[1][16:])
            attributes = self._known[header[100:124] + flag] = Attributes(kind, parts[0] & 0o7777, *parts[1:])
        if records:
            path, link = records.get(b"path") or path, records.get(b"linkpath") or link
            stored = size = _told(records, b"size", size)
            user, group = _told(records, b"uid", attributes.user), _told(records, b"gid", attributes.group)
            attributes = attributes._replace(user=user, group=group)
            if any(key.startswith(b"GNU.sparse.") for key in records):
                path, is_sparse = records.get(b"GNU.sparse.name") or path, True
                size = _told(records, b"GNU.sparse.realsize", _told(records, b"GNU.sparse.size", size))
        path, link = longer.get("L") or path, longer.get("K") or link
        if flag == b"\0" and path.endswith(b"/"):
            attributes = attributes._replace(kind=FOLDER)
        if flag == b"S":
            size = self._sparse(header)
        if attributes.kind == FILE:
            self._left, self._padding = stored, -stored % BLOCK
        else:
            size = 0
        device = (_number(fields[10]), _number(fields[11])) if kind in (CHARACTER, BLOCK_DEVICE) else None
        return Entry(path, size, attributes, link, device, is_sparse)

    def _sparse(self, header: bytes) -> int:
        """Pass over the blocks that go on with GNU's map of a sparse file; gives its real size."""
        goes_on = header[482]
        while goes_on:
            block = self._pieces.take(BLOCK)
            if len(block) < BLOCK:
                raise _cut()
            goes_on = block[504]
        return _number(header[483:495])


def _checked(header: bytes) -> tuple[bytes, ...]:
    """A header's fields, its checksum held against it."""
    if len(header) < BLOCK:
        raise _cut()
    fields: tuple[bytes, ...] = _FIELDS.unpack(header)
    # adler32 adds bytes modulo 65521 in C: https://www.rfc-editor.org/rfc/rfc1950#section-8.2
    total = (zlib.adler32(header[156:], zlib.adler32(header[:148])) & 0xFFFF) - 1 + _BLANKED
    if (total - _number(fields[4])) % 65521:
        raise ImageError("a header of its archive has a wrong checksum")
    return fields


def _name(header: bytes, fields: tuple[bytes, ...]) -> bytes:
    """Name and, in the form of POSIX, its prefix."""
    name = fields[0].split(b"\0", 1)[0]
    if fields[7] == b"ustar\0" and fields[12][0]:
        prefix = fields[12][:131] if header[508:] == b"tar\0" else fields[12]
        name = prefix.split(b"\0", 1)[0] + b"/" + name
    return name


def _number(field: bytes) -> int:
    """A number of a header: octal digits, or GNU's binary form where the first bit is set."""
    if field[0] & 0x80:
        found = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        if field[0] & 0x40 or found >> 62:
            raise ImageError("a header of its archive has a negative or endless number")
        return found
    text = field.strip(b" \0").split(b"\0", 1)[0]
    if not text:
        return 0
    try:
        if text.isdigit():
            return int(text, 8)
    except ValueError:
        pass
    raise ImageError("a header of its archive has a number that is none")


def _records(body: bytes) -> dict[bytes, bytes]:
    """The records `LENGTH KEY=VALUE\\n` of pax; an empty value takes nothing away from the header."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(body):
        match = _RECORD.match(body, at)
        end = at + int(match[1]) if match else 0
        if match is None or end <= match.end() or body[end - 1 : end] != b"\n":
            raise ImageError("an extended header of its archive cannot be read")
        key, equals, value = body[match.end() : end - 1].partition(b"=")
        if not equals or not key or (b"\0" in value and key in (b"path", b"linkpath")):
            raise ImageError("an extended header of its archive cannot be read")
        found[key] = value
        at = end
    return found


def _told(records: dict[bytes, bytes], key: bytes, otherwise: int) -> int:
    text = records.get(key)
    if not text:
        return otherwise
    if not text.isdigit() or len(text) > 18:
        raise ImageError("an extended header of its archive has a number that is none")
    return int(text)


def _cut() -> ImageError:
    return ImageError("its archive is cut short")
