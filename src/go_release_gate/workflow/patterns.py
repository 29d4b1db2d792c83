r"""Patterns that filter branches and tags: `*`, `**`, `?`, `+`, `[…]`, `\`, and `!` in front.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet: `*` takes
no `/`, `**` takes all, `?` and `+` repeat the character before them. Names are matched by walking all ways at once: the
time is bounded by the product of both lengths, whatever the pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

LENGTH_LIMIT = 512  # characters of a pattern or a name that are looked at

_Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Part:
    test: _Test
    is_optional: bool = False
    is_repeated: bool = False


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern (without `!`) matches the whole name."""
    parts = _parts(pattern[:LENGTH_LIMIT])
    states = _closure(parts, {0})
    for char in name[:LENGTH_LIMIT]:
        moved = set[int]()
        for state in states:
            if state < len(parts) and parts[state].test(char):
                moved.add(state + 1)
                if parts[state].is_repeated:
                    moved.add(state)
        states = _closure(parts, moved)
        if not states:
            return False
    return len(parts) in states


def selects(patterns: Iterable[str], name: str) -> bool:
    """Whether a list of patterns selects the name: the last one that matches decides, `!` takes back."""
    selected = False
    for pattern in patterns:
        body = pattern.removeprefix("!")
        if matches(body, name):
            selected = body == pattern
    return selected


def example(pattern: str) -> str:
    """A name the pattern matches, the one people think of (`v*` → `v1.2.3`); empty: none was found."""
    candidates = (_filled(pattern, "1.2.3"), _filled(pattern, "1"), _filled(pattern, "x"), "v1.2.3", "1.2.3", "main")
    return next((name for name in candidates if name and matches(pattern, name)), "")


def _filled(pattern: str, version: str) -> str:
    """The pattern with its first star as a version, digits for its classes, and no other stars."""
    name, is_filled = "", False
    for token in _tokens(pattern[:LENGTH_LIMIT]):
        if token in ("*", "**"):
            name += ("" if is_filled else version) if not name.endswith(".") else "1"
            is_filled = True
        elif len(token) > 1 and token[0] == "[":
            name += "1" if _class(token)("1") else token[1]
        elif token not in ("?", "+"):
            name += token[-1]
    return name


def _parts(pattern: str) -> list[_Part]:
    parts: list[_Part] = []
    for token in _tokens(pattern):
        if token in ("?", "+") and parts:
            last = parts.pop()
            parts.append(_Part(last.test, token == "?" or last.is_optional, token == "+" or last.is_repeated))
        elif token == "**":
            parts.append(_Part(lambda _: True, is_optional=True, is_repeated=True))
        elif token == "*":
            parts.append(_Part(lambda char: char != "/", is_optional=True, is_repeated=True))
        elif len(token) > 1 and token[0] == "[":
            parts.append(_Part(_class(token)))
        else:
            parts.append(_Part(token[-1].__eq__))
    if pattern.startswith("**/") and len(parts) > 1:
        parts[1] = _Part(parts[1].test, is_optional=True)  # `**/docs` takes `docs` too
    return parts


def _tokens(pattern: str) -> Iterator[str]:
    at = 0
    while at < len(pattern):
        end = at + 1
        if pattern.startswith("**", at) or (pattern[at] == "\\" and end < len(pattern)):
            end = at + 2
        elif pattern[at] == "[" and (close := pattern.find("]", at + 2)) > 0:
            end = close + 1
        yield pattern[at:end]
        at = end


def _class(token: str) -> _Test:
    body, ranges = token[1:-1], []
    is_negated = body.startswith(("!", "^")) and len(body) > 1
    body = body[1:] if is_negated else body
    at = 0
    while at < len(body):
        is_range = body[at + 1 : at + 2] == "-" and at + 2 < len(body)
        ranges.append((body[at], body[at + 2] if is_range else body[at]))
        at += 3 if is_range else 1
    return lambda char: char != "/" and any(low <= char <= high for low, high in ranges) is not is_negated


def _closure(parts: list[_Part], states: set[int]) -> set[int]:
    waiting, seen = list(states), set(states)
    while waiting:
        state = waiting.pop()
        if state < len(parts) and parts[state].is_optional and state + 1 not in seen:
            seen.add(state + 1)
            waiting.append(state + 1)
    return seen
