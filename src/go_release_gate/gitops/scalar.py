"""Replace scalars of a YAML file by their bytes: everything else stays, byte for byte.

A quoted scalar keeps its quotes; a plain one gets quotes only where its new text would be no text without them. The
result is read again by two parsers: just these scalars may differ, and they must have their new texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from go_release_gate.errors import RefusedError
from go_release_gate.gitops.document import BOM, Node, Source, events

BY_HAND = "edit it by hand once; nothing was changed"
TEXT_TAGS = ("", "!", "tag:yaml.org,2002:str")

_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:/@+~-]{0,1022}[A-Za-z0-9._/@+~-])?")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([Tt].*)?")
_SEXAGESIMAL = re.compile(r"[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def replaced(source: Source, changes: Mapping[Node, str]) -> bytes:
    """The file's bytes with the new texts in their places.

    Raises:
        RefusedError: with path and line: a scalar that is shared, has another form than plain or quoted on one line,
            or cannot be replaced without changing more.
    """
    changes = {node: text for node, text in changes.items() if node.text != text or node.start == node.end}
    data, before = source.data, len(BOM) if source.data.startswith(BOM) else 0
    for node in sorted(changes, key=lambda one: one.start, reverse=True):
        _refuse(source, node, changes[node])
        start, end = (before + len(source.text[:at].encode()) for at in (node.start, node.end))
        data = data[:start] + _written(node, changes[node]).encode() + data[end:]
    _verify(source, data, changes)
    return data


def is_text_when_plain(text: str) -> bool:
    """Whether every reader of YAML (1.1 and 1.2) takes a plain `text` for a text: `1e5`, `0x1f` and `on` are none."""
    bare = text.replace("_", "").lower()
    if bare in _WORDS or _DATE.fullmatch(text) or _SEXAGESIMAL.fullmatch(text):
        return False
    return not (_is_number(float, bare) or _is_number(lambda one: int(one, 0), bare) or bare.isdecimal())


def shared_at(node: Node) -> str:
    """Why a node is no place to write to, because other places have it too; empty: it is written and used once."""
    above: Node | None = node
    while above is not None:
        if above.used:
            lines = ", ".join(str(line) for line in dict.fromkeys(above.used))
            return f"it is part of the anchor &{above.anchor} (line {above.line}), which is used again at line {lines}"
        above = above.above
    return ""


def _refuse(source: Source, node: Node, text: str) -> None:
    place = f"{source.path}:{node.line}"
    if not _VALUE.fullmatch(text):
        raise RefusedError(f"{place}: a value that is no reference, tag, version or digest is not written")
    if node.kind != "scalar":
        raise RefusedError(f"{place}: found a {node.kind}, expected one text", BY_HAND)
    if shared := shared_at(node):
        raise RefusedError(f"{place}: {shared}: an edit would change these places too", BY_HAND)
    if node.tag not in TEXT_TAGS:
        raise RefusedError(f"{place}: the value is tagged {node.tag}, so that it may be no plain text", BY_HAND)
    is_block = node.style in ("|", ">") or "\n" in source.text[max(node.start, 0) : node.end]
    if is_block or node.start < 0 or (node.start == node.end and (node.anchor or node.tag)):
        raise RefusedError(f"{place}: the value is not written on one line, plain or in quotes", BY_HAND)


def _written(node: Node, text: str) -> str:
    if node.style in ("'", '"'):
        return f"{node.style}{text}{node.style}"
    plain = text if node.tag == TEXT_TAGS[2] or is_text_when_plain(text) else f'"{text}"'
    return f" {plain}" if node.start == node.end else plain


def _is_number(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _verify(source: Source, data: bytes, changes: Mapping[Node, str]) -> None:
    """Read both texts with ruamel.yaml and with libyaml (whose kin Go's readers are) and compare event by event."""
    after = data.removeprefix(BOM).decode("utf-8")
    wanted = {node.number: text for node, text in changes.items()}
    for read in (events, _libyaml_events):
        try:
            before = iter(source.events) if read is events else read(source.path, source.text)
            found = _differences(before, read(source.path, after))
        except RefusedError as error:
            raise RefusedError(f"{error.message}; an edit cannot be checked", BY_HAND) from None
        is_same_place = read is not events or found.keys() == wanted.keys()
        if not is_same_place or [found[at] for at in sorted(found)] != [wanted[at] for at in sorted(wanted)]:
            raise RefusedError(f"{source.path}: the edit would change more than its scalar", BY_HAND)


def _differences(before: Iterator[Any], after: Iterator[Any]) -> dict[int, str | None]:
    """Number of each event that differs → its new text; None: more than a scalar's text and quotes differ."""
    found: dict[int, str | None] = {}
    for number, (old, new) in enumerate(zip_longest(before, after)):
        if _told(old, quotes=True) != _told(new, quotes=True):
            is_text = type(old).__name__ == "ScalarEvent" and _told(old, text=False) == _told(new, text=False)
            found[number] = new.value if is_text else None
    return found


def _told(event: Any, *, text: bool = True, quotes: bool = False) -> tuple[Any, ...]:
    """What an event says, its place aside."""
    names = ("anchor", "tag", *(("value",) if text else ()), *(("style",) if quotes else ()))
    return (type(event).__name__, *(getattr(event, name, None) for name in names))


def _libyaml_events(path: str, text: str) -> Iterator[Any]:
    import yaml

    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise RefusedError(f"{path}:{mark.line + 1 if mark else 1}: not every reader takes this for YAML") from None
