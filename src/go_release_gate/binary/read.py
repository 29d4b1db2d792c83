"""A program file, read as far as it can be: what cannot be told is said, never guessed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import BinaryIO

from go_release_gate.binary.buildinfo import NOTHING, build_info_of
from go_release_gate.binary.elf import PACKED_MARK, elf_of
from go_release_gate.binary.foreign import foreign_headers
from go_release_gate.binary.headers import read_headers
from go_release_gate.binary.model import Binary, BuildInfo, Elf
from go_release_gate.binary.window import BinaryError, Window

LIMIT = 1 << 30  # bytes of a program; larger ones are not read
_CHUNK = 1 << 20

# https://github.com/golang/go/blob/master/src/debug/buildinfo/buildinfo.go (readRawBuildInfo)
_OTHERS = {
    b"MZ": "PE",
    b"\xfe\xed\xfa\xce": "Mach-O",
    b"\xfe\xed\xfa\xcf": "Mach-O",
    b"\xce\xfa\xed\xfe": "Mach-O",
    b"\xcf\xfa\xed\xfe": "Mach-O",
    b"\xca\xfe\xba\xbe": "Mach-O",
    b"\xca\xfe\xba\xbf": "Mach-O",
    b"\x00asm": "WebAssembly",
    b"\x01\xdf": "XCOFF",
    b"\x01\xf7": "XCOFF",
}
_VARIANT = {"arm": "GOARM", "amd64": "GOAMD64"}
_USUAL = {"amd64": "v1"}


@dataclass(frozen=True, slots=True)
class _Parts:
    elf: Elf | None = None
    info: BuildInfo | None = None
    unreadable: tuple[str, ...] = ()


def is_program(head: bytes) -> bool:
    """Whether a file that begins with `head` (at least four bytes) is a program file of some platform."""
    return head[:4] == b"\x7fELF" or bool(_other(head))


def read_binary(path: str, file: BinaryIO, size: int, limit: int = LIMIT, digest: str | None = None) -> Binary | None:
    """Read the program file `file` (seekable, `size` bytes); None: it is no program file.

    Never fails for what the file holds: `Binary.unreadable` says what could not be told.

    Args:
        path: what it is called in the answer.
        limit: bytes; a larger file is not read.
        digest: `sha256:…` where the caller knows it already; None: it is made here, empty: it is not wanted.
    """
    file.seek(0)
    head = file.read(4)
    if not is_program(head):
        return None
    if size > limit:
        return Binary(path, size, digest or "", unreadable=f"it has {size} bytes, more than the {limit} that are read")
    found = _parts(file, size, head)
    known = _digest(file) if digest is None else digest
    return Binary(path, size, known, found.elf, found.info, "; ".join(found.unreadable))


def _parts(file: BinaryIO, size: int, head: bytes) -> _Parts:
    other = _other(head)
    window = Window(file, size)
    if other:
        return _foreign(window, other)
    try:
        headers = read_headers(window)
        elf = elf_of(window, headers)
    except BinaryError as error:
        return _Parts(unreadable=(str(error),))
    problem = (headers.problem,) if headers.problem else ()
    if elf.packed_by:
        return _Parts(elf, None, (f"packed by {elf.packed_by}: what is inside cannot be told", *problem))
    try:
        info = build_info_of(window, headers)
    except BinaryError as error:
        said = (str(error),) if _may_be_go(elf) else ()  # a program in another language hides nothing
        return _Parts(elf, None, (*said, *problem))
    return _Parts(replace(elf, variant=_variant(elf, info)), info, problem)


def _foreign(window: Window, other: str) -> _Parts:
    """What Go recorded in a program for Windows or macOS; of its linking nothing is told."""
    try:
        headers = foreign_headers(window)
        if PACKED_MARK in window.at(0, 4096):
            return _Parts(unreadable=("packed by UPX: what is inside cannot be told",))
    except BinaryError:
        return _Parts(unreadable=(f"no ELF file: {other}",))
    try:
        return _Parts(info=build_info_of(window, headers))
    except BinaryError as error:
        return _Parts(unreadable=() if str(error) == NOTHING else (str(error),))  # not Go's, it hides nothing


def _may_be_go(elf: Elf) -> bool:
    """Whether Go made it, or nothing tells who did: a file without sections was packed or cut down."""
    return not elf.sections or bool(elf.go_build_id) or any(one.name == ".gopclntab" for one in elf.sections)


def _variant(elf: Elf, info: BuildInfo) -> str:
    """The variant of the platform as images name it: `v7` of GOARM=7, `v3` of GOAMD64=v3, nothing for the usual."""
    told = info.settings.get(_VARIANT.get(elf.architecture, ""), "").partition(",")[0]
    name = told if told.startswith("v") or not told else f"v{told}"
    return "" if name == _USUAL.get(elf.architecture) else name


def _other(head: bytes) -> str:
    return next((name for mark, name in _OTHERS.items() if head.startswith(mark)), "")


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    made = hashlib.sha256()
    while piece := file.read(_CHUNK):
        made.update(piece)
    return f"sha256:{made.hexdigest()}"
