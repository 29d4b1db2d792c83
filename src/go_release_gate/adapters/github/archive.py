"""Unpack an archive of a repository as it arrives: nothing is written elsewhere, and every amount has an end.

The files are strangers' work, so tarfile's own filter (`data`) is the second check, not the only one: it resolves
paths through the file system, and what that gives has been wrong before. Ours looks at the names alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import dropwhile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, cast

from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo

UNPACKED_LIMIT = 2 << 30  # bytes
MEMBER_LIMIT = 200_000


class Source(Protocol):
    """A stream of bytes."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes; none at the end."""


def unpack(source: Source, directory: Path) -> None:
    """Unpack a gzipped tar archive with one folder at its top into `directory`, without that folder.

    Raises:
        UnavailableError: it is no such archive, or damaged, too large, or would write outside of `directory`.
    """
    import gzip
    import tarfile

    if not hasattr(tarfile, "data_filter"):  # Python 3.11.0 to 3.11.3
        raise UnavailableError("this Python cannot unpack an archive safely", "update Python")
    try:
        with gzip.GzipFile(fileobj=cast("IO[bytes]", source)) as plain:
            counted = _Counted(plain)
            with tarfile.open(fileobj=cast("IO[bytes]", counted), mode="r|") as archive:
                for member in _members(archive):
                    archive.extract(member, directory, set_attrs=member.isreg(), filter="data")
            while counted.read(1 << 16):  # to the end, where the checksum stands
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise UnavailableError(f"the archive of the commit cannot be unpacked: {type(error).__name__}") from None


class _Counted:
    """A stream that ends with an error when more comes out of it than is allowed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = UNPACKED_LIMIT

    def read(self, size: int) -> bytes:
        piece = self._source.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise UnavailableError("the archive of the commit is too large")
        return piece


def _members(archive: TarFile) -> Iterator[TarInfo]:
    """What to unpack, under names without the top folder."""
    links: set[str] = set()
    for count, member in enumerate(archive):
        if count >= MEMBER_LIMIT:
            raise UnavailableError(f"the archive of the commit has more than {MEMBER_LIMIT} members")
        name = _inner_name(member.name)
        if not name:
            continue
        if not (member.isreg() or member.isdir() or (member.issym() and _stays(name, member.linkname))):
            raise UnavailableError("the archive of the commit has a link that leaves it, or something like a device")
        if links and any(above in links for above in _and_above(name)):
            raise UnavailableError("the archive of the commit would write through a link")
        if member.issym():
            links.add(name)
        yield member.replace(name=name, deep=False)


def _inner_name(name: str) -> str:
    """A member's path below the top folder; empty for that folder. Raises UnavailableError for one that leaves it."""
    parts = name.rstrip("/").split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts) or ".git" in map(str.lower, parts):
        raise UnavailableError("the archive of the commit would write outside of its folder")
    return "/".join(parts[1:])


def _stays(name: str, target: str) -> bool:
    """Whether a link's target lies in the archive: up from where the link is, then only down.

    `..` behind a name is refused: that name may be a link by the time somebody follows this one.
    """
    parts = [part for part in target.split("/") if part not in {"", "."}]
    down = list(dropwhile(lambda part: part == "..", parts))
    return bool(target) and target[0] != "/" and ".." not in down and len(parts) - len(down) <= name.count("/")


def _and_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition("/")[0]
