"""Which lines of a changed file GitHub shows in a pull request: the right side of the hunks of its `patch`. Pure.

https://docs.github.com/rest/pulls/pulls#list-pull-requests-files gives the patch: a unified diff without the two
lines that name the files. Only such lines can carry a review comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """The right side of one hunk: what the new file says from line `first` on, each line with its line feed."""

    first: int
    lines: tuple[str, ...]

    @property
    def last(self) -> int:
        """Its last line."""
        return self.first + len(self.lines) - 1


@dataclass(frozen=True, slots=True)
class Hunks:
    """The hunks of one file, top to bottom."""

    hunks: tuple[Hunk, ...] = ()

    def in_hunk(self, line: int) -> bool:
        """Whether `line` of the new file is shown."""
        return self.same_hunk(line, line)

    def same_hunk(self, start: int, end: int) -> bool:
        """Whether the lines `start`..`end` of the new file are shown together, in one hunk."""
        return self.text(start, end) is not None

    def text(self, start: int, end: int) -> str | None:
        """What the new file says in lines `start`..`end`; None where they are not shown in one hunk."""
        if start > end:
            return None
        for hunk in self.hunks:
            if hunk.first <= start and end <= hunk.last:
                return "".join(hunk.lines[start - hunk.first : end - hunk.first + 1])
        return None


def parse_patch(patch: str | None) -> Hunks:
    """The hunks of a file's patch; none for a patch that GitHub leaves out (binary or very large files).

    Lines are counted, not the header's numbers believed: a patch can be cut.
    """
    parts: list[tuple[int, list[str]]] = []
    is_right = False
    for line in (patch or "").split("\n"):
        if header := _HEADER.match(line):
            parts.append((int(header[1]), []))
        elif parts and line.startswith("\\") and is_right:  # this very line ends without a line feed
            parts[-1][1][-1] = parts[-1][1][-1].removesuffix("\n")
        elif parts and line.startswith((" ", "+")):
            parts[-1][1].append(line[1:] + "\n")
        is_right = line.startswith((" ", "+"))
    return Hunks(tuple(Hunk(first, tuple(lines)) for first, lines in parts if lines))
