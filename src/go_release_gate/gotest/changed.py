"""Which lines of a file are new since another version of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from go_release_gate.model.edits import edits_between


def changed_lines(before: bytes | None, after: bytes) -> frozenset[int]:
    """Lines of `after` that `before` (None: no such file) does not have there, from 1."""
    found: set[int] = set()
    shift = 0
    for edit in edits_between("", before, after):
        added = _count(edit.text)
        first = edit.start_line + shift
        found.update(range(first, first + added))
        shift += added - (edit.end_line - edit.start_line + 1)
    return frozenset(found)


def runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The lines as pairs of first and last."""
    first = last = -1
    for line in sorted(lines):
        if line == last + 1:
            last = line
            continue
        if first > 0:
            yield first, last
        first = last = line
    if first > 0:
        yield first, last


def _count(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))
