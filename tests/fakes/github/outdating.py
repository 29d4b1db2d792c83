"""Where a comment on a line stands after the pull request got another head."""

from __future__ import annotations

from fakes.github.diffs import Changed, moved
from fakes.github.state import Pull, ReviewComment


def carried(comment: ReviewComment, pull: Pull) -> None:
    """Set `line` to where the line is in the newest diff, or to None: the comment is outdated."""
    if comment.is_on_file or comment.original_line is None:
        return
    before = pull.versions[comment.original_commit_id].get(comment.path)
    line = _line(comment.original_line, comment, before, pull.files.get(comment.path))
    start = comment.original_start_line
    if line is not None and start is not None:
        start = _line(start, comment, before, pull.files.get(comment.path))
        line = line if start is not None else None
    comment.line, comment.start_line = line, start if line is not None else None
    if line is not None:
        comment.commit_id = pull.head_sha


def _line(line: int, comment: ReviewComment, before: Changed | None, after: Changed | None) -> int | None:
    if before is None or after is None:
        return None
    old, new = (before.new, after.new) if comment.side == "RIGHT" else (before.old, after.old)
    there = moved(old or b"", new or b"").get(line)
    return there if any(there in hunk.lines[comment.side] for hunk in after.hunks) else None
