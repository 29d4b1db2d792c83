"""The two passes of reading a list: a text to lines (`entries_of`), a line to fields (`fields_of`).

Both are CSV. The first pass is lenient and knows comments: it takes quotes off, so that a quoted field with a comma
reaches the second pass bare; only doubled quotes survive. The second pass is strict. That is how the peer reads, and
why what looks quoted is cut at its comma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.oci.javascript import SPACES
from go_release_gate.oci.tags.refusal import RefusedInputError

_QUOTE = '"'
_SPECIAL = re.compile('["#\r]')
_RECORD_ENDS = ("\r\n", "\n", "\r")


@dataclass(frozen=True, slots=True)
class ListLine:
    """One entry of a list: its text, trimmed, and the line it begins at, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Row:
    fields: tuple[str, ...]
    start: int


def trim(text: str) -> str:
    """String.prototype.trim."""
    return text.strip(SPACES)


def entries_of(text: str, name: str) -> list[ListLine]:
    """The entries of the input `name`: one per line, commas kept; `#` is a comment only where it starts a line.

    Raises RefusedInputError for a quote that is never closed.
    """
    body = trim(text)
    offset = len(text) - len(text.lstrip(SPACES))
    try:
        rows = _Reader(body, lenient=True).rows()
    except RefusedInputError as error:
        raise error.at(name, _line_at(text, offset)) from None
    joined = [(",".join(row.fields), row.start) for row in rows]
    return [ListLine(trim(entry), _line_at(text, offset + start)) for entry, start in joined if entry]


def fields_of(entry: ListLine, name: str) -> tuple[str, ...]:
    """The fields of an entry, split on commas, not trimmed; of an entry with line feeds the first line's alone.

    Raises RefusedInputError for a misplaced quote, and for an entry without any character.
    """
    try:
        rows = _Reader(entry.text, lenient=False).rows()
    except RefusedInputError as error:
        raise error.at(name, entry.line) from None
    if not rows:
        raise RefusedInputError("a line of white space alone", "remove it", name=name, line=entry.line)
    return rows[0].fields


def _line_at(text: str, position: int) -> int:
    before = text[:position]
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def _plain_rows(text: str) -> list[_Row]:
    """The rows of a text with nothing in it but commas and line feeds."""
    rows, start = [], 0
    for line in text.split("\n"):
        if line:
            rows.append(_Row(tuple(line.split(",")), start))
        start += len(line) + 1
    return rows


class _Reader:
    """CSV as csv-parse 7 reads it: the first line end that is seen outside quotes is the only one there is.

    Args:
        lenient: whether a quote in the wrong place is an ordinary character, and `#` begins a comment.
    """

    def __init__(self, text: str, *, lenient: bool) -> None:
        self._text = text
        self._lenient = lenient
        self._end = ""
        self._at = self._start = 0
        self._field = ""
        self._fields: list[str] = []
        self._rows: list[_Row] = []
        self._quoting = self._was_quoted = self._commenting = False

    def rows(self) -> list[_Row]:
        """All rows."""
        if not _SPECIAL.search(self._text):
            return _plain_rows(self._text)
        while self._at < len(self._text):
            self._step(self._text[self._at])
        if self._quoting:
            raise RefusedInputError(
                'a quote (") is opened and never closed', 'close it, or write """ for a literal one'
            )
        if not self._is_blank():
            self._end_row(0)
        return self._rows

    def _step(self, char: str) -> None:
        if char == _QUOTE and self._quote():
            return
        if not self._quoting:
            length = self._record_end(self._at)
            if length:
                self._end_line(length)
                return
            if self._commenting or self._begins_comment(char):
                self._commenting = True
                self._at += 1
                return
            if char == ",":
                self._end_field()
                self._at += 1
                return
        self._field += char
        self._at += 1

    def _quote(self) -> bool:
        """Deal with a quote; False: it is an ordinary character."""
        if self._commenting:
            return False
        if not self._quoting:
            return self._open()
        following = self._text[self._at + 1 : self._at + 2]
        if following == _QUOTE:
            self._field += _QUOTE
            self._at += 2
            return True
        if following in ("", "\0", ",") or self._record_end(self._at + 1) or (self._lenient and following == "#"):
            self._quoting, self._was_quoted = False, True
            self._at += 1
            return True
        if not self._lenient:
            raise RefusedInputError(
                f'a closing quote (") is followed by {following!r}, expected a comma or the end of the line',
                'quotes go around a whole field, doubled in this input: """key=a,b"""',
            )
        self._quoting, self._was_quoted = False, True
        self._field = _QUOTE + self._field
        return False

    def _open(self) -> bool:
        if not self._field:
            self._quoting = True
            self._at += 1
            return True
        if not self._lenient:
            raise RefusedInputError(
                f'a quote (") inside the field {self._field!r}', 'quotes go around a whole field: """key=a,b"""'
            )
        return False

    def _record_end(self, position: int) -> int:
        """Length of the line end at `position`, 0: none."""
        ends = (self._end,) if self._end else _RECORD_ENDS
        found = next((end for end in ends if self._text.startswith(end, position)), "")
        self._end = self._end or found
        return len(found)

    def _begins_comment(self, char: str) -> bool:
        return self._lenient and char == "#" and not self._fields and not self._field

    def _is_blank(self) -> bool:
        return not (self._was_quoted or self._fields or self._field)

    def _end_line(self, length: int) -> None:
        if self._is_blank():
            self._at += length
            self._start = self._at
            self._commenting = False
        else:
            self._end_row(length)

    def _end_row(self, length: int) -> None:
        self._end_field()
        self._rows.append(_Row(tuple(self._fields), self._start))
        self._fields = []
        self._commenting = False
        self._at += length
        self._start = self._at

    def _end_field(self) -> None:
        self._fields.append(self._field)
        self._field, self._was_quoted = "", False
