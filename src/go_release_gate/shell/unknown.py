"""What cannot be known from the text alone: why, and how it is written there.

An unknown part of a text is one character of Unicode's private area, a hole. So a name of which only the account is
secret passes through templates, shell words and the tag language, and comes out with its tag known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FIRST, _LAST = 0xE000, 0xF8FF
_HOLE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody can tell without running the workflow.

    Attributes:
        reason: why, as the end of a sentence (`secrets are only known while it runs`).
        text: as much of it as is known, what is not as it is written in the workflow.
    """

    reason: str
    text: str = ""


@dataclass(slots=True)
class Holes:
    """The holes made so far."""

    made: list[Unknown] = field(default_factory=list)

    def mark(self, reason: str, text: str) -> str:
        """A hole that stands for `text`."""
        if _FIRST + len(self.made) <= _LAST:
            self.made.append(Unknown(reason, text))
        return chr(_FIRST + len(self.made) - 1)

    def shown(self, text: str) -> str:
        """The text with what is written in the workflow in place of each hole."""
        return _HOLE.sub(lambda hole: self._at(hole[0]).text, text)

    def reason(self, text: str) -> str:
        """Why the first hole of the text is one."""
        hole = _HOLE.search(text)
        return self._at(hole[0]).reason if hole else ""

    def result(self, text: str) -> str | Unknown:
        """The text where it has no hole, else what is known of it."""
        return Unknown(self.reason(text), self.shown(text)) if has_hole(text) else text

    def _at(self, hole: str) -> Unknown:
        index = ord(hole) - _FIRST
        return self.made[index] if index < len(self.made) else Unknown("not told", "?")


def has_hole(text: str) -> bool:
    """Whether a part of the text is unknown."""
    return _HOLE.search(text) is not None
