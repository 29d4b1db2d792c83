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
    return "".join(_part(part) for part in parts[:-1]) + _name(parts[-1]) + "(?:/.*)?"


def _part(part: str) -> str:
    return "(?:[^/]+/)*" if part == "**" else _name(part) + "/"


def _name(part: str) -> str:
    """Regular expression of one path element. No wildcard takes `.`, the root's own name."""
    part, out, at = re.sub(r"\*+", "*", part), r"(?!\.(?:/|\Z))", 0
    while at < len(part):
        char = part[at]
        found = _CLASS.match(part, at) if char == "[" else None
        if found:
            out += _class(found)
            at = found.end()
            continue
        out += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
        at += 1
    return out


def _class(found: re.Match[str]) -> str:
    members = re.sub(r"([\\\[\]&~|^])", r"\\\1", found[2])
    try:
        re.compile(f"[{members}]")
    except re.error:
        return re.escape(found[0])
    return f"(?!/)[{'^' if found[1] else ''}{members}]"
