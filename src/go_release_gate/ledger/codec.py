"""Frozen dataclasses as JSON values and back, strictly: empty parts are left out, unknown keys and types refused."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, TypeVar, Union

T = TypeVar("T")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")
_EMPTY: tuple[Any, ...] = ("", None, (), [], {}, 0)


class InvalidEntryError(ValueError):
    """Values that are no entry (or no plan), or not in the one form that it has."""


def timestamp(moment: datetime) -> str:
    """`2026-11-21T10:00:00Z`: whole seconds, UTC."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def made(kind: type[T], document: Any) -> T:
    """A `kind` from JSON values. Raises InvalidEntryError with the dotted name of what is wrong."""
    result: T = _maker(typing.cast(Any, kind))(document, "")
    return result


def made_again(kind: type[T], document: Any) -> T:
    """A `kind` from values that `made` took before: nothing is asked of them. Raises InvalidEntryError, TypeError."""
    result: T = _again(typing.cast(Any, kind))(document)
    return result


def plain(value: Any) -> Any:
    """A value as JSON has it; empty parts of dataclasses are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {item.name: plain(getattr(value, item.name)) for item in fields(value)}
        return {name: one for name, one in told.items() if one not in _EMPTY}
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    return [plain(one) for one in value] if isinstance(value, tuple) else value


Maker = Callable[[Any, str], Any]


@cache
def _maker(hint: Any) -> Maker:
    """What makes a value of a type from JSON's, worked out once for each type: a ledger has many entries."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        kinds = [one for one in arguments if one is not types.NoneType]
        return _maker(kinds[0])
    if origin is typing.Literal:
        return partial(_one_of, arguments)
    if origin is tuple:
        return partial(_all, _maker(arguments[0]))
    if origin is Mapping:
        return _texts
    if hint is datetime:
        return _moment
    return _object_maker(hint) if is_dataclass(hint) else partial(_of, hint)


def _object_maker(kind: Any) -> Maker:
    makers = {name: _maker(hint) for name, hint in typing.get_type_hints(kind).items()}
    absent = {item.name for item in fields(kind) if item.default is item.default_factory}  # both MISSING
    empty = {name for name in absent if typing.get_type_hints(kind)[name] is str}

    def make(values: Any, where: str) -> Any:
        made: dict[str, Any] = {}
        for name, value in _of(dict, values, where).items():
            if name not in makers:
                raise InvalidEntryError(f"{where}{name}: unknown key")
            if value in _EMPTY:
                raise InvalidEntryError(f"{where}{name}: empty parts are left out")
            made[name] = makers[name](value, f"{where}{name}.")
        for name in absent - made.keys():
            if name not in empty:
                raise InvalidEntryError(f"{where}{name}: missing")
            made[name] = ""
        return kind(**made)

    return make


@cache
def _again(kind: Any) -> Callable[[Any], Any]:
    """What makes a dataclass from values of the right form, where thousands of them are made."""
    makers = {name: maker for name, hint in typing.get_type_hints(kind).items() if (maker := _changing(hint))}
    empty = {item.name: "" for item in fields(kind) if item.default is item.default_factory}

    def make(values: dict[str, Any]) -> Any:
        told = {**empty, **values}
        for name in makers.keys() & values.keys():
            told[name] = makers[name](values[name])
        return kind(**told)

    return make


def _changing(hint: Any) -> Callable[[Any], Any] | None:
    """What turns JSON's value into the type's own; None: it is the same."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _changing(next(one for one in arguments if one is not types.NoneType))
    if origin is tuple:
        inner = _changing(arguments[0])
        return partial(_each, inner) if inner else tuple
    if hint is datetime:
        return datetime.fromisoformat
    return _again(typing.cast(Any, hint)) if is_dataclass(hint) else None


def _each(make: Callable[[Any], Any], values: list[Any]) -> tuple[Any, ...]:
    return tuple(map(make, values))


def _of(kind: type[T], value: Any, where: str) -> T:
    if type(value) is not kind:
        raise InvalidEntryError(f"{where[:-1]}: expected {kind.__name__}, found {type(value).__name__}")
    return value


def _one_of(values: tuple[str, ...], value: Any, where: str) -> str:
    if value not in values:
        raise InvalidEntryError(f"{where[:-1]}: unknown value {value!r}")
    return str(value)


def _all(make: Maker, value: Any, where: str) -> tuple[Any, ...]:
    return tuple(make(one, where) for one in _of(list, value, where))


def _texts(value: Any, where: str) -> dict[str, str]:
    return {key: _of(str, one, f"{where}{key}.") for key, one in _of(dict, value, where).items()}


def _moment(value: Any, where: str) -> datetime:
    text = _of(str, value, where)
    try:
        if _TIME.fullmatch(text):  # Python reads weeks, blanks and the hour 24 too: there is one form for each time
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidEntryError(f"{where[:-1]}: no time like 2026-11-21T10:00:00Z")
