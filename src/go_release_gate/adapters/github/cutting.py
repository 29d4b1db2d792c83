"""Texts cut to what GitHub takes, and saying how much was cut. Pure.

Markdown is cut between lines alone: half a line could end inside a code span, and what the span kept asleep (a
mention, a link) would wake up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # str.splitlines would also split at characters that Markdown does not
_FENCE_END = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*$")


def encodable(text: str) -> str:
    """`text` without lone surrogates (bytes of a path that are no UTF-8), which no JSON parser has to take."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def cut_markdown(text: str, limit: int) -> str:
    """At most `limit` characters of Markdown: whole lines, open code blocks and `<details>` closed, and a note."""
    text = encodable(text)
    if len(text) <= limit:
        return text
    room = limit - len(_note(len(text), len(text))) - 2  # 2: the empty line before the note
    kept = _lines_that_fit(text, room)
    note = _note(len(text) - kept.length, len(text))
    return "\n\n".join(part for part in (text[: kept.length].rstrip("\n") + kept.closing, note) if part)


def cut_line(text: str, limit: int) -> str:
    """At most `limit` characters of plain text."""
    text = encodable(text)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def cut_plain(text: str, limit: int) -> str:
    """At most `limit` bytes of plain text, cut between lines where the last line allows, and a note."""
    data = encodable(text).encode()
    if len(data) <= limit:
        return data.decode()
    room = limit - len(_plain_note(len(data)))
    kept = data[:room].decode("utf-8", "ignore")
    whole_lines, newline, _ = kept.rpartition("\n")
    if newline:
        kept = whole_lines
    return kept + _plain_note(len(data) - len(kept.encode()))


def _note(missing: int, total: int) -> str:
    return f"*The rest does not fit here: {missing} of {total} characters were cut.*"


def _plain_note(missing: int) -> str:
    return f"\n... ({missing} more bytes were cut)"


@dataclass(frozen=True, slots=True)
class _Kept:
    """How much of a text stays, and what closes the blocks that are open there."""

    length: int
    closing: str


def _lines_that_fit(text: str, room: int) -> _Kept:
    best, length, blocks = _Kept(0, ""), 0, _Blocks()
    for line in _LINE.findall(text):
        length += len(line)
        if length > room:
            break
        blocks.pass_line(line.rstrip("\r\n"))
        closing = blocks.closing()
        if length + len(closing) <= room:
            best = _Kept(length, closing)
    return best


class _Blocks:
    """The code block and the `<details>` that are open after the lines passed so far."""

    def __init__(self) -> None:
        self._fence = ""
        self._details = 0

    def pass_line(self, line: str) -> None:
        """Take the next line."""
        if self._fence:
            end = _FENCE_END.match(line)
            if end and end[1].startswith(self._fence):
                self._fence = ""
        elif start := _FENCE.match(line):
            self._fence = start[1]
        else:
            bare = line.strip()
            opened = bare.startswith("<details")
            closed = bare.startswith("</details>") or bare.endswith("</details>")
            self._details = max(0, self._details + opened - closed)

    def closing(self) -> str:
        """What closes them, to be put behind the last line."""
        return (f"\n{self._fence}" if self._fence else "") + "\n\n</details>" * self._details
