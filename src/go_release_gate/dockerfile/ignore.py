"""What a `.dockerignore` keeps out of the build context.

https://docs.docker.com/build/concepts/context/#dockerignore-files, with the answers of
https://github.com/moby/patternmatcher/blob/main/patternmatcher.go: the last pattern that matches a path or one of its
directories decides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

PATTERN_LIMIT = 1_000  # patterns of a file that count
LENGTH_LIMIT = 256  # characters of a pattern that is read


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: `text` without `!` and slashes in front; `line` counts from 1."""

    text: str
    is_exception: bool
    line: int


def read_patterns(text: str) -> tuple[Pattern, ...]:
    """The patterns of an ignore file, in order."""
    found: list[Pattern] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#") or not line:
            continue
        is_exception = line.startswith("!")
        clean = posixpath.normpath(line[1:].strip() if is_exception else line).replace("//", "/").lstrip("/")
        if clean and len(clean) <= LENGTH_LIMIT:
            found.append(Pattern(clean, is_exception, number))
    return tuple(found[:PATTERN_LIMIT])


def is_ignored(patterns: Sequence[Pattern], path: str) -> bool:
    """Whether a path (relative to the context, `/` between its parts) is kept out of it."""
    parts = posixpath.normpath(path).split("/")
    names = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    is_out = False
    for pattern in patterns:
        if pattern.is_exception is is_out and any(matches(pattern.text, name) for name in names):
            is_out = not pattern.is_exception
    return is_out


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a whole path: `*` and `?` within a part, `**` over any number of parts."""
    parts, names = tuple(pattern.split("/")), path.split("/")
    reached = {0}
    for index, part in enumerate(parts):
        if not reached:
            return False
        if part == "**":
            least = min(reached) + (index == len(parts) - 1)  # `dir/**` is what lies in it
            reached = set(range(least, len(names) + 1))
        else:
            expression = _expression(part)
            reached = {at + 1 for at in reached if at < len(names) and expression and expression.fullmatch(names[at])}
    return len(names) in reached


@lru_cache(maxsize=4096)
def _expression(part: str) -> re.Pattern[str] | None:
    """A part of a pattern as an expression; a star never gives back what it took in vain (atomic groups need 3.11)."""
    pieces: list[str] = []
    at = 0
    while at < len(part):
        char = part[at]
        if char == "*":
            at += 1
            while part[at : at + 1] == "*":
                at += 1
            pieces.append("*")
            continue
        if char == "[" and (end := part.find("]", at + 2)) > 0:
            pieces.append(_class(part[at + 1 : end]))
            at = end + 1
            continue
        if char == "\\" and at + 1 < len(part):
            at += 1
            char = re.escape(part[at])
        else:
            char = "[^/]" if char == "?" else re.escape(char)
        pieces.append(char)
        at += 1
    return _compiled(pieces)


def _class(inside: str) -> str:
    is_negated = inside.startswith("^")
    body = re.sub(r"[\\\[^&~|]", r"\\\g<0>", inside.removeprefix("^"))
    return f"[{'^/' if is_negated else ''}{body}]"


def _compiled(pieces: list[str]) -> re.Pattern[str] | None:
    """Runs between stars are found one after the other, each as early as it can be: no going back."""
    runs: list[str] = [""]
    for piece in pieces:
        if piece == "*":
            runs.append("")
        else:
            runs[-1] += piece
    first, *middle = runs
    last = middle.pop() if middle else None
    text = first + "".join(f"(?>.*?{run})" for run in middle if run) + (f".*{last}" if last is not None else "")
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        return None
