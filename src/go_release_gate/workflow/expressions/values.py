"""Values of expressions, and how they turn into text, numbers and truth.

Text is compared without regard to case; what is neither text nor of one kind is compared as numbers
(https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#operators).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from go_release_gate.shell.unknown import Unknown, has_hole

_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-f]{1,100}|0o[0-7]{1,100}|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """A context or an object: what is known of it. `reason`: why the rest is unknown, empty: there is no more."""

    known: Mapping[str, Value]
    reason: str = ""

    def get(self, name: str) -> Value:
        """A property, by its name without regard to case."""
        lower = name.lower()
        for key, value in self.known.items():
            if key.lower() == lower:
                return value
        return Unknown(self.reason) if self.reason else None


Value = str | bool | float | list["Value"] | Record | Unknown | None


def is_unknown(value: Value) -> bool:
    """Whether the value, or a part of the text it is, is not known."""
    return isinstance(value, Unknown) or (isinstance(value, str) and has_hole(value))


def truth(value: Value) -> bool:
    """Whether a known value counts as true."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return value not in (None, "", False)


def text(value: Value) -> str:
    """A known value as text, as it is put into a template."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _digits(value)
    return "Array" if isinstance(value, list) else "Object"


def number(value: Value) -> float:
    """A known value as a number, NaN where it is none."""
    if isinstance(value, str):
        stripped = value.strip()
        if not stripped:
            return 0.0
        if not _NUMBER.fullmatch(stripped):
            return math.nan
        sign = -1.0 if stripped[0] == "-" else 1.0
        body = stripped.lstrip("+-").lower()
        return sign * (float(int(body, 0)) if body[:2] in ("0x", "0o") else float(body))
    if value is None or isinstance(value, bool | float):
        return float(value or 0)
    return math.nan


def equal(left: Value, right: Value) -> bool:
    """`==` of two known values."""
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() == right.upper()
    if isinstance(left, list | Record) or isinstance(right, list | Record):
        return left is right
    if left is None and right is None:
        return True
    return number(left) == number(right)


def less(left: Value, right: Value) -> bool:
    """`<` of two known values."""
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() < right.upper()
    return number(left) < number(right)


def from_json(source: str) -> Value:
    """The value of a JSON text. Raises ValueError."""
    try:
        return _of_json(json.loads(source))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def to_json(value: Value) -> str | None:
    """The JSON text of a value, None where a part of it is unknown."""
    try:
        return json.dumps(_to_plain(value), indent=2, ensure_ascii=False)
    except (LookupError, RecursionError):
        return None


def _of_json(value: object) -> Value:
    if isinstance(value, dict):
        return Record({key: _of_json(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_of_json(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 10**300 else math.inf
    return value if isinstance(value, str | bool | float) else None


def _to_plain(value: Value) -> object:
    if is_unknown(value) or (isinstance(value, Record) and value.reason):
        raise LookupError
    if isinstance(value, Record):
        return {key: _to_plain(item) for key, item in value.known.items()}
    if isinstance(value, list):
        return [_to_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digits(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
