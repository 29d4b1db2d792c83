"""What GitHub shows of a change: the `patch` of a file, its hunks, and git's names for contents."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Side = Literal["LEFT", "RIGHT"]
# A file's diff beyond either is not given:
# https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits#diff-limits
PATCH_LINES = 20_000
PATCH_BYTES = 500_000
NO_NEWLINE = "\\ No newline at end of file"
HEAD = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def blob_sha(content: bytes) -> str:
    """Git's name for a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324 - git's hash


@dataclass(frozen=True)
class Changed:
    """A file of a pull request. A side that does not exist is None."""

    path: str
    old: bytes | None
    new: bytes | None

    @property
    def status(self) -> str:
        """`added`, `removed` or `modified`."""
        return "added" if self.old is None else "removed" if self.new is None else "modified"

    @property
    def blob(self) -> str:
        """Name of the content after the change; before it for a file that is removed."""
        return blob_sha(self.new if self.new is not None else self.old or b"")

    @property
    def patch(self) -> str | None:
        """The unified diff from the first `@@` on; None for binary, empty and very large ones."""
        return patch(self.old or b"", self.new or b"")

    @property
    def counts(self) -> tuple[int, int]:
        """Lines added and removed."""
        lines = (self.patch or "").split("\n")
        return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)

    @property
    def hunks(self) -> list[Hunk]:
        """The hunks of the patch."""
        return hunks(self.patch or "")


@dataclass(frozen=True)
class Hunk:
    """One hunk: its text, and for each side the lines it shows."""

    text: str
    lines: Mapping[Side, Mapping[int, str]]


def patch(old: bytes, new: bytes) -> str | None:
    """GitHub's `patch` for a change of content."""
    if b"\0" in old + new:
        return None
    lines: list[str] = []
    for line in list(difflib.unified_diff(_lines(old), _lines(new), lineterm=""))[2:]:
        if line.startswith("@@"):
            lines.append(line + _heading(line, _lines(old)))
        else:
            lines += [line[:-1]] if line.endswith("\n") else [line, NO_NEWLINE]
    text = "\n".join(lines)
    return text if lines and len(lines) <= PATCH_LINES and len(text) <= PATCH_BYTES else None


def hunks(text: str) -> list[Hunk]:
    """The hunks of a patch."""
    return [_hunk(part) for part in re.split(r"\n(?=@@ )", text) if part]


def line_at(text: str, position: int) -> tuple[Side, int] | None:
    """Side and line of a `position`: lines below the patch's first `@@`, further heads included."""
    count = -1
    for hunk in hunks(text):
        count += 1
        for side, number in _places(hunk.text):
            count += 1
            if count == position:
                return side, number
    return None


def moved(old: bytes, new: bytes) -> dict[int, int]:
    """Where the unchanged lines of `old` are in `new`."""
    matcher = difflib.SequenceMatcher(None, _lines(old), _lines(new), autojunk=False)
    return {a + i + 1: b + i + 1 for a, b, size in matcher.get_matching_blocks() for i in range(size)}


def _heading(head: str, old: list[str]) -> str:
    """What git writes behind the second `@@`: the last line above the hunk that begins with a name."""
    found = HEAD.match(head)
    assert found, head
    above = old[: max(int(found[1]) - 1, 0)]
    return next((f" {line.strip()[:80]}" for line in reversed(above) if re.match(r"[A-Za-z_$]", line)), "")


def _lines(content: bytes) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", content.decode("utf-8", "replace"))


def _hunk(text: str) -> Hunk:
    lines: dict[Side, dict[int, str]] = {"LEFT": {}, "RIGHT": {}}
    found = HEAD.match(text)
    assert found, text
    left, right = int(found[1]), int(found[2])
    for line in text.split("\n")[1:]:
        if line[:1] in ("-", " "):
            lines["LEFT"][left] = line[1:]
        if line[:1] in ("+", " "):
            lines["RIGHT"][right] = line[1:]
        left += line[:1] in ("-", " ")
        right += line[:1] in ("+", " ")
    return Hunk(text, lines)


def _places(text: str) -> list[tuple[Side, int]]:
    found = HEAD.match(text)
    assert found, text
    left, right, places = int(found[1]), int(found[2]), list[tuple[Side, int]]()
    for line in text.split("\n")[1:]:
        if line[:1] == "\\":
            continue
        places.append(("LEFT", left) if line[:1] == "-" else ("RIGHT", right))
        left += line[:1] != "+"
        right += line[:1] != "-"
    return places
