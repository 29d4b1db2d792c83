"""The JSON of `release`: dataclasses as objects with every key, and the schemas made from the same classes."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union

from go_release_gate.ledger.codec import timestamp

ID = "https://github.com/acme/go-release-gate/schemas/{}.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Written:
    """An entry of the ledger in a list; `phase` of a move, `health` of a verdict; empty where it has none."""

    seq: int
    kind: str
    service: str
    environment: str
    time: datetime
    actor: str
    run: str
    version: str
    digest: str
    before: str
    phase: str
    health: str
    reason: str
    expires: datetime | None
    signed_by: str


@dataclass(frozen=True, slots=True)
class Done:
    """What an action that writes has written.

    `seq`: the last entry's number, 0: nothing was to be written. `previous`: digest that ran before a move.
    """

    action: str
    service: str
    environment: str
    seq: int
    version: str
    digest: str
    previous: str
    image: str
    message: str
    entries: tuple[Written, ...] = ()
    notices: tuple[str, ...] = ()


def as_json(value: Any) -> Any:
    """A dataclass as an object with every key; times as RFC 3339."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, tuple | list) else value


def enveloped_schema(kind: str, content: type) -> dict[str, Any]:
    """The schema of an action's whole object: the envelope and the content's keys."""
    inner = object_schema(content)
    tool = {
        "type": "object",
        "required": ["name", "version", "go"],
        "properties": {"name": {"const": "go-release-gate"}, "version": {"type": "string"}, "go": {"type": "string"}},
    }
    head = {"schema": {"const": 1}, "kind": {"const": kind}, "tool": tool}
    return {
        "$schema": DRAFT,
        "$id": ID.format(kind),
        "title": f"Output of go-release-gate: {kind}",
        **inner,
        "required": [*head, *inner["required"]],
        "properties": {**head, **inner["properties"]},
    }


def stored_schema(kind: str, content: type, head: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of what the ledger or a plan file holds, whose empty parts are left out."""
    inner = object_schema(content, is_sparse=True)
    return {
        "$schema": DRAFT,
        "$id": ID.format(kind),
        "title": f"go-release-gate: {kind}",
        **inner,
        "required": [*head, *inner["required"]],
        "properties": {**head, **inner["properties"]},
    }


@cache
def object_schema(kind: type, *, is_sparse: bool = False) -> dict[str, Any]:
    """A dataclass as a JSON schema; `is_sparse`: only what has no default, and is no text, must be there."""
    hints = typing.get_type_hints(kind)
    has_none = [item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING]
    required = [name for name in has_none if hints[name] is not str] if is_sparse else list(hints)
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split("\n\n")[0].split()),
        "additionalProperties": False,
        "required": required,
        "properties": {name: _schema(hint, is_sparse) for name, hint in hints.items()},
    }


def _schema(hint: Any, is_sparse: bool) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(one, is_sparse) for one in arguments]}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], is_sparse)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1], is_sparse)}
    return object_schema(typing.cast(Any, hint), is_sparse=is_sparse) if is_dataclass(hint) else _plain_schema(hint)


def _plain_schema(hint: Any) -> dict[str, Any]:
    names = {str: "string", int: "integer", bool: "boolean", float: "number", types.NoneType: "null"}
    return {"type": "string", "format": "date-time"} if hint is datetime else {"type": names[hint]}
