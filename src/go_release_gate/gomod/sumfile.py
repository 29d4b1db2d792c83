"""go.sum: https://go.dev/ref/mod#go-sum-files."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Parse go.sum. Raises SyntaxProblemError where Go would refuse the file."""
    raise NotImplementedError
