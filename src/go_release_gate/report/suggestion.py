"""What a review comment can suggest in place of lines of a pull request. Pure.

https://docs.github.com/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests: whoever
applies it replaces the comment's lines by what the block shows. So nothing is suggested that cannot be shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from go_release_gate.adapters.github.hunks import Hunks
from go_release_gate.model.edits import apply_edits
from go_release_gate.model.finding import Edit
from go_release_gate.report.neutral import code_block
from go_release_gate.report.placing import Placed

LONGEST = 10_000  # characters; whoever reads more than that runs the command
GENERATED = ("go.sum", "go.work.sum", "vendor")  # names of files and folders whose lines Go alone should write
_LANGUAGE = "suggestion"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replace the lines `start`..`end` of `path` in the head commit; `block` is the Markdown that says by what."""

    path: str
    start: int
    end: int
    block: str

    def holds(self, line: int | None) -> bool:
        """Whether `line` is among its lines."""
        return line is not None and self.start <= line <= self.end

    def meets(self, other: Suggestion) -> bool:
        """Whether the two cannot both be applied."""
        return self.path == other.path and self.start <= other.end and other.start <= self.end


def suggest(placed: Placed, hunks: Hunks) -> Suggestion | None:
    """What mends the finding whole, in one place that the pull request shows; None where there is no such thing.

    Args:
        hunks: of the file that the finding stands in.
    """
    fix, path = placed.finding.fix, placed.finding.location.path
    if fix is None or not fix.safe or not placed.is_exact or not set(GENERATED).isdisjoint(path.split("/")):
        return None
    if not fix.edits or any(edit.path != path for edit in fix.edits):
        return None
    for start, end in _ranges(fix.edits):
        before = hunks.text(start, end)
        after = _edited(before, start, fix.edits) if before is not None else None
        block = _block(before, after) if before is not None and after is not None else None
        if block is not None:
            return Suggestion(path, start, end, block)
    return None


def _ranges(edits: tuple[Edit, ...]) -> list[tuple[int, int]]:
    """The lines to replace. A mere insertion has none: the line before it is repeated in front, or the one after."""
    start, end = min(edit.start_line for edit in edits), max(edit.end_line for edit in edits)
    return [(start, end)] if start <= end else [(end, end), (start, start)]


def _edited(before: str, start: int, edits: tuple[Edit, ...]) -> str | None:
    """The lines from `start` on after the edits; None where the edits do not fit, or where the file's last line would
    gain or lose its line feed, which a suggestion cannot say."""
    moved = [
        replace(edit, start_line=edit.start_line - start + 1, end_line=edit.end_line - start + 1) for edit in edits
    ]
    try:
        after = apply_edits(before.encode(), moved).decode()
    except (ValueError, UnicodeError):
        return None
    return after if not after or after.endswith("\n") == before.endswith("\n") else None


def _block(before: str, after: str) -> str | None:
    """The block that shows `after`; None where nothing changes or where it would not be seen as it is: carriage
    returns, invisible or turned characters, bytes that are no UTF-8, blank lines alone, what looks like our marker."""
    if after == before or len(after) > LONGEST or "\ufffd" in before or "\r" in before:
        return None
    if not after:
        return f"```{_LANGUAGE}\n```"
    block = code_block(after, _LANGUAGE)
    shown = block.split("\n")[1:-1]
    return block if after.strip() and shown == after.removesuffix("\n").split("\n") else None
