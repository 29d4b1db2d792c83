"""Whether to colour, and how: a dozen ANSI codes. Colour only repeats what a word already says."""

from __future__ import annotations

from collections.abc import Mapping

_CODES = {
    "error": "31;1",
    "fail": "31;1",
    "warning": "33;1",
    "unavailable": "33;1",
    "note": "36",
    "pass": "32;1",
    "title": "1",
    "faint": "2",
    "added": "32",
    "removed": "31",
    "hunk": "36",
}


def wants_colour(choice: str, environ: Mapping[str, str], *, is_tty: bool) -> bool:
    """Whether to colour a stream.

    Args:
        choice: `--color`: `always` and `never` are the user's word; `auto` asks the environment.
        environ: NO_COLOR (any value but empty) wins over FORCE_COLOR (any but empty, `0`, `false`), which wins over
            the stream; a workflow's log is no terminal, yet shows colours.
        is_tty: whether the stream is a terminal.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "").lower() not in {"", "0", "false"}:
        return True
    if environ.get("GITHUB_ACTIONS") == "true":
        return True
    return is_tty and environ.get("TERM", "") != "dumb"


def paint(text: str, role: str, *, on: bool) -> str:
    """`text` in the colour of `role` (a severity, an outcome, `title`, `faint`, `added` …); plain when not `on`."""
    code = _CODES.get(role)
    return f"\x1b[{code}m{text}\x1b[0m" if on and code and text else text
