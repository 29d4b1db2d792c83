"""Inputs from the environment: text to values, one small language for all of them."""

from __future__ import annotations

from collections.abc import Mapping

from go_release_gate.config.inputs import Input, Kind, find_input
from go_release_gate.config.nearest import did_you_mean
from go_release_gate.errors import UsageError

Value = str | bool | int | tuple[str, ...]

_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_OPENING, _CLOSING = "{[", "}]"


def lookup(item: Input, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The first variable that carries `item` and its text; None when none is set or all are empty."""
    for name in item.variables():
        text = environ.get(name, "")
        text = text if item.kind is Kind.LINES else text.strip()
        if text:
            return name, text
    return None


def secret(environ: Mapping[str, str], name: str) -> str:
    """The text of the secret input `name`, empty when it is not given."""
    found = lookup(find_input(name), environ)
    return found[1] if found else ""


def parse(item: Input, text: str, origin: str) -> Value:
    """The value that `text` means for `item`; `origin` names the option or variable in the error."""
    match item.kind:
        case Kind.BOOLEAN:
            return parse_boolean(text, origin)
        case Kind.NUMBER:
            return parse_number(text, origin)
        case Kind.LIST:
            return parse_list(text)
        case Kind.CHOICE:
            return parse_choice(text, item.choices, origin)
        case Kind.TEXT | Kind.SECRET | Kind.LINES:
            return text


def parse_boolean(text: str, origin: str) -> bool:
    """YAML 1.2 booleans, as GitHub's own toolkit reads them."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise UsageError(f"{origin}: expected true or false, got {text!r}")


def parse_number(text: str, origin: str) -> int:
    """A whole number from 0."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise UsageError(f"{origin}: expected a whole number from 0, got {text!r}")


def parse_choice(text: str, choices: tuple[str, ...], origin: str) -> str:
    """One of `choices`, spelt exactly."""
    if text in choices:
        return text
    allowed = ", ".join(choices)
    raise UsageError(f"{origin}: expected one of {allowed}, got {text!r}", did_you_mean(text, choices))


def parse_list(text: str) -> tuple[str, ...]:
    """Entries one per line or separated by commas (not inside a glob's braces); `#` starts a comment."""
    entries: list[str] = []
    for line in text.splitlines():
        entries += [entry.strip() for entry in _split(_without_comment(line))]
    return tuple(entry for entry in entries if entry)


def _without_comment(line: str) -> str:
    for index, char in enumerate(line):
        if char == "#" and (index == 0 or line[index - 1].isspace()):
            return line[:index]
    return line


def _split(line: str) -> list[str]:
    """Cut at commas outside braces and brackets."""
    parts, depth = [""], 0
    for char in line:
        depth += (char in _OPENING) - (char in _CLOSING)
        if char == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts
