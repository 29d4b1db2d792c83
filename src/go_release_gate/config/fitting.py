"""Whether values of a configuration file surely fit its dataclasses, without building their schema.

The schema (with the library that reads it, and the list of all rules) is loaded only to say what is wrong: whoever has
a file that is right is spared a tenth of a second. What is not understood here does not fit.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union

from go_release_gate.config.document import RULE_ID
from go_release_gate.config.keys import key_of

_MARKS = frozenset({"pattern", "examples", "minLength", "minimum", "maximum", "exclusiveMinimum"})


def fits(hint: Any, value: Any, rules: Collection[str]) -> bool:
    """Whether the schema of a type surely takes a value; False: ask the schema."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _fits_marked(arguments, value, rules)
    if origin in (tuple, Mapping):
        return _fits_many(origin, arguments, value, rules)
    if origin in (Union, types.UnionType):
        return any(fits(one, value, rules) for one in arguments if one is not types.NoneType)
    if origin is Literal:
        return isinstance(value, str) and value in arguments
    return _fits_object(hint, value, rules) if isinstance(hint, type) and is_dataclass(hint) else _is_plain(hint, value)


def _is_plain(hint: Any, value: Any) -> bool:
    return type(value) is hint or (hint is float and type(value) is int)


def _fits_many(origin: Any, arguments: tuple[Any, ...], value: Any, rules: Collection[str]) -> bool:
    if origin is tuple:
        return isinstance(value, list) and all(fits(arguments[0], one, rules) for one in value)
    return isinstance(value, dict) and all(
        fits(arguments[0], key, rules) and fits(arguments[1], one, rules) for key, one in value.items()
    )


def _fits_marked(arguments: tuple[Any, ...], value: Any, rules: Collection[str]) -> bool:
    kind, mark = arguments[0], arguments[1]
    if mark == RULE_ID:
        return isinstance(value, str) and value in rules
    if not isinstance(mark, Mapping) or not _MARKS.issuperset(mark) or not fits(kind, value, rules):
        return False
    if isinstance(value, str):
        return len(value) >= mark.get("minLength", 0) and bool(re.search(mark.get("pattern", ""), value))
    return (
        mark.get("minimum", value) <= value <= mark.get("maximum", value)
        and ("exclusiveMinimum" not in mark or value > mark["exclusiveMinimum"])
    )  # fmt: skip


def _fits_object(kind: type, value: Any, rules: Collection[str]) -> bool:
    known, required = _keys(kind)
    return (
        isinstance(value, dict)
        and required <= value.keys()
        and all(key in known and fits(known[key], one, rules) for key, one in value.items())
    )


@cache
def _keys(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Key → type, and the keys that must be there."""
    hints = typing.get_type_hints(kind, include_extras=True)
    absent = [item.name for item in fields(kind) if item.default is item.default_factory is MISSING]
    return {key_of(name): hints[name] for name in hints}, frozenset(map(key_of, absent))
