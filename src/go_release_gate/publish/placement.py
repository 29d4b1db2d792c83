"""From the lines that were judged to the lines of the commit that findings are shown on.

A pull request's checkout is its merge with the base, while check run and review belong to its head commit: where the
two versions of a file differ, lines are mapped by their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from go_release_gate.adapters.github.pulls import PullFile
from go_release_gate.errors import UnavailableError
from go_release_gate.model.finding import Finding
from go_release_gate.publish.lines import blob_id, map_lines
from go_release_gate.report.placing import Placed

MOST_ASKED = 5  # files whose version in the head commit is asked of GitHub; further ones are shown at line 1

Read = Callable[[str], bytes | None]
Move = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Texts:
    """The two versions of a file, by its path; None: there is none.

    Attributes:
        judged: reads what was judged; None where nobody has it any more (a saved report).
        head: reads the head commit's; may raise UnavailableError. None where that is what was judged.
    """

    judged: Read | None = None
    head: Read | None = None


def place(findings: Iterable[Finding], files: Mapping[str, PullFile], texts: Texts) -> tuple[Placed, ...]:
    """Every finding at its lines in the head commit; without a line where that cannot be told.

    Args:
        files: the files that the pull request changes, with the blob each has in the head commit.
    """
    moves = _Moves(files, texts)
    return tuple(_placed(finding, *moves.of(finding.location.path)) for finding in findings)


def _placed(finding: Finding, move: Move, is_exact: bool) -> Placed:
    place = finding.location
    line = move(place.line) if place.line else None
    end = move(place.end_line) if place.end_line and line else None
    return Placed(finding, line, max(end, line) if end and line else line, is_exact=is_exact)


class _Moves:
    """How lines move, per file, each found out once."""

    def __init__(self, files: Mapping[str, PullFile], texts: Texts) -> None:
        self._files = files
        self._texts = texts
        self._known: dict[str, tuple[Move, bool]] = {}
        self._asked = 0

    def of(self, path: str) -> tuple[Move, bool]:
        """The move of a line of `path`, and whether the two versions are the same."""
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> tuple[Move, bool]:
        if self._texts.judged is None:
            return _stay, False
        if self._texts.head is None:
            return _stay, True
        judged = self._texts.judged(path)
        if judged is None:
            return _nowhere, False
        changed = self._files.get(path)
        if changed is not None and changed.blob == blob_id(judged):
            return _stay, True
        head = self._head(path)
        if head is None:
            return _nowhere, False
        return (_stay, True) if head == judged else (map_lines(judged, head), False)

    def _head(self, path: str) -> bytes | None:
        self._asked += 1
        if self._asked > MOST_ASKED or self._texts.head is None:
            return None
        try:
            return self._texts.head(path)
        except UnavailableError:
            return None


def _stay(line: int) -> int | None:
    return line


def _nowhere(_line: int) -> int | None:
    return None
