"""The patterns of `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/word}`: `*`, `?`, and escapes.

https://github.com/moby/buildkit/blob/v0.26.3/frontend/dockerfile/shell/lex.go; no regular expression is made of them,
so that no pattern can take long.
"""

from __future__ import annotations

LENGTH_LIMIT = 512  # characters of a value or a pattern

_ANY, _ONE = "any", "one"  # longer than any literal character


def trimmed(value: str, pattern: str, *, is_prefix: bool, is_longest: bool) -> str | None:
    """The value without what the pattern matches at its begin or end; None: a pattern that is not read."""
    tokens = _tokens(pattern)
    if tokens is None or len(value) > LENGTH_LIMIT:
        return None
    if not is_prefix:
        value, tokens = value[::-1], tokens[::-1]
    ends = _ends(tokens, value, 0)
    if ends:
        value = value[max(ends) if is_longest else min(ends) :]
    return value if is_prefix else value[::-1]


def replaced(value: str, pattern: str, replacement: str, *, is_all: bool) -> str | None:
    """The value with the first (or each) longest match replaced; None: a pattern that is not read."""
    tokens = _tokens(pattern)
    if tokens is None or len(value) > LENGTH_LIMIT or not any(token != _ANY for token in tokens) or "$" in replacement:
        return None
    parts: list[str] = []
    at = 0
    while at < len(value):
        ends = _ends(tokens, value, at)
        if not ends:
            parts.append(value[at])
            at += 1
            continue
        parts.append(replacement)
        at = max(ends)
        if not is_all:
            break
    return "".join(parts) + value[at:]


def _tokens(pattern: str) -> list[str] | None:
    if len(pattern) > LENGTH_LIMIT:
        return None
    found: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        following = pattern[at + 1 : at + 2]
        at += 1
        if char != "\\":
            found.append({"*": _ANY, "?": _ONE}.get(char, char))
        elif not following or following not in "}/*?\\":
            return None
        else:
            found.append(following)
            at += 1
    return found


def _ends(tokens: list[str], value: str, start: int) -> set[int]:
    """Where a match that begins at `start` can end."""
    reached = {start}
    for token in tokens:
        if token == _ANY:
            reached = set(range(min(reached), len(value) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(value) and token in (_ONE, value[at])}
        if not reached:
            break
    return reached
