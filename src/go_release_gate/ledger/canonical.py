"""Entries as bytes, one form for each: JSON with sorted keys, no white space, no float, a final newline.

What is signed are the bytes of the entry without its signature; what the next entry names are those with it.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, TypeVar, Union

from go_release_gate.ledger.entry import KINDS, SCHEMA, Entry

T = TypeVar("T")
_EMPTY: tuple[Any, ...] = ("", None, (), [], {}, 0)
SIZE_LIMIT = 256 << 10  # bytes of an entry; the longest parts are lists of digests


class InvalidEntryError(ValueError):
    """Bytes that are no entry, or not in the one form that an entry has."""


def document_of(entry: Entry) -> dict[str, Any]:
    """The entry as JSON values; empty parts are left out."""
    return {"schema": SCHEMA, **_plain(entry)}


def encoded(entry: Entry) -> bytes:
    """The entry's own bytes, its signature among them."""
    return _bytes(document_of(entry))


def signed_bytes(entry: Entry) -> bytes:
    """The bytes that a signature is made of."""
    return _bytes(document_of(replace(entry, signature=None)))


def digest_of(entry: Entry) -> str:
    """`sha256:…` of the entry's bytes: the `prev` of the entry behind it."""
    return f"sha256:{hashlib.sha256(encoded(entry)).hexdigest()}"


def decoded(data: bytes) -> Entry:
    """The entry in `data`.

    Raises:
        InvalidEntryError: no JSON, unknown or missing keys, values of a wrong type, another schema, or another form
            than the canonical one.
    """
    document = _loaded(data)
    entry = entry_of(document)
    if _bytes(document) != data:
        raise InvalidEntryError("not in canonical form: keys sorted, no spaces, empty parts left out")
    return entry


def entry_of(document: Any) -> Entry:
    """The entry that JSON values say. Raises InvalidEntryError."""
    if not isinstance(document, dict):
        raise InvalidEntryError("no JSON object")
    if document.get("schema") != SCHEMA:
        raise InvalidEntryError(f"schema {document.get('schema')!r}: this program knows {SCHEMA}")
    entry: Entry = _maker(Entry)({key: value for key, value in document.items() if key != "schema"}, "")
    if entry.kind not in KINDS:
        raise InvalidEntryError(f"kind: unknown value {entry.kind!r}")
    return entry


def timestamp(moment: datetime) -> str:
    """`2026-11-21T10:00:00Z`: whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _loaded(data: bytes) -> Any:
    if len(data) > SIZE_LIMIT:
        raise InvalidEntryError(f"{len(data)} bytes, at most {SIZE_LIMIT} are read")
    try:
        return json.loads(data, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise InvalidEntryError(f"no JSON: {error}") from None


def _no_float(text: str) -> float:
    raise ValueError(f"{text} is no whole number")


def _bytes(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", "surrogateescape")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        told = {item.name: getattr(value, item.name) for item in fields(value)}
        return {name: _plain(one) for name, one in told.items() if one not in _EMPTY}
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return dict(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


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
        if len(text) == 20 and text.endswith("Z"):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidEntryError(f"{where[:-1]}: no time like 2026-11-21T10:00:00Z")
