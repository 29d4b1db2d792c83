"""One typed walk over the dataclasses of the configuration file makes them from values that the schema has passed."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, Union

from go_release_gate.config.keys import key_of

T = TypeVar("T")


def construct(kind: type[T], values: Mapping[str, Any]) -> T:
    """A `kind` from the keys of the file (kebab-case); keys that are not given keep their defaults."""
    hints = typing.get_type_hints(kind, include_extras=True)
    given = {item.name: key_of(item.name) for item in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], values[key]) for name, key in given.items() if key in values})


def plain(value: Any) -> Any:
    """What `construct` made, as values of the file again: keys in kebab-case, tuples as lists, defaults left out."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {item.name: (getattr(value, item.name), item.default) for item in fields(value)}
        values = {key_of(name): plain(one) for name, (one, default) in told.items() if one != default}
        return {key: one for key, one in values.items() if one not in ([], {})}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def _value(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _value(arguments[0], value)
    if origin is tuple:
        return tuple(_value(arguments[0], one) for one in value)
    if origin is Mapping:
        return {key: _value(arguments[1], one) for key, one in value.items()}
    if origin in (Union, types.UnionType):
        return tuple(value) if isinstance(value, list) else value
    if isinstance(hint, type) and is_dataclass(hint):
        return construct(hint, value)
    return float(value) if hint is float else value
