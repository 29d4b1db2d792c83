"""What an ELF file says of itself: machine, how it is linked, what stripping would save, its build ids."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from go_release_gate.binary.headers import Headers, read_headers
from go_release_gate.binary.model import Elf, Section
from go_release_gate.binary.notes import build_ids
from go_release_gate.binary.window import BinaryError, Window

PACKED_MARK = b"UPX!"  # https://github.com/upx/upx/blob/devel/src/stub/src/include/linux.h (l_info, behind the headers)
_HEAD = 4096
_TAGS = 4096
_LIBRARIES = 1024
_NEEDED, _STRINGS = 1, 5  # DT_NEEDED, DT_STRTAB

# https://go.dev/doc/install/source#environment; a pair: little and big endian
_MACHINES: dict[tuple[str, int], tuple[str, str]] = {
    ("EM_X86_64", 64): ("amd64", "amd64"),
    ("EM_386", 32): ("386", "386"),
    ("EM_AARCH64", 64): ("arm64", "arm64be"),
    ("EM_ARM", 32): ("arm", "armbe"),
    ("EM_PPC64", 64): ("ppc64le", "ppc64"),
    ("EM_S390", 64): ("s390x", "s390x"),
    ("EM_RISCV", 64): ("riscv64", "riscv64"),
    ("EM_RISCV", 32): ("riscv", "riscv"),
    ("EM_LOONGARCH", 64): ("loong64", "loong64"),
    ("EM_MIPS", 32): ("mipsle", "mips"),
    ("EM_MIPS", 64): ("mips64le", "mips64"),
    ("EM_SPARCV9", 64): ("sparc64", "sparc64"),
}
_SYMBOLS = (".symtab", ".strtab", ".gdb_index")
_DEBUG = (".debug_", ".zdebug_")


def read_elf(file: BinaryIO) -> Elf:
    """Read what the file says. Raises BinaryError for what is no ELF file or cannot be believed."""
    window = Window(file, file.seek(0, 2))
    return elf_of(window, read_headers(window))


def elf_of(window: Window, headers: Headers) -> Elf:
    """What the file says, its headers read already. Raises BinaryError."""
    symbols = sum(one.size for one in headers.sections if _is_symbols(one.name))
    go_id, gnu_id = build_ids(window, headers)
    packed = "UPX" if PACKED_MARK in window.at(0, _HEAD)[: _first_load(headers)] else ""
    listed = sorted(((one.name, one.size) for one in headers.sections if one.size), key=lambda pair: -pair[1])
    return Elf(
        architecture=_architecture(headers),
        interpreter=_interpreter(window, headers),
        needed=() if packed else tuple(_libraries(window, headers)),
        is_stripped=bool(headers.sections) and not symbols,
        symbols=symbols,
        sections=tuple(Section(name, size) for name, size in listed),
        go_build_id=go_id,
        gnu_build_id=gnu_id,
        packed_by=packed,
    )


def _first_load(headers: Headers) -> int:
    """How far the mark of a packer may lie from the start: it comes before the code, even of one page."""
    return _HEAD if not headers.sections else 1024


def _architecture(headers: Headers) -> str:
    pair = _MACHINES.get((headers.machine, headers.bits))
    if pair:
        return pair[0 if headers.is_little else 1]
    return headers.machine if headers.machine.startswith("machine") else f"machine {headers.machine[3:].lower()}"


def _is_symbols(name: str) -> bool:
    return name in _SYMBOLS or name.startswith(_DEBUG)


def _interpreter(window: Window, headers: Headers) -> str:
    found = next((one for one in headers.segments if one.kind == "PT_INTERP"), None)
    return window.text(found.offset, min(found.size, 4096)) if found else ""


def _libraries(window: Window, headers: Headers) -> Iterator[str]:
    """DT_NEEDED in order: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html."""
    tags = list(_dynamic(window, headers))
    address = next((value for tag, value in tags if tag == _STRINGS), None)
    wanted = [value for tag, value in tags if tag == _NEEDED]
    if not wanted:
        return
    strings = None if address is None else headers.offset_of(address)
    if strings is None or len(wanted) > _LIBRARIES:
        raise BinaryError("the libraries it needs cannot be told")
    for offset in wanted:
        yield window.text(strings + offset)


def _dynamic(window: Window, headers: Headers) -> Iterator[tuple[int, int]]:
    found = next((one for one in headers.segments if one.kind == "PT_DYNAMIC"), None)
    if not found:
        return
    form = struct.Struct(("<" if headers.is_little else ">") + ("qQ" if headers.bits == 64 else "iI"))
    data = window.at(found.offset, min(found.size, _TAGS * form.size))
    for tag, value in form.iter_unpack(data[: len(data) // form.size * form.size]):
        if tag == 0:
            return
        yield tag, value
