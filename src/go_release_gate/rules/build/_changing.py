"""Expressions that are something else in each build."""

from __future__ import annotations

import re

TIME = "the time of the build"

_DATE = r"(?:/bin/|/usr/bin/)?g?date\b"
_ASKED = rf"{_DATE}[^)`]*|hostname\b[^)`]*|whoami|id\s+-[^)`]*|uname\s+-[an][^)`]*|uuidgen[^)`]*|pwd\b[^)`]*"
_COMMAND = re.compile(rf"(?:\$\((?:shell\s+)?|`)\s*({_ASKED})")
_VARIABLE = re.compile(
    r"\$\{?(RANDOM|SRANDOM|EPOCHSECONDS|HOSTNAME|GITHUB_RUN_ID|GITHUB_RUN_NUMBER|GITHUB_RUN_ATTEMPT|PWD|USER|LOGNAME)\b\}?"
    r"|\$\((CURDIR|PWD)\)"
)
_EXPRESSION = re.compile(
    r"\$\{\{[^}]*?(github\.run_(?:id|number|attempt)|github\.event\.repository\.(?:pushed_at|updated_at)"
    r"|opencontainers\.image\.created)[^}]*\}\}"
)
# `date -d @$SOURCE_DATE_EPOCH`, `date -r file`, `date -d "$(git log …)"`: some moment that is given, not now.
_GIVEN = re.compile(r"SOURCE_DATE_EPOCH|\bgit\b|(?:^|\s)(?:-d|--date|-r|--reference|-j|-f)\b|--date=|-d@|COMMIT")


def changing(text: str) -> str:
    """The first part of a text that differs from build to build, as it is written; empty: none does."""
    found = [match for pattern in (_COMMAND, _VARIABLE, _EXPRESSION) for match in pattern.finditer(text)]
    for match in sorted(found, key=lambda one: one.start()):
        if not _GIVEN.search(match[match.lastindex or 0]):
            return _closed(match[0])
    return ""


def _closed(shown: str) -> str:
    if shown.startswith("$("):
        shown += ")"
    elif shown.startswith("`"):
        shown += "`"
    return shown if len(shown) <= 80 else f"{shown[:79]}…"


def what(expression: str) -> str:
    """What the expression gives, for people; empty: there is none."""
    kinds = (
        ("hostname|HOSTNAME|uname", "the machine's name"),
        (r"whoami|USER|LOGNAME|\bid -", "the user's name"),
        ("RANDOM|uuidgen", "a random value"),
        ("run_|RUN_", "the number of the workflow run"),
        ("pwd|PWD|CURDIR", "the directory it is built in"),
    )
    return next((words for pattern, words in kinds if re.search(pattern, expression)), TIME if expression else "")
