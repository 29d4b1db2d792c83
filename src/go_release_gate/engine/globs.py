"""Globs over directories of the repository: `*`, `?`, `[…]` within a name, `**` across names.

A glob that names a folder matches it and all below (CONTRACT.md); so `examples`, `examples/` and `examples/**` say the
same. Paths are relative to the root, with `/`; `.` is the root.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from go_release_gate.errors import UsageError

_CLASS = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """A predicate over directories: whether any of `globs` names the directory or one above it.

    Raises:
        UsageError: a glob that can never match, as it is empty, absolute or leaves the root.
    """
    patterns = [_pattern(glob) for glob in globs]
    if not patterns:
        return lambda _directory: False
    match = re.compile("|".join(patterns), re.DOTALL).fullmatch
    return lambda directory: match(directory) is not None


def _pattern(glob: str) -> str:
    parts = [part for part in glob.split("/") if part not in ("", ".")]
    if not glob.strip() or glob.startswith("/") or ".." in parts:
        raise UsageError(f"glob {glob!r} can match nothing", "globs are relative to the root of the repository")
    parts = [
        part for part, following in zip(parts, [*parts[1:], "**"], strict=False) if (part, following) != ("**", "**")
    ]
    if not parts:
        return ".*"  # the root and all below
    runs = [""]  # what stands between one `**` and the next
    for part in parts[:-1]:
        if part == "**":
            runs.append("")
        else:
            runs[-1] += element(part) + "/"
    runs[-1] += element(parts[-1]) + "(?:/.*)?"
    return joined(runs, "(?:[^/]+/)*")


def joined(runs: list[str], gap: str) -> str:
    """Regular expressions with `gap`, any number of what it repeats, between them.

    The first place where a run fits is as good as any later one unless it is the last, so none but the last is
    tried again: a glob of many stars, which a pull request may bring, takes no more time than others.
    """
    first, *others = runs
    if not others:
        return first
    return first + "".join(f"(?>{gap}?{run})" for run in others[:-1]) + gap + others[-1]


def element(part: str) -> str:
    """Regular expression of one path element. No wildcard takes `.`, the root's own name."""
    part, at = re.sub(r"\*+", "*", part), 0
    runs = [r"(?!\.(?:/|\Z))"]
    while at < len(part):
        char = part[at]
        found = _CLASS.match(part, at) if char == "[" else None
        if found:
            runs[-1] += _class(found)
        elif char == "*":
            runs.append("")
        else:
            runs[-1] += "[^/]" if char == "?" else re.escape(char)
        at = found.end() if found else at + 1
    return joined(runs, "[^/]*")


def _class(found: re.Match[str]) -> str:
    members = re.sub(r"([\\\[\]&~|^])", r"\\\1", found[2])
    try:
        re.compile(f"[{members}]")
    except re.error:
        return re.escape(found[0])
    return f"(?!/)[{'^' if found[1] else ''}{members}]"
