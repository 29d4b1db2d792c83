"""The order of label keys: JavaScript's localeCompare, as far as keys go.

It compares letters first, then accents, then case (lower before upper). The order of ASCII is that of the root
collation (https://www.unicode.org/charts/collation/); other letters stand behind it in the order of their numbers.
"""

from __future__ import annotations

import unicodedata

_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANK = {char: rank for rank, char in enumerate(_ORDER, 1)}

Key = tuple[tuple[int, ...], tuple[tuple[int, ...], ...], tuple[int, ...]]


def key(text: str) -> Key:
    """What to sort by. Control characters do not count."""
    letters: list[int] = []
    accents: list[tuple[int, ...]] = []
    cases: list[int] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            if accents:
                accents[-1] += (ord(char),)
            continue
        for part in char.casefold():
            rank = _RANK.get(part, 0) or (len(_ORDER) + ord(part) if part > "\x7f" and part.isprintable() else 0)
            if rank:
                letters.append(rank)
                accents.append(())
                cases.append(int(part != char))
    return tuple(letters), tuple(accents), tuple(cases)
