"""YAML as a tree whose every node knows its line and column.

Read as YAML 1.2's core schema reads it, as GitHub does: `on` is a word. Built from the parser's events, so that neither
deep nesting, nor aliases that multiply, nor tags that make objects can do more than be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SIZE_LIMIT = 512 << 10  # bytes; GitHub refuses workflows beyond it
NODE_LIMIT = 20_000
DEPTH_LIMIT = 64

_BOOLEANS = {"true": True, "false": False}
_NULLS = frozenset({"", "~", "null"})
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # stand for what is unknown (unknown.py); a document has none of them


class InvalidDocumentError(ValueError):
    """A text that is no document one can read: `message` what is wrong, `line` (from 1) where."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A word or a text.

    Attributes:
        style: empty for a plain one, else its quote or its block sign (`|`, `>`).
        source: the lines of the file it spans, where it spans several.
    """

    text: str
    line: int
    column: int
    style: str = ""
    source: tuple[str, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return 1

    @property
    def value(self) -> str | bool | float | None:
        """What the core schema makes of it."""
        if self.style:
            return self.text
        lower = self.text.lower()
        if lower in _NULLS:
            return None
        if lower in _BOOLEANS:
            return _BOOLEANS[lower]
        return float(self.text) if len(self.text) < 40 and _NUMBER.fullmatch(self.text) else self.text

    def line_at(self, offset: int) -> int:
        """Line of the file where the character at `offset` of the text stands."""
        if self.style == "|":
            return self.line + 1 + self.text.count("\n", 0, offset)
        if not self.source:
            return self.line
        return self.line + self._folded(offset)

    def _folded(self, offset: int) -> int:
        """Folding loses the lines: each is looked for in the text, in order, until `offset` is passed."""
        reached = 0
        for number, raw in enumerate(self.source):
            part = raw.strip().strip("\"'\\")
            found = self.text.find(part, reached) if part else -1
            if found >= 0:
                reached = found + len(part)
                if reached > offset:
                    return number
        return 0


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int
    size: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys and what belongs to them, in the order of the text."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int
    size: int = 1
    is_flow: bool = False  # written in braces

    def get(self, name: str) -> Node | None:
        """What belongs to the key, also by way of a merge (`<<`); None: there is no such key."""
        merged = None
        for key, node in self.entries:
            if key.text == name:
                return node
            if key.text == "<<" and isinstance(node, Mapping):
                merged = node
        return merged.get(name) if merged else None

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its position."""
        return next((key for key, _ in self.entries if key.text == name), None)


Node = Scalar | Sequence | Mapping


def read_tree(data: bytes) -> Node | None:
    """The document in `data`; None: it is empty.

    Raises:
        InvalidDocumentError: not UTF-8, not YAML, a key given twice, several documents, or beyond a limit.
    """
    import yaml

    text = _text(data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(text, iter(yaml.parse(text, Loader=loader))).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, max(len(text.splitlines()), 1)) if mark else 1  # the end may lie behind the last
        raise InvalidDocumentError(str(error.problem or error.context), line) from None
    except yaml.YAMLError as error:
        raise InvalidDocumentError(str(error).splitlines()[0]) from None


def _text(data: bytes) -> str:
    if len(data) > SIZE_LIMIT:
        raise InvalidDocumentError(f"the file is larger than {SIZE_LIMIT >> 10} KiB")
    try:
        return _PRIVATE.sub("\ufffd", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidDocumentError("not UTF-8 text", data.count(b"\n", 0, error.start) + 1) from None


class _Reader:
    """Turns parser events into nodes; bounded in depth and in their number."""

    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self.lines = re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text)
        self.events = events
        self.anchors: dict[str, Node] = {}
        self.nodes = 0

    def document(self) -> Node | None:
        found: list[Node] = []
        for event in self.events:
            kind = type(event).__name__
            if kind.startswith(("Stream", "Document")):
                continue
            if found:
                raise self.error(event, "more than one document in the file")
            found.append(self.node(event, 0))
        return found[0] if found else None

    def node(self, event: Any, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            raise self.error(event, f"nested deeper than {DEPTH_LIMIT} levels")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.alias(event)
        self.count(event, 1)
        node = self.scalar(event) if kind == "ScalarEvent" else self.collection(event, kind, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark, event.end_mark
        source = tuple(self.lines[start.line : end.line + 1]) if end.line > start.line else ()
        style = event.style or ""
        if not style and event.tag:
            style = '"'  # `!!str 1.0`: whatever the tag, a text
        return Scalar(event.value, start.line + 1, start.column + 1, style, source)

    def collection(self, event: Any, kind: str, depth: int) -> Node:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if kind == "SequenceStartEvent":
            items = tuple(self.items(depth))
            return Sequence(items, line, column, 1 + sum(item.size for item in items))
        entries = tuple(self.entries(depth))
        size = 1 + sum(1 + node.size for _, node in entries)
        return Mapping(entries, line, column, size, bool(event.flow_style))

    def items(self, depth: int) -> Iterator[Node]:
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                return
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise self.error(event, "a key must be plain text")
            if key.text in seen and key.text != "<<":
                raise self.error(event, f"{key.text!r} is given twice, first on line {seen[key.text]}")
            seen[key.text] = key.line
            yield key, self.node(next(self.events), depth + 1)

    def alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            raise self.error(event, f"alias *{event.anchor} refers to nothing before it")
        self.count(event, node.size)
        return node

    def count(self, event: Any, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > NODE_LIMIT:
            raise self.error(event, f"more than {NODE_LIMIT} values, aliases counted as often as they are used")

    @staticmethod
    def error(event: Any, message: str) -> InvalidDocumentError:
        return InvalidDocumentError(message, event.start_mark.line + 1)


def text_of(node: Node | None) -> str:
    """The text of a scalar, empty for anything else."""
    return node.text if isinstance(node, Scalar) else ""


def texts_of(node: Node | None) -> tuple[Scalar, ...]:
    """The scalars of a list; one scalar stands for a list of itself."""
    if isinstance(node, Scalar):
        return (node,) if node.text else ()
    return tuple(item for item in node.items if isinstance(item, Scalar)) if isinstance(node, Sequence) else ()


def entries_of(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """The entries of a mapping, none for anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def child(node: Node | None, *names: str) -> Node | None:
    """What lies at the path of keys, None where it ends early."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node
