"""CODEOWNERS: who owns a file, as GitHub reads it. Pure.

https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

Patterns are those of .gitignore, but there is no `!`, no `[…]` and no `\\#`, and `folder/*` ends at the folder's own
files. The last pattern that matches counts, also one without owners. Lines with anything invalid are skipped.

A library reads most of this, but honours `[…]`, takes owners out of comments, and backtracks on names that a
stranger may choose; here a pattern takes linear time, as globs do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from go_release_gate.engine.globs import element, joined

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where it may lie; the first that is found counts alone."""

SIZE_LIMIT = 3 << 20
"""Bytes; GitHub does not load a larger file."""

_WORD = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER = re.compile(r"@[\w-]+(?:/[\w.-]+)?|[^\s@]+@[^\s@]+")
_WILD = re.compile(r"[*?/]+")


@dataclass(frozen=True)
class _Line:
    pattern: str
    owners: tuple[str, ...]

    def matches(self, path: str) -> bool:
        """Whether `path` is the pattern's. What is written out is looked for first: that spares most expressions."""
        return all(word in path for word in self._words) and self._expression.fullmatch(path) is not None

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(filter(None, _WILD.split(self.pattern)))

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(_expression(self.pattern), re.DOTALL)


class CodeOwners:
    """One file's lines."""

    def __init__(self, text: str) -> None:
        self._lines = tuple(_lines(text))

    def of(self, path: str) -> tuple[str, ...]:
        """The owners of the file at `path` (relative to the top of the repository); empty: nobody."""
        return next((line.owners for line in reversed(self._lines) if line.matches(path)), ())


def _lines(text: str) -> Iterator[_Line]:
    for row in text.removeprefix("\ufeff").splitlines():
        words = _WORD.findall(row)
        end = next((number for number, word in enumerate(words) if word.startswith("#")), len(words))
        owners = words[1:end]
        pattern = words[0].replace("\\ ", " ") if end else ""
        is_valid = pattern.strip("/") and not pattern.startswith("!") and not set("[]\\") & set(pattern)
        if is_valid and all(_OWNER.fullmatch(owner) for owner in owners):
            yield _Line(pattern, tuple(dict.fromkeys(owners)))


def _expression(pattern: str) -> str:
    """The regular expression of the paths that a pattern stands for."""
    parts = [part for part in pattern.split("/") if part]
    if "/" not in pattern.rstrip("/"):
        parts.insert(0, "**")  # without a slash before its end it stands for a name at any depth
    *above, last = [part for part, before in zip(parts, ["", *parts], strict=False) if (part, before) != ("**", "**")]
    runs = [""]
    for part in above:
        if part == "**":
            runs.append("")
        else:
            runs[-1] += element(part) + "/"
    runs[-1] += ".+" if last == "**" else element(last)
    if pattern.endswith("/"):
        runs[-1] += "/.+"
    elif not pattern.endswith("/*"):
        runs[-1] += "(?:/.*)?"
    return joined(runs, "(?:[^/]+/)*")
