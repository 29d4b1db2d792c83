"""Lines of one version of a file found again in another, and the name git gives to a file's content. Pure."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator

from go_release_gate.model.edits import edits_between
from go_release_gate.model.finding import Edit


def map_lines(judged: bytes, head: bytes) -> Callable[[int], int | None]:
    """A function from a line of `judged` (from 1) to the line of `head` that it is, None where it has none.

    A line is the same one when it says the same and stands in the same order among those that both versions have.
    In very large files that differ much, only the lines before the first and after the last difference are known.
    """
    runs = list(_equal_runs(edits_between("", judged, head), _count(judged)))
    starts = [start for start, _, _ in runs]

    def move(line: int) -> int | None:
        place = bisect_right(starts, line) - 1
        if place < 0:
            return None
        start, end, shift = runs[place]
        return line + shift if start <= line <= end else None

    return move


def blob_id(data: bytes) -> str:
    """The id that git gives to a file's content, with which GitHub's file lists name it."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _equal_runs(edits: tuple[Edit, ...], count: int) -> Iterator[tuple[int, int, int]]:
    """First and last line of what stands between the edits, and how far it moves."""
    start, shift = 1, 0
    for edit in edits:
        yield start, edit.start_line - 1, shift
        removed = edit.end_line - edit.start_line + 1
        start, shift = edit.end_line + 1, shift + _count(edit.text.encode("utf-8", "surrogateescape")) - removed
    yield start, count, shift


def _count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and data != b"")
