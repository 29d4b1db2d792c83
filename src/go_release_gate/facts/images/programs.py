"""Programs of a layer: put aside while the layer passes, read when it is known which of them are left.

Those that Go built, that are packed, or that may be what the image starts; libraries and others are passed over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from go_release_gate.binary.foreign import MACH_O as MACH_O_MAGIC
from go_release_gate.facts.image_content import DAMAGED, DATA, MACH_O, PE
from go_release_gate.facts.images.limits import MIB, Limits
from go_release_gate.facts.images.source import ImageError
from go_release_gate.facts.images.tarstream import Archive

MAGIC = b"\x7fELF"
GO = b"\xff Go buildinf:"  # https://pkg.go.dev/debug/buildinfo
PACKED = b"UPX!"
_HEAD = 64 << 10  # where a packer leaves its mark
_IN_MEMORY = 4 * MIB
_EXECUTABLE, _SHARED = 2, 3  # e_type: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html


@dataclass(frozen=True, slots=True)
class Program:
    """A program file. `file`: its copy. `is_go`: whether Go's build information is in it."""

    digest: str
    size: int
    file: Path
    is_go: bool
    is_packed: bool


def is_program(name: bytes, head: bytes) -> bool:
    """Whether a file of this name, starting so, can be started somewhere: an ELF file that is no library, and programs
    of Windows and macOS as Go builds them."""
    if head.startswith(MACH_O_MAGIC):
        return not name.endswith(b".dylib")
    if head.startswith(b"MZ"):
        return name.endswith(b".exe") or b"." not in name
    if len(head) < 20 or not head.startswith(MAGIC):
        return False
    kind = int.from_bytes(head[16:18], "big" if head[5] == 2 else "little")
    return kind in (_EXECUTABLE, _SHARED) and not name.endswith(b".so") and b".so." not in name


def form_of(name: bytes, head: bytes) -> str:
    """What a file is that Linux starts neither as an ELF program nor by `#!`; empty: it may start it.

    Named are Windows' and macOS' programs, ELF files whose header says no program, and whatever else has a mode to be
    executed. WebAssembly and libraries are passed over: there are engines and loaders that start them.
    """
    if head.startswith(MAGIC):
        is_library = name.endswith(b".so") or b".so." in name
        return "" if is_library or is_program(name, head) else DAMAGED
    known = ((b"#!", ""), (b"\0asm", ""), (b"MZ", PE), (MACH_O_MAGIC, MACH_O))
    return next((form for mark, form in known if head.startswith(mark)), DATA)


class Spool:
    """A folder with programs, by digest; all of them together are bounded."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits, self._used = folder, limits, 0
        self._known: dict[str, Path] = {}

    def keep(self, head: bytes, size: int, archive: Archive, *, always: bool) -> Program | None:
        """Read a file's body from `archive` to its end (`head` is read already); None: it is not worth reading.

        Args:
            always: keep it though Go did not build it.

        Raises:
            ImageError: a bound is exceeded, or the archive ends.
        """
        if size > self._limits.program:
            raise ImageError(f"a program of {size} bytes is more than the {self._limits.program} that are read")
        hashed = hashlib.sha256(head)
        is_go, is_packed = GO in head, PACKED in head[:_HEAD]
        left = size - len(head)
        with _Body(self._folder) as body:
            body.write(head)
            tail = head[-len(GO) :]
            while left:
                piece = archive.read(min(left, MIB))
                is_packed = is_packed or (left == size - len(head) and PACKED in piece[:_HEAD])
                is_go = is_go or GO in piece or GO in tail + piece[: len(GO)]
                tail = piece[-len(GO) :]
                hashed.update(piece)
                body.write(piece)
                left -= len(piece)
            is_packed = is_packed and head.startswith(MAGIC)  # what is for other systems matters where it is started
            if not (is_go or is_packed or always):
                return None
            digest = f"sha256:{hashed.hexdigest()}"
            return Program(digest, size, self._stored(digest, size, body), is_go, is_packed)

    def _stored(self, digest: str, size: int, body: _Body) -> Path:
        path = self._known.get(digest)
        if path:
            return path
        self._used += size
        if self._used > self._limits.spool:
            raise ImageError(f"its programs have more than {self._limits.spool} bytes, which is the limit here")
        path = self._known[digest] = self._folder / digest.partition(":")[2]
        body.store(path)
        return path


class _Body:
    """A file's bytes: in memory while they are few, then in a file of the folder. Gone at the end unless stored."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "arriving"
        self._parts: list[bytes] = []
        self._size = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        if self._file is None:
            self._parts.append(data)
            self._size += len(data)
            if self._size > _IN_MEMORY:
                self._file = self._path.open("wb")
                self._flush(self._file)
        else:
            self._file.write(data)

    def store(self, path: Path) -> None:
        """Keep the bytes at `path`."""
        if self._file is not None:
            self._path.rename(path)
            return
        with path.open("xb") as file:
            self._flush(file)

    def _flush(self, file: BinaryIO) -> None:
        file.writelines(self._parts)
        self._parts.clear()
