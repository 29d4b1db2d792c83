"""A YAML file as documents whose scalars know the bytes they are written with; bounded whatever the text.

ruamel.yaml's parser locates (YAML 1.2, https://yaml.org/spec/1.2.2/); nothing is resolved and no tag is obeyed. An
alias stays an alias, so that what several places share is seen: a node knows the lines that refer to its anchor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.errors import RefusedError

SIZE_LIMIT = 1 << 20  # bytes of a file
NODE_LIMIT = 50_000  # events of the parser, which gives some 25,000 in a second
DEPTH_LIMIT = 64
ALIAS_LIMIT = 1_000
MERGE_LIMIT = 16  # mappings merged into one, directly and by those
BOM = b"\xef\xbb\xbf"

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+|\Z)(?:#[^\n]*\n\s*)*)*")
_COLON = re.compile(r"[ \t]*:")


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, a sequence (`items`), a mapping (`pairs`) or an alias (`target`).

    Attributes:
        path: of the file. kind: scalar, sequence, mapping or alias. line: from 1.
        text, style, tag: of a scalar, as written; `style` empty: plain.
        anchor: its name, without `&`; of an alias, the one it names.
        start, end: characters of a scalar's value, without anchor and tag; equal: nothing is written.
        number: which of the file's events it is.
        index: values by key, made when first asked.
        used: lines of the aliases that stand for it. above: the node it lies in.
    """

    path: str
    kind: str
    line: int
    number: int
    text: str = ""
    style: str = ""
    tag: str = ""
    anchor: str = ""
    start: int = 0
    end: int = 0
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    target: Node | None = None
    used: list[int] = field(default_factory=list)
    above: Node | None = None
    index: dict[str, list[Node]] = field(default_factory=dict, repr=False)

    @property
    def resolved(self) -> Node:
        """Itself, or what it is an alias of."""
        return self.target or self

    def get(self, *path: str) -> Node | None:
        """What lies below the keys of `path`, through aliases and merged mappings; None: nothing."""
        node: Node | None = self.resolved
        for key in path:
            node = next((found for one in _merged(node) if (found := one.own(key))), None) if node else None
        return node

    def own(self, key: str) -> Node | None:
        """What this mapping itself says of `key`, aliases resolved. Raises RefusedError where it says it twice."""
        if len(self.index) == 0 and self.pairs:
            for name, value in self.pairs:
                self.index.setdefault(name.resolved.text, []).append(value)
        found = self.index.get(key, [])
        if len(found) > 1:
            raise RefusedError(
                f"{self.path}:{found[1].line}: {key} stands twice in one mapping; readers differ about it"
            )
        return found[0].resolved if found else None

    def string(self, *path: str) -> str:
        """The text below the keys; empty where there is none, or `null`."""
        node = self.get(*path)
        return node.value if node else ""

    @property
    def value(self) -> str:
        """Its text; empty for a plain null and for what is no scalar."""
        is_null = not self.style and self.text in ("~", "null", "Null", "NULL")
        return "" if self.kind != "scalar" or is_null else self.text

    def walk(self) -> Iterator[tuple[str, Node]]:
        """This node and all below in the order of the file, each with its dotted path; aliases are not entered."""
        waiting: list[tuple[str, Node]] = [("", self)]
        while waiting:
            place, node = waiting.pop()
            yield place, node
            below = [(f"{place}.{name.resolved.text}".lstrip("."), value) for name, value in node.pairs]
            below += [(f"{place}[{number}]", item) for number, item in enumerate(node.items)]
            waiting += reversed(below)


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its path, its bytes, its text (without a byte order mark), its documents, the parser's events."""

    path: str
    data: bytes
    text: str
    documents: tuple[Node, ...]
    events: tuple[Any, ...] = field(default=(), repr=False)


def read(path: str, data: bytes) -> Source:
    """Read a file. Raises RefusedError with path and line: no YAML, or more of it than is read."""
    if len(data) > SIZE_LIMIT:
        raise RefusedError(f"{path}: a file of {len(data)} bytes; at most {SIZE_LIMIT} are read")
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RefusedError(f"{path}:{line}: the file is no UTF-8") from None
    reader = _Reader(path, text)
    return Source(path, data, text, tuple(reader.documents()), tuple(reader.seen))


def events(path: str, text: str) -> Iterator[Any]:
    """The parser's events. Raises RefusedError with path and line where the text is no YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise RefusedError(f"{path}:{mark.line + 1 if mark else 1}: this is no YAML: {problem}") from None


def _merged(node: Node) -> list[Node]:
    """A mapping and those that `<<` merges into it, nearest first."""
    found, waiting = [node], [node]
    while waiting and len(found) < MERGE_LIMIT:
        given = (value.resolved for name, value in waiting.pop(0).pairs if name.text == "<<" and not name.style)
        new = [one.resolved for value in given for one in (value, *value.items)]
        new = [one for one in new if one.kind == "mapping" and one not in found]
        found += new
        waiting += new
    return found[:MERGE_LIMIT]


class _Reader:
    """Turns events into nodes."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.seen: list[Any] = []
        self.events = enumerate(self.noted(events(path, text)))
        self.anchors: dict[str, Node] = {}
        self.aliases = 0

    def noted(self, events_: Iterator[Any]) -> Iterator[Any]:
        for event in events_:
            self.seen.append(event)
            yield event

    def documents(self) -> Iterator[Node]:
        for number, event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                self.anchors = {}
            elif not kind.startswith(("Stream", "Document", "Comment")):
                yield self.node(number, event, None, 0)

    def node(self, number: int, event: Any, above: Node | None, depth: int) -> Node:
        line = event.start_mark.line + 1
        if number > NODE_LIMIT or depth > DEPTH_LIMIT:
            what = f"more than {NODE_LIMIT} values" if depth <= DEPTH_LIMIT else f"deeper than {DEPTH_LIMIT} levels"
            raise RefusedError(f"{self.path}:{line}: {what}; such a file is not edited")
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.alias(number, event, above)
        node = Node(self.path, "scalar", line, number, tag=str(event.tag or ""), anchor=event.anchor or "", above=above)
        if event.anchor:
            self.anchors[event.anchor] = node
        if kind == "ScalarEvent":
            self.scalar(node, event)
        elif kind == "SequenceStartEvent":
            node.kind = "sequence"
            node.items = [self.node(number, one, node, depth + 1) for number, one in self.until("SequenceEndEvent")]
        else:
            self.mapping(node, depth)
        return node

    def until(self, end: str) -> Iterator[tuple[int, Any]]:
        for number, event in self.events:
            if type(event).__name__ == end:
                return
            yield number, event

    def mapping(self, node: Node, depth: int) -> None:
        node.kind = "mapping"
        for number, event in self.until("MappingEndEvent"):
            key = self.node(number, event, node, depth + 1)
            value = self.node(*next(self.events), node, depth + 1)
            if value.kind == "scalar" and value.start == value.end and not value.anchor:
                colon = _COLON.match(self.text, key.end)  # the parser tells nothing about where nothing is
                value.start = value.end = colon.end() if colon and key.kind == "scalar" else -1
                value.line = key.line
            node.pairs.append((key, value))

    def alias(self, number: int, event: Any, above: Node | None) -> Node:
        line = event.start_mark.line + 1
        self.aliases += 1
        target = self.anchors.get(event.anchor)
        if target is None or self.aliases > ALIAS_LIMIT:
            what = f"no anchor &{event.anchor}" if target is None else f"more than {ALIAS_LIMIT} aliases"
            raise RefusedError(f"{self.path}:{line}: {what}; such a file is not edited")
        target.used.append(line)
        return Node(self.path, "alias", line, number, anchor=event.anchor, target=target, above=above)

    def scalar(self, node: Node, event: Any) -> None:
        node.text, node.style = event.value, event.style or ""
        node.start, node.end = event.start_mark.index, event.end_mark.index
        if event.anchor or event.tag:
            found = _PROPERTIES.match(self.text, node.start, node.end)
            node.start = found.end() if found else node.start
            node.line += self.text.count("\n", event.start_mark.index, node.start)
