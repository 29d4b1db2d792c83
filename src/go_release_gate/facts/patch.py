"""Unified diffs of go.mod and go.sum in the form `git apply` takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True, slots=True)
class Mended:
    """One file as it is and as it would be after all modules were mended in dependency order (None: no file).

    `is_converted`: only the checkout gave it CRLF line endings; `after` has git's own.
    """

    path: str
    before: bytes | None
    after: bytes | None
    is_converted: bool = False

    @property
    def diff(self) -> str:
        """Unified diff of the file."""
        before = self.before.replace(b"\r\n", b"\n") if self.before and self.is_converted else self.before
        return file_diff(self.path, before, self.after)


NO_NEWLINE = "\\ No newline at end of file"


def file_diff(path: str, before: bytes | None, after: bytes | None) -> str:
    """Unified diff of one file at `path` (relative to the root); None stands for a file that does not exist.

    Equal bytes give an empty string. Bytes that are not UTF-8 survive as surrogate escapes.
    """
    if before == after:
        return ""
    header = f"diff --git a/{path} b/{path}\n"
    if before is None:
        header += "new file mode 100644\n"
    elif after is None:
        header += "deleted file mode 100644\n"
    old, new = _lines(before), _lines(after)
    body = unified_diff(
        old,
        new,
        "/dev/null" if before is None else f"a/{path}",
        "/dev/null" if after is None else f"b/{path}",
    )
    return header + "".join(_terminated(body))


def cap(text: str, limit: int) -> str:
    """Cut a diff to at most `limit` characters at a line's end and say how many lines are left out."""
    if len(text) <= limit:
        return text
    kept = text[: text.rfind("\n", 0, limit) + 1]
    left = text.count("\n") - kept.count("\n")
    return f"{kept}# … {left} more lines\n"


def _lines(data: bytes | None) -> list[str]:
    # keep CR inside the line: str.splitlines would cut at it and at exotic separators
    text = (data or b"").decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _terminated(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}\n"
