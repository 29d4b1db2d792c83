"""The functions of expressions: contains, startsWith, endsWith, format, join, toJSON, fromJSON.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#functions
"""

from __future__ import annotations

import re
from collections.abc import Callable

from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.expressions.values import (
    Record,
    Value,
    equal,
    from_json,
    is_unknown,
    text,
    to_json,
    truth,
)

TEXT_LIMIT = 1 << 20  # characters of what a function may build

Arguments = list[Value]
_PLACE = re.compile(r"\{\{|\}\}|\{(\d{1,4})\}")


def _unknown(arguments: Arguments) -> Unknown | None:
    for value in arguments:
        if isinstance(value, Unknown):
            return value
        if is_unknown(value):
            return Unknown("a part of the text is only known while the workflow runs")
    return None


def _known(function: Callable[[Arguments], Value], least: int, most: int) -> Callable[[Arguments], Value]:
    """The function for arguments that are all known and as many as it takes."""

    def call(arguments: Arguments) -> Value:
        if not least <= len(arguments) <= most:
            return Unknown(f"a function has {len(arguments)} arguments, expected {least} to {most}")
        return _unknown(arguments) or function(arguments)

    return call


def _contains(arguments: Arguments) -> Value:
    where, what = arguments
    if isinstance(where, list):
        unknown = _unknown(where)
        return True if any(equal(item, what) for item in where if not is_unknown(item)) else unknown or False
    if isinstance(where, Record):
        return Unknown(where.reason) if where.reason else False
    return text(what).lower() in text(where).lower()


def _starts_with(arguments: Arguments) -> Value:
    return text(arguments[0]).lower().startswith(text(arguments[1]).lower())


def _ends_with(arguments: Arguments) -> Value:
    return text(arguments[0]).lower().endswith(text(arguments[1]).lower())


def _format(arguments: Arguments) -> Value:
    unknown = next((value for value in arguments if isinstance(value, Unknown)), None)
    if unknown or not arguments:
        return unknown or Unknown("`format()` without a text")
    template, values = text(arguments[0]), [text(value) for value in arguments[1:]]
    places = [int(match[1]) for match in _PLACE.finditer(template) if match[1]]
    if any(place >= len(values) for place in places):
        return Unknown("`format()` names a place it has no value for")
    if len(template) + sum(len(values[place]) for place in places) > TEXT_LIMIT:
        return Unknown("`format()` makes too long a text")
    return _PLACE.sub(lambda match: values[int(match[1])] if match[1] else match[0][0], template)


def _join(arguments: Arguments) -> Value:
    unknown = next((value for value in arguments if isinstance(value, Unknown)), None)
    if unknown or not 1 <= len(arguments) <= 2:
        return unknown or Unknown("`join()` takes one or two arguments")
    items = arguments[0] if isinstance(arguments[0], list) else [arguments[0]]
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    separator = text(arguments[1]) if len(arguments) > 1 else ","
    if unknown or len(separator) * len(items) > TEXT_LIMIT:
        return unknown or Unknown("`join()` makes too long a text")
    return separator.join(map(text, items))


def _to_json(arguments: Arguments) -> Value:
    found = to_json(arguments[0])
    return Unknown("a part of it is only known while the workflow runs") if found is None else found


def _from_json(arguments: Arguments) -> Value:
    try:
        return from_json(text(arguments[0]))
    except ValueError:
        return Unknown("`fromJSON()` of a text that is no JSON")


def _case(arguments: Arguments) -> Value:
    """`case(condition, value, …, otherwise)`."""
    if len(arguments) % 2 == 0:
        return Unknown("`case()` takes pairs and a last value")
    for condition, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if is_unknown(condition):
            return _unknown([condition])
        if truth(condition):
            return value
    return arguments[-1]


FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    "contains": _known(_contains, 2, 2),
    "startswith": _known(_starts_with, 2, 2),
    "endswith": _known(_ends_with, 2, 2),
    "format": _format,
    "join": _join,
    "tojson": _known(_to_json, 1, 1),
    "fromjson": _known(_from_json, 1, 1),
    "case": _case,
}
