"""The order of label keys: JavaScript's localeCompare, as far as keys go.

It compares letters first, then accents, then case (lower before upper). The order of ASCII is that of the root
collation (https://www.unicode.org/charts/collation/); other letters stand behind it in the order of their numbers.
"""

from __future__ import annotations

import unicodedata

_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANK = {char: rank for rank, char in enumerate(_ORDER)}  # all below the numbers of other letters

Key = tuple[tuple[int, ...], tuple[tuple[int, ...], ...], tuple[bool, ...]]


def key(text: str) -> Key:
    """What to sort by. Control characters do not count."""
    letters: list[int] = []
    accents: list[tuple[int, ...]] = [()]
    cases: list[bool] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            accents[-1] += (ord(char),)
            continue
        for part in filter(_counts, char.casefold()):
            letters.append(_RANK.get(part, ord(part)))
            accents.append(())
            cases.append(part != char)
    return tuple(letters), tuple(accents), tuple(cases)


def _counts(char: str) -> bool:
    return char in _RANK or char.isprintable()
