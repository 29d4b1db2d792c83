"""The build information that Go records in a program, found in an ELF file.

Both forms are read: strings in place (Go 1.18 and newer), pointers to strings (older).
https://github.com/golang/go/blob/master/src/debug/buildinfo/buildinfo.go
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from go_release_gate.binary.headers import Headers, read_headers
from go_release_gate.binary.model import BuildInfo
from go_release_gate.binary.moduleinfo import parse_module_info
from go_release_gate.binary.window import BinaryError, Window

MAGIC = b"\xff Go buildinf:"
NOTHING = "Go recorded nothing in it"
STRING_LIMIT = 16 << 20  # bytes of the module lines; some 100 000 modules
SEARCHED = 32 << 20  # bytes of a data segment that are searched where no section is named
_ALIGN = 16
_HEADER = 32
_CHUNK = 1 << 20


def read_build_info(file: BinaryIO) -> BuildInfo:
    """Read what Go recorded. Raises BinaryError: no ELF file, no Go program, or one that hides it."""
    window = Window(file, file.seek(0, 2))
    return build_info_of(window, read_headers(window))


def build_info_of(window: Window, headers: Headers) -> BuildInfo:
    """What Go recorded, the headers read already. Raises BinaryError."""
    at = _find(window, headers)
    if at is None:
        raise BinaryError(NOTHING)
    header = window.exactly(at, _HEADER)
    try:
        pair = _in_place(window, at + _HEADER) if header[15] & 2 else _pointed_to(window, headers, header)
    except struct.error:
        pair = b"", b""
    go, modules = pair
    if not go:
        raise BinaryError("what Go recorded in it is damaged")
    is_framed = len(modules) >= 33 and modules[-17:-16] == b"\n"
    return parse_module_info(_version(go), modules[16:-16] if is_framed else b"")


def _find(window: Window, headers: Headers) -> int | None:
    """Where the header lies: at the start of its section, else in the first writable segment."""
    section = headers.section(".go.buildinfo")
    if section and section.size:
        return _search(window, section.offset, section.size)
    data = next((one for one in headers.segments if one.kind == "PT_LOAD" and one.is_writable and one.size), None)
    return _search(window, data.offset, data.size) if data else None


def _search(window: Window, start: int, size: int) -> int | None:
    """The magic at a multiple of 16 from the start, in pieces that overlap by it."""
    size = min(size, SEARCHED)
    for begin in range(0, size, _CHUNK):
        piece = window.at(start + begin, min(_CHUNK + _HEADER, size - begin))
        found = piece.find(MAGIC)
        while found >= 0:
            if found % _ALIGN == 0:
                return start + begin + found
            found = piece.find(MAGIC, found + 1)
    return None


def _in_place(window: Window, at: int) -> tuple[bytes, bytes]:
    go, at = _string(window, at)
    modules, _ = _string(window, at)
    return go, modules


def _string(window: Window, at: int) -> tuple[bytes, int]:
    """A string behind its length, which is a varint (https://pkg.go.dev/encoding/binary#Uvarint)."""
    length = 0
    for index, byte in enumerate(window.at(at, 10)):
        length |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            start = at + index + 1
            return window.exactly(start, _sane(length)), start + length
    raise BinaryError("what Go recorded in it is damaged")


def _pointed_to(window: Window, headers: Headers, header: bytes) -> tuple[bytes, bytes]:
    width, order = header[14], ">" if header[15] & 1 else "<"
    if width not in (4, 8):
        raise BinaryError("what Go recorded in it is damaged")
    form = struct.Struct(f"{order}{'Q' if width == 8 else 'I'}")
    go = _string_at(window, headers, form, form.unpack_from(header, 16)[0])
    return go, _string_at(window, headers, form, form.unpack_from(header, 16 + width)[0])


def _string_at(window: Window, headers: Headers, form: struct.Struct, address: int) -> bytes:
    """The string whose pointer and length lie at an address; empty where nothing is loaded there."""
    at = headers.offset_of(address)
    if not address or at is None:
        return b""
    pointer, length = struct.iter_unpack(form.format, window.exactly(at, 2 * form.size))
    start = headers.offset_of(pointer[0])
    return b"" if start is None else window.exactly(start, _sane(length[0]))


def _sane(length: int) -> int:
    if length > STRING_LIMIT:
        raise BinaryError("what Go recorded in it claims to be larger than any list of modules")
    return length


def _version(text: bytes) -> str:
    """The version word: `go1.26.1 X:loopvar` and `devel go1.27-…` have more than one."""
    words = text.decode("utf-8", "replace").split()
    return next((word for word in words if word.startswith("go")), " ".join(words))
