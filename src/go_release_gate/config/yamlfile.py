"""YAML with line numbers, read as YAML 1.2's core schema reads it: `on` is a word, `1:30` is a word, `010` is ten.

Built from the parser's events, so that neither deep nesting, nor aliases that multiply, nor tags that make
objects can do more than be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from go_release_gate.errors import ConfigError

SIZE_LIMIT = 256 << 10  # bytes
NODE_LIMIT = 10_000
DEPTH_LIMIT = 32

Path = tuple[str | int, ...]

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_STRING_TAG = "tag:yaml.org,2002:str"
_CORE_TAGS = frozenset({None, "!", _STRING_TAG, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document: its value (dict, list, text, number, bool, None) and the line (from 1) of each key and entry."""

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Line of what lies at `path`, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(data: bytes, name: str) -> YamlDocument:
    """Parse the bytes of the file called `name`. Raises ConfigError with the line."""
    import yaml

    text = _text(data, name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events: Iterator[Any] = yaml.parse(text, Loader=loader)
        return _Reader(name, events).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not valid YAML"
        raise ConfigError(f"not valid YAML: {problem}", path=name, line=mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"not valid YAML: {str(error).splitlines()[0]}", path=name, line=1) from None


def _text(data: bytes, name: str) -> str:
    if len(data) > SIZE_LIMIT:
        raise ConfigError(f"the file is larger than {SIZE_LIMIT >> 10} KiB", path=name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("not UTF-8 text", "save the file as UTF-8", path=name, line=line) from None


class _Reader:
    """Turns parser events into a document; bounded in depth and in the number of nodes."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[Path, int] = {}
        self.anchors: dict[str, Any] = {}
        self.nodes = 0

    def document(self) -> YamlDocument:
        value: Any = None
        documents = 0
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self.error(event, "more than one document")
            elif kind.startswith(("Stream", "Document")):
                continue
            else:
                value = self.value(event, ())
        return YamlDocument(value, self.lines)

    def value(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, event.start_mark.line + 1)
        self.count(event, 1)
        if len(path) > DEPTH_LIMIT:
            raise self.error(event, f"nested deeper than {DEPTH_LIMIT} levels")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.alias(event)
        if event.tag not in _CORE_TAGS:
            raise self.error(event, f"tag {event.tag} is not supported")
        value: Any
        if kind == "ScalarEvent":
            value = self.scalar(event)
        else:
            value = self.sequence(path) if kind == "SequenceStartEvent" else self.mapping(path)
        if event.anchor:
            self.anchors[event.anchor] = value
        return value

    def scalar(self, event: Any) -> Any:
        is_plain = event.tag is None and event.implicit[0]
        return _resolve(event.value) if is_plain else event.value

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self.key(event)
            if key in items:
                first = self.lines[*path, key]
                raise self.error(event, f"{key!r} is given twice, first on line {first}")
            self.lines[*path, key] = event.start_mark.line + 1
            items[key] = self.value(next(self.events), (*path, key))
        return items

    def key(self, event: Any) -> str:
        if type(event).__name__ != "ScalarEvent":
            raise self.error(event, "a key must be plain text")
        return str(event.value)

    def alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise self.error(event, f"alias *{event.anchor} refers to nothing before it")
        value = self.anchors[event.anchor]
        self.count(event, _size(value))
        return value

    def count(self, event: Any, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > NODE_LIMIT:
            raise self.error(event, f"more than {NODE_LIMIT} values, aliases counted as often as they are used")

    def error(self, event: Any, message: str) -> ConfigError:
        return ConfigError(message, path=self.name, line=event.start_mark.line + 1)


def _size(value: Any) -> int:
    """Number of values in `value`; stops soon after the limit, so that a bomb costs no more than the limit."""
    waiting, seen = [value], 0
    while waiting and seen <= NODE_LIMIT:
        item = waiting.pop()
        seen += 1
        if isinstance(item, (list, dict)):
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return seen


def _resolve(text: str) -> Any:
    """The value of a plain scalar by the core schema."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if len(text) > 100:
        return text
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
