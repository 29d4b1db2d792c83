"""Line edits between two states of a file, and their application. Lines end at a line feed and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from go_release_gate.model.finding import Edit

# Beyond this many pairs of lines one edit replaces the whole span: a smaller answer is not worth the minutes.
_PAIRS_LIMIT = 25_000_000


def edits_between(path: str, before: bytes | None, after: bytes) -> tuple[Edit, ...]:
    """The smallest line edits that turn `before` (None: no such file) into `after`, top to bottom."""
    old, new = _lines(before or b""), _lines(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    return tuple(
        Edit(path, head + low + 1, head + high, _text(middle_new[start:end]))
        for low, high, start, end in _spans(middle_old, middle_new)
    )


def apply_edits(before: bytes | None, edits: Iterable[Edit]) -> bytes:
    """Apply the edits of one file to its bytes; an edit given twice counts once.

    Raises ValueError where two edits overlap or one lies beyond the end of the file.
    """
    lines = _lines(before or b"")
    pending = sorted(set(edits), key=lambda edit: (edit.start_line, edit.end_line))
    _refuse_overlaps(pending, len(lines))
    for edit in reversed(pending):
        lines[edit.start_line - 1 : edit.end_line] = [edit.text.encode("utf-8", "surrogateescape")]
    return b"".join(lines)


def _refuse_overlaps(edits: list[Edit], count: int) -> None:
    reached = 0
    for edit in edits:
        if edit.start_line <= reached or edit.start_line > count + 1 or edit.end_line > count:
            raise ValueError(f"{edit.path}: the edit of lines {edit.start_line} to {edit.end_line} cannot be applied")
        reached = max(edit.end_line, edit.start_line - 1 if edit.end_line >= edit.start_line else edit.start_line)


def _spans(old: list[bytes], new: list[bytes]) -> Iterator[tuple[int, int, int, int]]:
    if len(old) * len(new) > _PAIRS_LIMIT:
        yield 0, len(old), 0, len(new)
        return
    for tag, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield low, high, start, end


def _common(one: list[bytes], other: list[bytes]) -> int:
    """How many lines both begin with."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    last = parts.pop()
    lines = [part + b"\n" for part in parts]
    return [*lines, last] if last else lines


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "surrogateescape")
