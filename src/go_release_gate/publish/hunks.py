"""Which lines of a changed file GitHub shows in a pull request: the right side of the hunks of its `patch`. Pure.

https://docs.github.com/rest/pulls/pulls#list-pull-requests-files gives the patch: a unified diff without the two
lines that name the files. Only such lines can carry a review comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Hunks:
    """First and last line on the right side of each hunk, top to bottom."""

    spans: tuple[tuple[int, int], ...] = ()

    def in_hunk(self, line: int) -> bool:
        """Whether `line` of the new file is shown."""
        return self.same_hunk(line, line)

    def same_hunk(self, start: int, end: int) -> bool:
        """Whether the lines `start`..`end` of the new file are shown together, in one hunk."""
        return start <= end and any(first <= start and end <= last for first, last in self.spans)


def parse_patch(patch: str | None) -> Hunks:
    """The hunks of a file's patch; none for a patch that GitHub leaves out (binary or very large files).

    Lines are counted, not the header's numbers believed: a patch can be cut.
    """
    return Hunks(tuple(span for span in _spans(patch or "") if span[0] <= span[1]))


def _spans(patch: str) -> Iterator[tuple[int, int]]:
    first, count = 1, 0
    for line in patch.split("\n"):
        if header := _HEADER.match(line):
            yield first, first + count - 1
            first, count = int(header[1]), 0
        elif line.startswith((" ", "+")):
            count += 1
    yield first, first + count - 1
