"""A Dockerfile's text cut into lines as Docker joins them: continued lines are one, comments between them are left out.

https://docs.docker.com/reference/dockerfile/#parser-directives, and for what it does not say BuildKit's own parser:
https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/parser/parser.go
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

TEXT_LIMIT = 1 << 20  # characters of a file
LINE_LIMIT = (64 << 10) - 1  # bytes of one line: Docker refuses more (bufio.MaxScanTokenSize)
COUNT_LIMIT = 20_000  # lines of a file

# What Go's unicode.IsSpace takes for white space; str.strip() takes more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"

_DIRECTIVE = re.compile(r"#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=(.*)")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})


class InvalidDockerfileError(ValueError):
    """A text that Docker refuses, or that is too large to be read; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Joined:
    """A line as Docker sees it: its text, the physical lines it stands on, and where each part of it stands.

    `starts`: triples (offset in `text`, line, column).
    """

    text: str
    line: int
    end_line: int
    starts: tuple[tuple[int, int, int], ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        at, line, column = self.starts[self.start_of(offset)]
        return line, column + offset - at

    def start_of(self, offset: int) -> int:
        """Which of `starts` a character belongs to."""
        return max(bisect_right(self.starts, (offset, 1 << 62, 0)) - 1, 0)


@dataclass(slots=True)
class Lines:
    """The physical lines of a text, read once from top to bottom. `escape`: the line continuation character."""

    physical: list[str]
    escape: str = "\\"
    directives: dict[str, str] = field(default_factory=dict)
    at: int = 0
    _is_top: bool = True

    def joined(self) -> Iterator[Joined]:
        """The lines that hold instructions. Bodies of here-documents must be taken by `body` between two of them.

        Raises:
            InvalidDockerfileError: a directive twice, or an escape character that is none.
        """
        while self.at < len(self.physical):
            number, raw = self.at + 1, self.physical[self.at]
            self.at += 1
            bare = raw.rstrip("\r\n").lstrip(SPACES)
            self._directive(bare, number)
            if not bare or bare[0] == "#":
                continue
            yield self._continued(bare, number, raw.index(bare) + 1)

    def body(self, name: str, *, is_chomped: bool) -> tuple[str, int] | None:
        """The lines up to a here-document's end, and the number of the first; None where it does not end."""
        first = self.at + 1
        while self.at < len(self.physical):
            bare = self.physical[self.at].rstrip("\r\n")
            self.at += 1
            if (bare.lstrip("\t") if is_chomped else bare) == name:
                return "".join(self.physical[first - 1 : self.at - 1]), first
        return None

    def _continued(self, bare: str, number: int, column: int) -> Joined:
        text, is_end = self._cut(bare)
        parts, starts, length = [text], [(0, number, column)], len(text)
        while not is_end and self.at < len(self.physical):
            raw = self.physical[self.at].rstrip("\r\n")
            self.at += 1
            if not (stripped := raw.lstrip(SPACES)) or stripped[0] == "#":
                continue
            text, is_end = self._cut(raw)
            starts.append((length, self.at, 1))
            parts.append(text)
            length += len(text)
        return Joined("".join(parts), number, self.at, tuple(starts))

    def _cut(self, line: str) -> tuple[str, bool]:
        """The line without its continuation character, and whether it has none. A doubled one does not count."""
        bare = line.rstrip(" \t")
        if not bare.endswith(self.escape) or bare[-2:-1] == self.escape:
            return line, True
        return bare[:-1], False

    def _directive(self, line: str, number: int) -> None:
        """Take a parser directive; the first line that is none ends them."""
        match = _DIRECTIVE.match(line) if self._is_top else None
        value = match[2].strip("\t\n\f\r ") if match else ""
        name = match[1].lower() if match else ""
        if not value or name not in _DIRECTIVES:
            self._is_top = False
            return
        if name in self.directives:
            raise InvalidDockerfileError(number, f"only one {name} parser directive can be used")
        self.directives[name] = value
        if name == "escape":
            if value not in ("\\", "`"):
                raise InvalidDockerfileError(number, "the escape directive takes a backslash or a backtick")
            self.escape = value


def physical(text: str) -> list[str]:
    """The lines of a text with their ends; a byte order mark in front is left out.

    Raises:
        InvalidDockerfileError: more text than is read.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidDockerfileError(1, f"{len(text):,} characters are more than the {TEXT_LIMIT:,} that are read")
    found = text.removeprefix("\ufeff").split("\n")
    lines = [f"{line}\n" for line in found[:-1]] + [line for line in found[-1:] if line]
    if len(lines) > COUNT_LIMIT:
        raise InvalidDockerfileError(1, f"{len(lines):,} lines are more than the {COUNT_LIMIT:,} that are read")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LIMIT or len(line.encode("utf-8", "replace")) > LINE_LIMIT:
            raise InvalidDockerfileError(number, f"a line has more than {LINE_LIMIT:,} bytes")
    return lines
