"""In words, how a go.mod differs in form alone from what `go mod tidy` leaves: line endings, spacing, order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Problem = tuple[str, int | None]
_NOISE = str.maketrans("", "", ' \t\r\v\f"`')  # what two spellings of one line may differ in


def form_problems(before: bytes, after: bytes) -> list[Problem]:
    """What differs between two files that say the same: words with a count, and the first line in `before`.

    Empty exactly when the two are equal.
    """
    if before == after:
        return []
    old, new = _lines(before), _lines(after)
    found = [*_line_endings(before, after), *_wording(old, new), *_arrangement(old, new)]
    if before and not before.endswith(b"\n") and after.endswith(b"\n"):
        found.append(("no newline at the end", len(old)))
    return found or [("another form", _first_difference(old, new))]


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", "replace").split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _line_endings(before: bytes, after: bytes) -> list[Problem]:
    count = before.count(b"\r\n") - after.count(b"\r\n")
    if count <= 0:
        return []
    return [(_count(count, "CRLF line ending"), before[: before.index(b"\r\n")].count(b"\n") + 1)]


def _wording(old: list[str], new: list[str]) -> list[Problem]:
    """Lines that `new` spells otherwise: needless quotes, odd spacing."""
    kept = set(new)
    spelled = {_squeeze(line): line for line in new}
    quotes: list[int] = []
    spacing: list[int] = []
    for number, line in enumerate(old, 1):
        other = spelled.get(_squeeze(line)) if line.strip() and line not in kept else None
        if other is not None:
            (quotes if line.count('"') != other.count('"') else spacing).append(number)
    found = [(_count(len(spacing), "line") + " with odd spacing", spacing[0])] if spacing else []
    return [*found, (_count(len(quotes), "line") + " with needless quotes", quotes[0])] if quotes else [*found]


def _arrangement(old: list[str], new: list[str]) -> list[Problem]:
    """Duplicates, order and grouping of the lines that say something, and blank lines between them."""
    before = [(number, _squeeze(line)) for number, line in enumerate(old, 1) if line.strip()]
    after = [_squeeze(line) for line in new if line.strip()]
    if [line for _, line in before] == after:
        is_blank, will_be = [not line.strip() for line in old], [not line.strip() for line in new]
        return [("blank lines", _first_difference(is_blank, will_be))] if is_blank != will_be else []
    twice = _duplicates(before, after)
    rest = [(number, line) for number, line in before if number not in twice]
    found: list[Problem] = [(_count(len(twice), "duplicate line"), twice[0])] if twice else []
    if [line for _, line in rest] != after:
        place = _first_difference([line for _, line in rest], after)
        found.append(("order or grouping of lines", rest[place - 1][0] if place <= len(rest) else max(len(old), 1)))
    return found


def _duplicates(before: list[tuple[int, str]], after: list[str]) -> list[int]:
    """Lines that say again what an earlier line said, where `after` says it fewer times."""
    left = Counter(after)
    seen: set[str] = set()
    found: list[int] = []
    for number, line in before:
        if line in seen and not left[line]:
            found.append(number)
        left[line] -= 1 if left[line] else 0
        seen.add(line)
    return found


def _first_difference(old: Sequence[object], new: Sequence[object]) -> int:
    """Number from 1 of the first item in which two lists differ, within `old` where it has any."""
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return max(min(same + 1, len(old)), 1)


def _squeeze(line: str) -> str:
    return line.translate(_NOISE)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
