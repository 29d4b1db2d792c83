"""YAML as a tree whose texts know where they stand; several documents in one file; bounded whatever the text.

Nothing is resolved (`1.10` stays `1.10`) and no tag is obeyed. An alias is the node it names, once: texts that
multiply by aliases cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from go_release_gate.oci.manifests.use import Part

NODE_LIMIT = 100_000  # in one document
DEPTH_LIMIT = 64
LINE_LIMIT = 4_000  # characters of a line that is kept to be corrected
MERGE_LIMIT = 16  # mappings merged into one, directly and by those

_START = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029\x0b\x0c]|\r(?!\n)")


class UnreadableError(Exception):
    """A document that is no YAML, or more of it than is read; `line` from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(slots=True, eq=False)
class Node:
    """A text (`part`), a sequence (`items`) or a mapping (`pairs`, keys as written, each with its place in `keys`)."""

    part: Part | None = None
    items: list[Node] = field(default_factory=list)
    pairs: dict[str, Node] = field(default_factory=dict)
    merged: list[Node] = field(default_factory=list)
    keys: dict[str, Part] = field(default_factory=dict)

    def get(self, *path: str) -> Node:
        """What lies below the keys of `path`, merged mappings included; an empty node where there is nothing."""
        node: Node = self
        for key in path:
            node = next((one.pairs[key] for one in (node, *node.merged) if key in one.pairs), _NOTHING)
        return node

    def has(self, key: str) -> bool:
        """Whether it is a mapping with `key`, by itself or by a merged one."""
        return any(key in one.pairs for one in (self, *self.merged))

    def place(self, key: str) -> Part | None:
        """Where `key` of this mapping is written, by itself or by a merged one; None: it has no such key."""
        return next((one.keys[key] for one in (self, *self.merged) if key in one.keys), None)

    @property
    def text(self) -> str:
        """Its text; empty for what has none."""
        return self.part.text if self.part else ""

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Keys (or numbers) and nodes directly below."""
        yield from self.pairs.items()
        yield from ((str(number), item) for number, item in enumerate(self.items))


_NOTHING = Node()


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a file as (line before the first, text): `---` at the start of a line always begins one."""
    starts = [0, *(match.start() for match in _START.finditer(text))]
    before = 0
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[begin:end]
        if piece.strip():
            yield before, piece
        before += piece.count("\n")


def read(text: str, before: int = 0) -> list[Node]:
    """The documents in `text`; `before` lines lie before it in its file. Raises UnreadableError."""
    import yaml

    lines = [f"{line}\n" for line in text.split("\n")]
    if lines:
        lines[-1] = lines[-1][:-1]
    plain = _OTHER_BREAKS.sub(" ", text)
    try:
        events: Iterator[Any] = yaml.parse(plain, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return _Reader(events, lines, before).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(str(error.problem or error.context), before + (mark.line + 1 if mark else 1)) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise UnreadableError(str(error).splitlines()[0], before + 1) from None


class _Reader:
    """Turns parser events into nodes."""

    def __init__(self, events: Iterator[Any], lines: list[str], before: int) -> None:
        self.events = events
        self.lines = lines
        self.before = before
        self.anchors: dict[str, Node] = {}
        self.nodes = 0

    def documents(self) -> list[Node]:
        found = []
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                self.anchors = {}
            elif not kind.startswith(("Stream", "Document")):
                found.append(self.node(event, 0))
        return found

    def node(self, event: Any, depth: int) -> Node:
        self.nodes += 1
        if self.nodes > NODE_LIMIT or depth > DEPTH_LIMIT:
            what = f"more than {NODE_LIMIT} values" if depth <= DEPTH_LIMIT else f"deeper than {DEPTH_LIMIT} levels"
            raise UnreadableError(what, self.before + event.start_mark.line + 1)
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.anchors.get(event.anchor, _NOTHING)
        node = Node()
        if kind == "ScalarEvent":
            node.part = self.part(event)
        elif kind == "SequenceStartEvent":
            self.sequence(node, depth)
        else:
            self.mapping(node, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def sequence(self, node: Node, depth: int) -> None:
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            node.items.append(self.node(event, depth + 1))

    def mapping(self, node: Node, depth: int) -> None:
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                return
            name = self.node(event, depth + 1)
            key = name.text
            value = self.node(next(self.events), depth + 1)
            if key == "<<":
                below = (one for given in (value, *value.items) for one in (given, *given.merged))
                node.merged = list(dict.fromkeys((*node.merged, *islice(below, MERGE_LIMIT))))[:MERGE_LIMIT]
            else:
                node.pairs.setdefault(key, value)
                if name.part:
                    node.keys.setdefault(key, name.part)

    def part(self, event: Any) -> Part:
        """A plain `null` is no text."""
        start, end = event.start_mark, event.end_mark
        is_quoted = event.style in ("'", '"')
        is_plain = event.style in (None, "")
        text = "" if is_plain and event.value in ("~", "null", "Null", "NULL") else event.value
        is_whole = (is_plain or is_quoted) and start.line == end.line
        source = self.lines[start.line] if is_whole and start.line < len(self.lines) else ""
        column = start.column + is_quoted
        is_shown = bool(source) and len(source) <= LINE_LIMIT and source.startswith(text, column)
        shown = source if is_shown else ""
        return Part(text, self.before + start.line + 1, column + 1, shown, event.style == "|")
