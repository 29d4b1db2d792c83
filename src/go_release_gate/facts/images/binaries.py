"""Programs of an image, read once each, whatever paths and platforms they lie under."""

from __future__ import annotations

import mmap
from dataclasses import replace

from go_release_gate.binary.marks import marks_of
from go_release_gate.binary.read import read_binary
from go_release_gate.facts.binary import Binary
from go_release_gate.facts.images.programs import Program


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
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return replace(found, marks=marks_of(data))
