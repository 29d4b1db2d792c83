"""What a registry asks for before it answers: the header WWW-Authenticate. Pure.

RFC 9110, section 11.6.1 (https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1), read with patience: commas inside
quotes, missing quotes and several challenges in one header all occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LENGTH_LIMIT = 8192  # characters of one header
_SCHEME = re.compile(r"[ \t,]*([A-Za-z][A-Za-z0-9-]*)(?=[ \t,]|$)(?![ \t]*=)[ \t]*")
_PARAMETER = re.compile(r'[ \t,]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*))')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in: `scheme` in lower case (`basic`, `bearer`) and its parameters, names in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def realm(self) -> str:
        """For `bearer`, the address of the token service."""
        return self.parameters.get("realm", "")


def read(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """Every challenge of the headers, in their order; what cannot be read is left out."""
    found: list[Challenge] = []
    for header in headers:
        found += _read_one(header[:LENGTH_LIMIT])
    return tuple(found)


def _read_one(text: str) -> list[Challenge]:
    found: list[Challenge] = []
    position = 0
    while position < len(text):
        scheme = _SCHEME.match(text, position)
        if not scheme:
            break
        position, parameters = _parameters(text, scheme.end())
        found.append(Challenge(scheme[1].lower(), parameters))
    return found


def _parameters(text: str, position: int) -> tuple[int, dict[str, str]]:
    """The parameters from `position`, and where they end; the first of a name counts."""
    given: dict[str, str] = {}
    while (match := _PARAMETER.match(text, position)) is not None:
        value = match[3] if match[2] is None else _ESCAPED.sub(r"\1", match[2])
        given.setdefault(match[1].lower(), value)
        position = match.end()
    return position, given
