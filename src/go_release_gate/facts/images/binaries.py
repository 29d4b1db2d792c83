"""Programs of an image, read once each, whatever paths and platforms they lie under."""

from __future__ import annotations

import mmap
from dataclasses import replace
from typing import BinaryIO, Literal

from go_release_gate.binary.headers import read_headers
from go_release_gate.binary.marks import marks_of
from go_release_gate.binary.read import read_binary
from go_release_gate.binary.window import BinaryError, Window
from go_release_gate.facts.binary import Binary
from go_release_gate.facts.images.programs import Program

_TABLES = (0xFFFFFFF0, 0xFFFFFFF1)  # of Go 1.18 and 1.20


class Binaries:
    """What programs say of themselves, by digest."""

    def __init__(self) -> None:
        self._known: dict[str, Binary] = {}

    def read(self, path: str, program: Program, limit: int) -> Binary:
        """The binary at `path`."""
        found = self._known.get(program.digest)
        if found is None:
            found = self._known[program.digest] = _read(program, limit)
        return replace(found, path=path)


def _read(program: Program, limit: int) -> Binary:
    with program.file.open("rb") as file:
        found = read_binary("", file, program.size, limit, program.digest)
        if found is None:
            return Binary("", program.size, program.digest, unreadable="it is no program file")
        if found.info is None or not program.size:
            return found
        names = function_names(file, program.size)
        if names is not None:
            return replace(found, marks=marks_of(names))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return replace(found, marks=marks_of(data))


def function_names(file: BinaryIO, size: int) -> bytes | None:
    """The names in a program's table of functions, a tenth of the file or less; None: it is not where it usually is.

    https://github.com/golang/go/blob/master/src/runtime/symtab.go (pcHeader)
    """
    try:
        window = Window(file, size)
        headers = read_headers(window)
        section = headers.section(".gopclntab") or headers.section(".data.rel.ro.gopclntab")
        if section is None:
            return None
        order: Literal["little", "big"] = "little" if headers.is_little else "big"
        head = window.exactly(section.offset, 72)
        width = head[7]
        if int.from_bytes(head[:4], order) not in _TABLES or width not in (4, 8):
            return None
        start, end = (int.from_bytes(head[8 + at * width :][:width], order) for at in (3, 4))
        if not 0 < start < end <= section.size:
            return None
        return b"\0" + window.exactly(section.offset + start, end - start) + b"\0"
    except BinaryError:
        return None
