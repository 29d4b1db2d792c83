"""The symbol table of an ELF file: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.symtab.html."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap
from typing import NamedTuple

from go_release_gate.binary.headers import Headers

MOST = 4_000_000  # symbols; the largest Go programs have some hundred thousand
_FUNCTION = 2  # STT_FUNC


class Symbol(NamedTuple):
    """A name for `size` bytes at `address`."""

    name: str
    address: int
    size: int
    is_function: bool


@dataclass(frozen=True, slots=True)
class Symbols:
    """The symbols of a file by address."""

    table: tuple[Symbol, ...] = ()
    starts: list[int] = field(default_factory=list)

    def at(self, address: int) -> Symbol | None:
        """The last symbol that begins at or before an address; behind data lie constants that have no name."""
        index = bisect_right(self.starts, address) - 1
        found = self.table[index] if index >= 0 else None
        is_past = found is not None and found.is_function and address > found.address + found.size
        return None if is_past else found

    def functions(self) -> dict[str, Symbol]:
        """Functions by name, the first of each name."""
        found: dict[str, Symbol] = {}
        for one in self.table:
            if one.is_function and one.size:
                found.setdefault(one.name, one)
        return found


def symbols_of(data: bytes | mmap, headers: Headers) -> Symbols:
    """Every symbol with an address; none for a file that is stripped."""
    table = sorted(set(_read(data, headers)), key=lambda one: (one.address, one.size))
    return Symbols(tuple(table), [one.address for one in table])


def _read(data: bytes | mmap, headers: Headers) -> Iterator[Symbol]:
    symbols, names = headers.section(".symtab"), headers.section(".strtab")
    if symbols is None or names is None:
        return
    text = bytes(data[names.offset : names.offset + names.size])
    form = struct.Struct(("<" if headers.is_little else ">") + ("IBBHQQ" if headers.bits == 64 else "IIIBBH"))
    size = min(symbols.size, MOST * form.size) // form.size * form.size
    table = data[symbols.offset : symbols.offset + size]
    for entry in form.iter_unpack(table[: len(table) // form.size * form.size]):
        if headers.bits == 64:
            name, info, _, section, address, length = entry
        else:
            name, address, length, info, _, section = entry
        if address and section and info & 15 <= _FUNCTION:
            end = text.find(b"\0", name)
            yield Symbol(text[name:end].decode("utf-8", "replace"), address, length, info & 15 == _FUNCTION)
