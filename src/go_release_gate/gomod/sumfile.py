"""go.sum: https://go.dev/ref/mod#go-sum-files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from go_release_gate.gomod import version as versions
from go_release_gate.gomod.syntax import GO_SPACE, SyntaxProblemError, decode

_FIELDS = 3
_EMPTY_GO_MOD = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="  # Go drops lines with it
_SPACE = re.compile(f"[{GO_SPACE}]")
_UNUSUAL_SPACE = re.compile(f"[\x1c-\x1f{GO_SPACE[6:]}]")  # where str.split and Go do not agree, or not surely
_PROBLEMS = {
    "crlf": ("1 CRLF line ending", "CRLF line endings"),
    "order": ("1 line out of order", "lines out of order"),
    "duplicate": ("1 duplicate line", "duplicate lines"),
    "blank": ("1 blank line", "blank lines"),
    "spacing": ("odd spacing in 1 line", "lines with odd spacing"),
    "historic": ("1 hash of an empty go.mod, written by an old Go", "hashes of an empty go.mod, written by an old Go"),
    "malformed": ("1 malformed line", "malformed lines"),
    "final": ("no newline at the end", ""),
}


@dataclass(frozen=True, slots=True)
class SumLine:
    """`path version[/go.mod] hash`. `is_mod`: the hash is of the go.mod file alone."""

    path: str
    version: str  # without the suffix /go.mod
    is_mod: bool
    hash: str
    line: int


@dataclass(frozen=True, slots=True)
class SumFile:
    """A parsed go.sum, lines in file order (duplicates kept)."""

    lines: tuple[SumLine, ...]

    def content_hashes(self) -> dict[tuple[str, str], SumLine]:
        """The first line with a content (zip) hash of each (path, version)."""
        found: dict[tuple[str, str], SumLine] = {}
        for line in self.lines:
            if not line.is_mod:
                found.setdefault((line.path, line.version), line)
        return found


def parse(data: bytes) -> SumFile:
    """Parse go.sum. Raises SyntaxProblemError where Go would refuse the file.

    Blank lines say nothing, and Go passes over one historic hash (of an empty go.mod, once written in error).
    """
    lines: list[SumLine] = []
    for number, fields in _rows(decode(data)):
        if not fields:
            continue
        if len(fields) != _FIELDS:
            raise SyntaxProblemError(f"expected `module version hash`, found {len(fields)} fields", number)
        path, version, found = fields
        if found != _EMPTY_GO_MOD:
            is_mod = version.endswith("/go.mod")
            lines.append(SumLine(path, version[:-7] if is_mod else version, is_mod, found, number))
    return SumFile(tuple(lines))


def canonical(data: bytes) -> bytes:
    """The same sums as Go writes them: in the order of path, version, file and hash, each once, one space between the
    fields, LF at every end. Lines that are no sums are dropped, as `go mod tidy` drops them."""
    if not form_problems(data):
        return data
    rows = {tuple(fields) for _, fields in _rows(_text(data)) if _is_sum(fields)}
    lines = [" ".join(row) + "\n" for row in sorted(rows, key=_order)]
    return "".join(lines).encode("utf-8", "surrogateescape")


def form_problems(data: bytes) -> list[tuple[str, int | None]]:
    """How the file differs from its canonical form: words with a count, and the first line that shows it.

    Empty exactly when `canonical(data) == data`.
    """
    seen: set[str] = set()
    found: dict[str, list[int]] = {what: [] for what in _PROBLEMS}
    last: list[str] = []
    text = _text(data)
    raw = text.split("\n")
    for number, fields in _rows(text):
        line = raw[number - 1]
        if line.endswith("\r"):
            found["crlf"].append(number)
            line = line[:-1]
        plain = " ".join(fields)
        if plain != line:
            found["spacing"].append(number)
        if not _is_sum(fields):
            found[_fault(fields)].append(number)
        elif plain in seen:
            found["duplicate"].append(number)
        else:
            seen.add(plain)
            if last and not _ordered(last, fields):
                found["order"].append(number)
            last = fields
    if raw[-1]:
        found["final"].append(len(raw))
    return [(_words(what, len(lines)), lines[0]) for what, lines in found.items() if lines]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each line; what follows the final newline is no line."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    if _UNUSUAL_SPACE.search(text) is None:
        return enumerate(map(str.split, lines), 1)
    return enumerate(([part for part in _SPACE.split(line) if part] for line in lines), 1)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _is_sum(fields: list[str]) -> bool:
    return len(fields) == _FIELDS and fields[2] != _EMPTY_GO_MOD


def _fault(fields: list[str]) -> str:
    if not fields:
        return "blank"
    return "historic" if len(fields) == _FIELDS else "malformed"


def _ordered(before: list[str], after: list[str]) -> bool:
    """Whether two different lines stand in Go's order; the version's value matters only within one module."""
    if before[0] != after[0]:
        return before[0] < after[0]
    if before[1] == after[1]:
        return before[2] < after[2]
    return _order(before) < _order(after)


def _order(fields: Sequence[str]) -> tuple[str, versions.Key, str, str, str]:
    path, version, found = fields
    number, slash, file = version.partition("/")
    return path, versions.key(number), number, slash + file, found


def _words(what: str, count: int) -> str:
    one, many = _PROBLEMS[what]
    return one if count == 1 or not many else f"{count} {many}"
