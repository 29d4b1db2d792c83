"""The words of Go source: https://go.dev/ref/spec#Lexical_elements. Comments are left out, nothing raises.

Of a broken file come the words up to the fault and behind it, as well as they can be told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from go_release_gate.gomod import quoting


class Kind(Enum):
    """What a word is. `END`: the semicolon that a line break stands for."""

    NAME, STRING, NUMBER, RUNE, SIGN, END = range(6)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `offset` in bytes."""

    kind: Kind
    text: str
    offset: int

    @property
    def value(self) -> str | None:
        """What a string literal holds; None: it is none, or none that can be read."""
        return quoting.unquote(self.text) if self.kind is Kind.STRING else None


_IDENT = rb"[A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*+"
_WORD = re.compile(
    rb"(?P<break>\n)|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))"
    rb"|(?P<string>\"(?:[^\"\\\n]|\\[^\n])*+\"|`[^`]*+`)|(?P<rune>'(?:[^'\\\n]|\\[^\n])*+')"
    rb"|(?P<name>" + _IDENT + rb")|(?P<number>\.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.])*+)"
    rb"|(?P<sign>:=|\+\+|--|[^\s])"
)
_KINDS = {"string": Kind.STRING, "rune": Kind.RUNE, "name": Kind.NAME, "number": Kind.NUMBER, "sign": Kind.SIGN}
_CLOSING = frozenset({")", "]", "}", "++", "--"})
_KEYWORDS = frozenset(
    (
        "case", "chan", "const", "default", "defer", "else", "for", "func", "go", "goto", "if", "import", "interface",
        "map", "package", "range", "select", "struct", "switch", "type", "var",
    )
)  # fmt: skip


def tokens(data: bytes) -> Iterator[Token]:
    """The words of a file, and the semicolons its line breaks stand for."""
    ends = False
    for match in _WORD.finditer(data.removeprefix(b"\xef\xbb\xbf")):
        group = match.lastgroup or ""
        if group == "comment":
            if b"\n" not in match[0]:
                continue
            group = "break"
        if group == "break":
            if ends:
                yield Token(Kind.END, ";", match.start())
            ends = False
            continue
        token = Token(_KINDS[group], match[0].decode("utf-8", "replace"), match.start())
        ends = _ends_line(token)
        yield token


def _ends_line(token: Token) -> bool:
    if token.kind is Kind.NAME:
        return token.text not in _KEYWORDS
    return token.kind is not Kind.SIGN or token.text in _CLOSING


class Lines:
    """Line numbers of offsets."""

    def __init__(self, data: bytes) -> None:
        self._breaks = [match.start() for match in re.finditer(rb"\n", data.removeprefix(b"\xef\xbb\xbf"))]

    def of(self, offset: int) -> int:
        """The line, counted from 1."""
        return bisect_right(self._breaks, offset - 1) + 1
