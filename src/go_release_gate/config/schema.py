"""One typed walk over the dataclasses of the configuration file gives its JSON schema."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields
from typing import Any, Literal, Union

from go_release_gate.config.document import RULE_ID, Document
from go_release_gate.config.keys import key_of

ADDRESS = "https://raw.githubusercontent.com/acme/go-release-gate/main/src/go_release_gate/config/schema.json"
_SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number", types.NoneType: "null"}
_ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def config_schema(rules: Collection[str] = ()) -> dict[str, Any]:
    """The schema of the configuration file; with `rules`, only their ids are valid where an id is expected."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ADDRESS}
    return {**head, "title": "go-release-gate configuration", **_object(Document, rules)}


def descriptions(kind: type) -> dict[str, str]:
    """Attribute → its description, from the `Attributes:` of the class's docstring."""
    page = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:")[2]
    found: dict[str, str] = {}
    for names, text in _ATTRIBUTE.findall(page):
        found |= dict.fromkeys(names.split(", "), " ".join(text.split()))
    return found


def _object(kind: type, rules: Collection[str]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    told = descriptions(kind)
    required = [key_of(item.name) for item in fields(kind) if item.default is item.default_factory is MISSING]
    properties = {}
    for item in fields(kind):
        properties[key_of(item.name)] = {**_schema(hints[item.name], rules), "description": told.get(item.name, "")}
    return {
        "description": inspect.cleandoc(kind.__doc__ or "").splitlines()[0] if kind.__doc__ else "",
        "type": "object",
        "additionalProperties": False,
        **({"required": required} if required else {}),
        "properties": properties,
    }


def _schema(hint: Any, rules: Collection[str]) -> dict[str, Any]:
    """The schema of one type; new kinds of settings extend this walk, nothing else."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    found: dict[str, Any]
    if isinstance(hint, type) and hint in _SIMPLE:
        found = {"type": _SIMPLE[hint]}
    elif origin is typing.Annotated:
        found = _annotated(arguments, rules)
    elif origin is Literal:
        found = {"enum": list(arguments)}
    elif origin is tuple:
        found = {"type": "array", "items": _schema(arguments[0], rules)}
    elif origin is Mapping:
        keys, values = (_schema(argument, rules) for argument in arguments)
        found = {"type": "object", "propertyNames": keys, "additionalProperties": values}
    elif origin in (Union, types.UnionType):
        found = _union([_schema(argument, rules) for argument in arguments if argument is not types.NoneType])
    else:
        found = _object(hint, rules)
    return found


def _annotated(arguments: tuple[Any, ...], rules: Collection[str]) -> dict[str, Any]:
    kind, mark = arguments[0], arguments[1]
    if mark == RULE_ID:
        return {"type": "string", "enum": sorted(rules)} if rules else {"type": "string"}
    return {**_schema(kind, rules), **mark}


def _union(options: list[dict[str, Any]]) -> dict[str, Any]:
    return options[0] if len(options) == 1 else {"anyOf": options}
