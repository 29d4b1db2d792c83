"""The headers of an ELF file, read by pyelftools and held to sane bounds.

https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from go_release_gate.binary.window import BinaryError, Window

SECTIONS = 4096  # a large Go program has about forty
SEGMENTS = 1024
NAMES = 1 << 20  # bytes of section names
_ELSEWHERE = 0xFFFF  # SHN_XINDEX: the number stands in section 0


@dataclass(frozen=True, slots=True)
class _Forms:
    """The header as pyelftools reads it, and its forms for what follows."""

    header: Any
    structs: Any


@dataclass(frozen=True, slots=True)
class SectionHeader:
    """A section: where it lies in the file and in memory. `size` is 0 where the file holds nothing of it."""

    name: str
    kind: str  # SHT_…
    offset: int
    size: int
    address: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: `size` bytes of the file from `offset` are found at `address`."""

    kind: str  # PT_…
    offset: int
    size: int
    address: int
    is_writable: bool


@dataclass(frozen=True, slots=True)
class Headers:
    """What the tables of an ELF file say.

    Attributes:
        machine: as pyelftools names it (`EM_X86_64`), `machine N` for one it does not know.
        bits: 32 or 64. is_little: byte order.
        problem: what of the tables could not be read; empty: nothing.
    """

    machine: str
    bits: int
    is_little: bool
    sections: tuple[SectionHeader, ...]
    segments: tuple[Segment, ...]
    problem: str = ""

    def section(self, name: str) -> SectionHeader | None:
        """The first section of that name."""
        return next((one for one in self.sections if one.name == name), None)

    def offset_of(self, address: int) -> int | None:
        """Where in the file the byte lies that is loaded at `address`; None: nowhere."""
        for one in self.segments:
            if one.kind == "PT_LOAD" and one.address <= address < one.address + one.size:
                return one.offset + address - one.address
        return None

    def section_at(self, offset: int) -> SectionHeader | None:
        """The section that holds the byte of the file at `offset`."""
        return next((one for one in self.sections if one.offset <= offset < one.offset + one.size), None)


def read_headers(window: Window) -> Headers:
    """Read the tables. Raises BinaryError for what is no ELF file, or one whose tables cannot be believed."""
    try:
        elf = _forms(window)
        segments = tuple(_segments(elf, window))
        sections, problem = _sections(elf, window)
    except BinaryError:
        raise
    except Exception as error:  # pyelftools fails in as many ways as a file can be broken
        raise BinaryError(f"its ELF headers cannot be read: {type(error).__name__}") from error
    machine = elf.header["e_machine"]
    name = machine if isinstance(machine, str) else f"machine {machine}"
    return Headers(name, elf.structs.elfclass, bool(elf.structs.little_endian), sections, segments, problem)


def _forms(window: Window) -> _Forms:
    """The header, and the forms of the tables. pyelftools' ELFFile would load what reads debug information, too."""
    from elftools.elf.structs import ELFStructs

    start = window.exactly(0, 16)
    if start[:4] != b"\x7fELF" or start[4] not in (1, 2) or start[5] not in (1, 2):
        raise BinaryError("it does not start as ELF files do")
    structs = ELFStructs(little_endian=start[5] == 1, elfclass=32 * start[4])
    structs.create_basic_structs()
    header = structs.Elf_Ehdr.parse(window.exactly(0, structs.Elf_Ehdr.sizeof()))
    structs.create_advanced_structs(header["e_type"], header["e_machine"], header["e_ident"]["EI_OSABI"])
    return _Forms(header, structs)


def _segments(elf: _Forms, window: Window) -> Iterator[Segment]:
    count = elf.header["e_phnum"]
    if count > SEGMENTS:
        raise BinaryError(f"it claims {count} segments")
    table = elf.header["e_phoff"], elf.header["e_phentsize"], count
    for one in _entries(window, elf.structs.Elf_Phdr, table):
        kind = str(one["p_type"])
        yield Segment(kind, one["p_offset"], one["p_filesz"], one["p_vaddr"], bool(one["p_flags"] & 2))


def _sections(elf: _Forms, window: Window) -> tuple[tuple[SectionHeader, ...], str]:
    """The sections, and what is wrong with them: they are needed by nobody who starts the program."""
    start, size, count = elf.header["e_shoff"], elf.header["e_shentsize"], elf.header["e_shnum"]
    if not start:
        return (), ""
    if start >= window.size:
        return (), "the file ends before its section table: it is cut off"
    names_at = elf.header["e_shstrndx"]
    first = next(_entries(window, elf.structs.Elf_Shdr, (start, size, 1)))
    count = count or first["sh_size"]
    names_at = first["sh_link"] if names_at == _ELSEWHERE else names_at
    if count > SECTIONS:
        return (), f"it claims {count} sections"
    rows = list(_entries(window, elf.structs.Elf_Shdr, (start, size, count)))
    named = rows[names_at] if names_at < len(rows) else first
    names = window.at(named["sh_offset"], min(named["sh_size"], NAMES)) if named is not first else b""
    found = tuple(_section(row, names) for row in rows if row["sh_type"] != "SHT_NULL")
    cut = next((one for one in found if one.size and one.offset + one.size > window.size), None)
    what = f"section {cut.name}" if cut and cut.name else "a section"
    return found, f"{what} lies beyond the end of the file: it is cut off" if cut else ""


def _section(row: Any, names: bytes) -> SectionHeader:
    start = row["sh_name"]
    name = names[start : start + 256].partition(b"\0")[0].decode("utf-8", "replace")
    kind = str(row["sh_type"])
    return SectionHeader(name, kind, row["sh_offset"], 0 if kind == "SHT_NOBITS" else row["sh_size"], row["sh_addr"])


def _entries(window: Window, form: Any, table: tuple[int, int, int]) -> Iterator[Any]:
    """The entries of a table: where it starts, the size of an entry, how many."""
    start, size, count = table
    if count and size < form.sizeof():
        raise BinaryError(f"a table of its headers has entries of {size} bytes")
    for index in range(count):
        yield form.parse(window.exactly(start + index * size, form.sizeof()))
