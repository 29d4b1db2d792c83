"""What JavaScript does with values in a template: text, truth, properties, addition."""

from __future__ import annotations

import math
from collections.abc import Mapping

from go_release_gate.oci.handlebars.errors import TemplateError
from go_release_gate.oci.javascript import number_text

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;"}
)


def text(value: object) -> str:
    """`'' + value`; None, JavaScript's null and undefined, is empty here, as no template shows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list | tuple):
        return ",".join(text(item) for item in value)
    if callable(value):
        raise TemplateError("a template shows a function instead of its result; expected its name alone in braces")
    return "[object Object]"


def escaped(value: object) -> str:
    """The text of a value with the characters of HTML escaped."""
    return text(value).translate(_ESCAPES)


def is_true(value: object) -> bool:
    """Truth: empty text, 0, NaN, false and nothing are false; lists and objects are true, also empty ones."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return bool(value) if value is None or isinstance(value, str | int | float) else True


def is_empty(value: object) -> bool:
    """What `if` and `with` take for nothing: 0 is something, an empty list is not."""
    is_zero = isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    return (not is_true(value) and not is_zero) or (isinstance(value, list | tuple) and not value)


def get(parent: object, name: str) -> object:
    """An own property; None for everything that a value only inherits."""
    if isinstance(parent, Mapping):
        return parent.get(name)
    if isinstance(parent, str | list | tuple):
        if name == "length":
            return len(parent)
        if name.isdecimal() and name.isascii() and name == str(int(name[:18])) and int(name) < len(parent):
            item: object = parent[int(name)]
            return item
    return None


def keys(value: Mapping[str, object]) -> list[str]:
    """The names of an object's properties: whole numbers first, in their order."""
    numbers = [key for key in value if key.isdecimal() and key.isascii() and key == str(int(key[:18]))]
    return sorted(numbers, key=int) + [key for key in value if key not in numbers]


def is_same(left: object, right: object) -> bool:
    """`==` of two contexts: the same object, or equal text or numbers."""
    simple = (str, int, float, bool)
    return left is right or (isinstance(left, simple) and isinstance(right, simple) and left == right)


def added(left: object, right: object) -> object:
    """`left + right`: numbers and truth values are added up, everything else is text."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) + float(right)
    return text(left) + text(right)
