"""Coverage profiles, summed as `go tool cover -func` sums them.

https://pkg.go.dev/golang.org/x/tools/cover#ParseProfiles

`go tool cover -func` counts the blocks inside declared functions: function literals of variables are left out there
and here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.gomod.gotokens import Kind, Lines, tokens

_LINE = re.compile(r"^(.+):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)$")
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_PACKAGE = re.compile(rb"^package\s", re.MULTILINE)
_FRAME_ONLY = re.compile(r"^(?:[\s{}()\[\];,]*|\s*(?://.*|\}?\s*else\s*\{?))$")


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A run of statements: first and last line with columns, how many statements, how often they ran."""

    start: tuple[int, int]
    end: tuple[int, int]
    statements: int
    count: int


@dataclass(frozen=True, slots=True)
class Covered:
    """So many of so many (statements, or lines)."""

    covered: int = 0
    total: int = 0

    @property
    def percent(self) -> float:
        """In percent; nothing of nothing is everything."""
        return 100.0 * self.covered / self.total if self.total else 100.0

    def __add__(self, other: Covered) -> Covered:
        return Covered(self.covered + other.covered, self.total + other.total)


def parse(text: str) -> dict[str, tuple[Block, ...]]:
    """File as Go names it → its blocks, in order; a block that several runs tell of is one.

    Raises ValueError for a line that is none of a profile.
    """
    found: dict[str, dict[tuple[tuple[int, int], tuple[int, int], int], int]] = {}
    for line in text.splitlines():
        if line.startswith("mode: ") or not line:
            continue
        match = _LINE.match(line)
        if match is None:
            raise ValueError(f"{line[:80]!r} is no line of a coverage profile")
        start, end = (int(match[2]), int(match[3])), (int(match[4]), int(match[5]))
        blocks = found.setdefault(match[1], {})
        key = (start, end, int(match[6]))
        blocks[key] = blocks.get(key, 0) + int(match[7])
    return {file: tuple(sorted(Block(*key, count) for key, count in blocks.items())) for file, blocks in found.items()}


def write(files: Mapping[str, Sequence[Block]], mode: str = "atomic") -> str:
    """The profile of those files."""
    lines = [f"mode: {mode}"]
    for file, blocks in sorted(files.items()):
        lines += [
            f"{file}:{one.start[0]}.{one.start[1]},{one.end[0]}.{one.end[1]} {one.statements} {one.count}"
            for one in blocks
        ]
    return "\n".join([*lines, ""])


def covered(blocks: Iterable[Block], extents: Iterable[Block] | None = None) -> Covered:
    """How many statements ran. `extents`: count only blocks that touch one of these (see `functions`)."""
    if extents is None:
        counted = list(blocks)
    else:
        blocks = tuple(blocks)
        counted = [one for extent in extents for one in blocks if one.start < extent.end and one.end > extent.start]
    return Covered(sum(one.statements for one in counted if one.count), sum(one.statements for one in counted))


def is_generated(source: bytes) -> bool:
    """Whether the file says so before its package clause: https://go.dev/s/generatedcode."""
    clause = _PACKAGE.search(source)
    return _GENERATED.search(source[: clause.start()] if clause else source) is not None


def functions(source: bytes) -> tuple[Block, ...]:
    """From where to where each declared function goes, `func` to its last brace, columns in bytes from 1."""
    lines, found = _Places(source), []
    depth, start, was_end = 0, -1, True
    for token in tokens(source):
        if token.kind is Kind.SIGN and token.text in "([{":
            depth += 1
        elif token.kind is Kind.SIGN and token.text in ")]}":
            depth -= 1
            if depth == 0 and token.text == "}" and start >= 0:
                found.append(Block(lines.of(start), lines.of(token.offset + 1), 0, 0))
                start = -1
        elif depth == 0 and was_end and token.kind is Kind.NAME:
            start = token.offset if token.text == "func" else -1
        was_end = depth == 0 and (token.kind is Kind.END or token.text == ";")
    return tuple(found)


def lines_of(blocks: Sequence[Block], source: bytes) -> dict[int, bool]:
    """Line → whether it ran, for lines with statements: a line runs when any block on it does."""
    text = source.decode("utf-8", "replace").split("\n")
    found: dict[int, bool] = {}
    for one in blocks:
        if not one.statements:
            continue
        for line in range(one.start[0], one.end[0] + 1):
            says = text[line - 1] if line <= len(text) else ""
            if line == one.start[0]:  # what stands before the block is not its own
                says = says.encode()[one.start[1] - 1 :].decode("utf-8", "replace")
            if not _FRAME_ONLY.match(says):
                found[line] = found.get(line, False) or one.count > 0
    return found


class _Places:
    """Offset → (line, column), both from 1."""

    def __init__(self, source: bytes) -> None:
        source = source.removeprefix(b"\xef\xbb\xbf")
        self._lines = Lines(source)
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", source))]

    def of(self, offset: int) -> tuple[int, int]:
        line = self._lines.of(offset)
        return line, offset - self._starts[line - 1] + 1
