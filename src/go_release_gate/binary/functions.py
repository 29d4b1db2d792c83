"""Which functions of two programs differ by themselves, and not only by where others have moved to.

Where one function grows, all behind it move, and with them the addresses in the code of everybody who calls them. So a
field that holds an address counts as the same when both addresses mean the same: the same symbol, the same offset.
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.binary.image import Image
from go_release_gate.binary.symbols import Symbol
from go_release_gate.model.shipped import FunctionChange

BUDGET = 400_000  # fields that are looked at; some seconds
_BEHIND = (0, 1, 4, 2)  # bytes of an instruction behind its address
_DEPTH = 2  # constants that hold an address are followed
_SAME_TARGET = 8  # bytes: size of a type, a number
_TEXTS = "go:string.*"  # one behind the other without an end: only the first byte is sure to be of the text
# https://developer.arm.com/documentation/ddi0602/latest/Index-by-Encoding: B, BL; ADRP; ADD immediate; loads and stores
_BRANCH = 0x7C000000, 0x14000000
_PAGE = 0x9F000000, 0x90000000
_OFFSETS = ((0x7F800000, 0x11000000), (0x3B000000, 0x39000000))


class Comparison:
    """Two programs of the same architecture, function by function."""

    def __init__(self, before: Image, after: Image) -> None:
        self._before, self._after = before, after
        self._left = BUDGET
        self.is_whole = True  # whether everything was looked at

    def changes(self) -> Iterator[FunctionChange]:
        """The functions that differ, by name."""
        old, new = self._before.symbols.functions(), self._after.symbols.functions()
        is_moved = self._before.symbols.table != self._after.symbols.table
        for name in sorted({*old, *new}):
            one, other = old.get(name), new.get(name)
            if one is None or other is None or one.size != other.size or self._is_other(one, other, is_moved=is_moved):
                yield FunctionChange(name, one.size if one else None, other.size if other else None)

    def _is_other(self, one: Symbol, other: Symbol, *, is_moved: bool) -> bool:
        first = self._before.loaded(one.address, one.size)
        second = self._after.loaded(other.address, other.size)
        if first == second:
            return False
        if self._left <= 0:
            self.is_whole = False
            return False
        match self._before.architecture:
            case "amd64" | "386":
                return not self._same_fields(first, second, one.address, other.address)
            case "arm64":
                return not self._same_words(first, second, one.address, other.address)
            case _:  # what differs without anything having moved is no address, or one of a text
                self.is_whole = self.is_whole and not is_moved
                return not is_moved

    def _same_fields(self, first: bytes, second: bytes, old: int, new: int) -> bool:
        """Whether all that differs are addresses of four bytes, relative or absolute, with the same meaning."""
        behind = 0
        for at in (index for index, (a, b) in enumerate(zip(first, second, strict=True)) if a != b):
            if at < behind:
                continue
            self._left -= 1
            starts = (start for start in (at, at - 1, at - 2, at - 3) if 0 <= start <= len(first) - 4)
            found = next((start for start in starts if self._is_field(first, second, start, (old, new))), None)
            if found is None:
                return False
            behind = found + 4
        return True

    def _is_field(self, first: bytes, second: bytes, start: int, places: tuple[int, int]) -> bool:
        one = int.from_bytes(first[start : start + 4], "little", signed=True)
        other = int.from_bytes(second[start : start + 4], "little", signed=True)
        for behind in _BEHIND:
            end = start + 4 + behind
            if self._same(places[0] + end + one, places[1] + end + other):
                return True
        return self._same(one & 0xFFFFFFFF, other & 0xFFFFFFFF)

    def _same_words(self, first: bytes, second: bytes, old: int, new: int) -> bool:
        """Whether all instructions that differ are branches to the same place, or name a page and an offset in it."""
        for at in range(0, len(first) - 3, 4):
            one, other = (int.from_bytes(text[at : at + 4], "little") for text in (first, second))
            if one == other:
                continue
            self._left -= 1
            if one & _BRANCH[0] == other & _BRANCH[0] == _BRANCH[1]:
                if (one ^ other) >> 26 or not self._same(old + at + _near(one), new + at + _near(other)):
                    return False
            elif not _is_page(one, other) and not any(_is_offset(one, other, *form) for form in _OFFSETS):
                return False
        return True

    def _same(self, old: int, new: int, depth: int = _DEPTH) -> bool:
        """Whether two addresses mean the same; a few symbols hold all texts, types and constants without a name."""
        one, other = self._before.symbols.at(old), self._after.symbols.at(new)
        if one is None or other is None or one.name != other.name:
            return False
        if old - one.address == new - other.address:
            return True
        if one.is_function:
            return False
        size = 1 if one.name == _TEXTS else _SAME_TARGET
        told = self._before.loaded(old, size), self._after.loaded(new, size)
        if not all(told):
            return False
        inner = [int.from_bytes(text[: self._before.headers.bits // 8], "little") for text in told]
        return told[0] == told[1] or (depth > 0 and self._same(inner[0], inner[1], depth - 1))


def _near(word: int) -> int:
    distance = word & 0x3FFFFFF
    return (distance - (1 << 26) if distance >> 25 else distance) * 4


def _is_page(one: int, other: int) -> bool:
    """ADRP into the same register."""
    return one & _PAGE[0] == other & _PAGE[0] == _PAGE[1] and (one ^ other) & 31 == 0


def _is_offset(one: int, other: int, mask: int, value: int) -> bool:
    """The same instruction with another offset of twelve bits."""
    return one & mask == other & mask == value and (one ^ other) & ~(0xFFF << 10) == 0
