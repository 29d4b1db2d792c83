"""Sets of characters in JavaScript's regular expressions, and how a class of Python's `re` holds them."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.oci.javascript import SPACES

Ranges = tuple[tuple[int, int], ...]

NEVER, ANY = "(?!)", "(?s:.)"
WORD = "A-Za-z0-9_"
CLASSES: dict[str, Ranges] = {
    "d": ((0x30, 0x39),),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "s": tuple((ord(char), ord(char)) for char in sorted(SPACES)),
}
"""`\\d`, `\\w`, `\\s` (ECMA-262, 22.2.2.9): the first two are ASCII."""

_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands between the brackets of a class for several characters at once."""

    ranges: Ranges

    def __str__(self) -> str:
        return "".join(f"{written(chr(low))}-{written(chr(high))}" for low, high in self.ranges)


def written(member: str | Inside) -> str:
    """One character, or several, for the inside of a class: nothing in it has a meaning of its own."""
    return str(member) if isinstance(member, Inside) else f"\\U{ord(member):08x}"


def complement(ranges: Ranges) -> Ranges:
    """Every character that the sorted `ranges` lack."""
    starts = (0, *(high + 1 for _, high in ranges))
    ends = (*(low - 1 for low, _ in ranges), _LAST)
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)
