"""What a commit says of the next version, by the convention for its message. Pure.

https://www.conventionalcommits.org/en/v1.0.0/: `feat` adds (minor), `fix` mends (patch), `!` before the colon or a
footer `BREAKING CHANGE:` breaks (major). `perf` and `revert` count as mending; other words change no behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_HEADER = re.compile(r"(?P<type>[A-Za-z][A-Za-z0-9_-]*)(?:\([^()]*\))?(?P<mark>!?): +\S.*")
_FOOTER = re.compile(r"^BREAKING[ -]CHANGE(?:: | #)", re.MULTILINE)
_GIT_REVERT = re.compile(r'(?i:revert) ".*"')
_PATCHING = frozenset({"fix", "perf", "revert"})
_FILES = ("go.mod", "go.sum")


class Bump(IntEnum):
    """Which part of a version rises."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """Its name, for messages."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: the whole message, and the paths it changed, relative to the repository's root."""

    id: str
    message: str
    files: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.strip().partition("\n")[0].strip()


def bump_of(commit: Commit, files: Iterable[str]) -> Bump:
    """What a commit asks for in the module that holds `files`, those of its files that count.

    A message outside the convention says nothing, so what it changed counts as mending; so do changed requirements
    under a word like `chore` or `build`, and nothing where only tests and documents changed.
    """
    changed = [path for path in files if not path.endswith(("_test.go", ".md")) and "/testdata/" not in f"/{path}"]
    if not list(files):
        return Bump.NONE
    header = _HEADER.fullmatch(commit.subject)
    if (header and header["mark"]) or _FOOTER.search(commit.message):
        return Bump.MAJOR
    kind = header["type"].lower() if header else ""
    if kind == "feat":
        return Bump.MINOR
    is_mending = kind in _PATCHING or _GIT_REVERT.fullmatch(commit.subject) is not None
    is_requirement = any(path.rpartition("/")[2] in _FILES for path in changed)
    return Bump.PATCH if is_mending or is_requirement or (not header and changed) else Bump.NONE
