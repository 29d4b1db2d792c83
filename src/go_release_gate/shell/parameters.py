"""`${NAME…}`: the forms that cut, replace and default, on known texts.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_02 and, for `/`, `:offset`, `,,` and
`^^`, https://www.gnu.org/software/bash/manual/html_node/Shell-Parameter-Expansion.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LENGTH_LIMIT = 512  # characters of a value that is cut by a pattern

_FORM = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<operation>.*)", re.DOTALL)
_SLICE = re.compile(r":\s*(\d{0,6}|\s-\d{1,6})\s*(?::\s*(-?\d{1,6})\s*)?")


def split_form(text: str) -> tuple[str, str] | None:
    """`NAME#pattern` as name and operation; None for forms that are no variable of a name (`#x`, `1`, `@`)."""
    match = _FORM.fullmatch(text)
    return (match["name"], match["operation"]) if match else None


def applied(value: str, operation: str) -> str | None:
    """The value after the operation; None: a form that is not read here."""
    if not operation:
        return value
    if len(value) > LENGTH_LIMIT or len(operation) > LENGTH_LIMIT:
        return None
    change = next((change for sign, change in _CHANGES.items() if operation.startswith(sign)), None)
    return change(value, operation) if change else None


def default_of(operation: str, *, is_empty: bool) -> str | None:
    """The word that stands in for a variable that is not set (`:-word`, `-word`, `:=word`), or is empty (with a colon);
    None: the variable's own value counts."""
    body = operation.removeprefix(":")
    return body[1:] if is_default(operation) and is_empty and body != operation else None


def is_default(operation: str) -> bool:
    """Whether the operation only says what to do where there is no value."""
    return operation.removeprefix(":")[:1] in ("-", "=", "?") and operation[:1] != ""


def _cased(value: str, operation: str) -> str | None:
    if operation in (",,", "^^"):
        return value.lower() if operation == ",," else value.upper()
    if operation in (",", "^"):
        return (value[:1].lower() if operation == "," else value[:1].upper()) + value[1:]
    return None


def _cut(value: str, operation: str) -> str:
    sign = operation[0]
    is_longest = operation.startswith(sign * 2)
    pattern = operation[2:] if is_longest else operation[1:]
    lengths = range(len(value), -1, -1) if is_longest else range(len(value) + 1)
    for length in lengths:
        part = value[:length] if sign == "#" else value[len(value) - length :]
        if glob_matches(pattern, part):
            return value[length:] if sign == "#" else value[: len(value) - length]
    return value


def _replaced(value: str, operation: str) -> str | None:
    is_all = operation.startswith("//")
    pattern, _, replacement = operation[2 if is_all else 1 :].replace("\\/", "\0").partition("/")
    pattern, replacement = pattern.replace("\0", "/"), replacement.replace("\0", "/")
    if not pattern or any(sign in pattern for sign in "*?[\\"):
        return None
    if pattern[0] in "#%" and len(pattern) > 1:
        edge = value.startswith if pattern[0] == "#" else value.endswith
        if not edge(pattern[1:]):
            return value
        rest = value[len(pattern) - 1 :] if pattern[0] == "#" else value[: len(value) - len(pattern) + 1]
        return replacement + rest if pattern[0] == "#" else rest + replacement
    return value.replace(pattern, replacement, -1 if is_all else 1)


def _sliced(value: str, operation: str) -> str | None:
    match = _SLICE.fullmatch(operation)
    if not match:
        return None
    start = int(match[1] or 0)
    start = max(start + len(value), 0) if start < 0 else start
    if match[2] is None:
        return value[start:]
    count = int(match[2])
    return value[start:count] if count < 0 else value[start : start + count]


def glob_matches(pattern: str, text: str) -> bool:
    """Shell glob of `*` and `?`, in linear space and time product."""
    reached = {0}
    for sign in pattern.replace("**", "*").replace("\\", ""):
        if sign == "*":
            low = min(reached)
            reached = set(range(low, len(text) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(text) and sign in ("?", text[at])}
        if not reached:
            return False
    return len(text) in reached


_CHANGES: dict[str, Callable[[str, str], str | None]] = {
    "#": _cut,
    "%": _cut,
    "/": _replaced,
    ",": _cased,
    "^": _cased,
    ":": _sliced,
}
