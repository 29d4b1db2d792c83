"""An archive's files by name, read where they lie. A packed one is unpacked to a file in a private folder first."""

from __future__ import annotations

import os
import posixpath
import tarfile
import tempfile
import weakref
from pathlib import Path
from typing import BinaryIO

from go_release_gate.errors import UsageError
from go_release_gate.facts.images.source import ImageError, MissingError, Reader

UNPACKED = 16 << 30  # bytes of a packed archive, unpacked
RATIO, RATIO_FROM = 150, 1 << 30
ENTRIES = 100_000
_PIECE = 1 << 20
_LINKS = 8


class TarFiles:
    """The files of a tar archive.

    Args:
        path: the archive, plain or packed with gzip or zstd. scratch: where a packed one is unpacked; None: the
            system's place for temporary files.

    Raises:
        UsageError: it is no archive that can be read.
    """

    def __init__(self, path: Path, scratch: Path | None = None) -> None:
        self._path = path
        self._file = _plain(path, scratch)
        self._closing = weakref.finalize(self, self._file.close)
        self._places: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        try:
            self._index()
        except (tarfile.TarError, OSError, ValueError, EOFError) as error:
            raise UsageError(f"{path} is no image: neither a folder nor an archive ({type(error).__name__})") from None

    def __contains__(self, name: str) -> bool:
        return self._found(name) is not None

    def size(self, name: str) -> int:
        """Bytes of a file. Raises MissingError."""
        return self._place(name)[1]

    def open(self, name: str) -> Reader:
        """The file's bytes; readers may be used by several threads."""
        return _Part(self, self._file.fileno(), *self._place(name))

    def close(self) -> None:
        """Let go of the archive."""
        self._closing()

    def _place(self, name: str) -> tuple[int, int]:
        found = self._found(name)
        if found is None:
            raise MissingError(f"{name} is not in the archive")
        return self._places[found]

    def _found(self, name: str) -> str | None:
        """The file that a name leads to: old `docker save` links layers that images share."""
        name = posixpath.normpath(name)
        for _ in range(_LINKS):
            if name in self._places:
                return name
            if name not in self._links:
                return None
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), self._links[name]))
        return None

    def _index(self) -> None:
        self._file.seek(0)
        with tarfile.open(fileobj=self._file, mode="r:") as archive:
            for count, member in enumerate(archive):
                if count >= ENTRIES:
                    raise ImageError(f"{self._path} has more than {ENTRIES} entries, which no image has")
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                name = posixpath.normpath(member.name)
                if member.isreg() and not member.issparse():
                    self._places[name] = (member.offset_data, member.size)
                elif member.issym():
                    self._links[name] = member.linkname
                elif member.islnk():
                    self._links[name] = posixpath.relpath(member.linkname, posixpath.dirname(name) or ".")


class _Part:
    """A part of a file, read without moving the file's own position."""

    def __init__(self, owner: TarFiles, handle: int, start: int, size: int) -> None:
        self._owner = owner  # which closes the file when nobody needs it any more
        self._handle, self._at, self._left = handle, start, size

    def read(self, size: int, /) -> bytes:
        data = os.pread(self._handle, min(size, self._left), self._at)
        self._at += len(data)
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Leave the archive open for others."""


def _plain(path: Path, scratch: Path | None) -> BinaryIO:
    """The archive, unpacked where it is packed."""
    from go_release_gate.facts.images.unpack import unpacked

    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}") from None
    first = file.read(4)
    file.seek(0)
    if not first.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        return file
    with file:
        copy = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - it is given to the caller
        try:
            _unpack(unpacked(file, 128 << 20), copy, path)
        except BaseException:
            copy.close()
            raise
    return copy


def _unpack(stream: BinaryIO, copy: BinaryIO, path: Path) -> None:
    limit = min(UNPACKED, max(RATIO_FROM, RATIO * path.stat().st_size))
    size = 0
    try:
        while size <= limit and (piece := stream.read(_PIECE)):
            size += len(piece)
            copy.write(piece)
    except OSError as error:
        raise ImageError(f"{path} cannot be unpacked: {error.strerror or type(error).__name__}") from None
    except Exception as error:  # noqa: BLE001 - what unpackers raise has no common root
        raise UsageError(f"{path} cannot be unpacked ({type(error).__name__})") from None
    if size > limit:
        raise ImageError(f"{path} unpacks to more than {limit} bytes, which is the limit here")
    copy.flush()
