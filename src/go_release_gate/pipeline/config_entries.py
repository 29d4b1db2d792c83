"""Entries put into sections of a configuration that is there; every other byte stays as it is.

The parser tells where a section ends, text is put in there, and the result is read again: it must say what was there
before and the new entries, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from go_release_gate.config.yamlfile import read_yaml
from go_release_gate.errors import ConfigError
from go_release_gate.oci.manifests.scan import CONFIGURATION

BOM = "\ufeff"


def with_entries(data: bytes, added: Mapping[str, tuple[str, Any]]) -> bytes | None:
    """The file with more entries; None where they cannot be put in without touching what is there.

    Args:
        added: key of a section → text of its new entries, without indentation, and what they say: a mapping or a list.
    """
    text = data.decode("utf-8", "surrogateescape")
    front = BOM if text.startswith(BOM) else ""
    after = text = text.removeprefix(front)
    for key, (entries, _) in added.items():
        grown = _with_section(after, key, entries)
        if grown is None:
            return None
        after = grown
    is_right = _said(after) == _expected(_said(text), {key: content for key, (_, content) in added.items()})
    return (front + after).encode("utf-8", "surrogateescape") if is_right else None


def _with_section(text: str, key: str, entries: str) -> str | None:
    import yaml

    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    node = next((value for name, value in pairs if name.value == key), None)
    if not isinstance(node, yaml.MappingNode | yaml.SequenceNode) or node.flow_style or not node.value:
        return None
    end = _end(text, node)
    if end is None:
        return None
    line_end = "\r\n" if "\r\n" in text[:end] else "\n"
    is_open = end and not text[:end].endswith("\n")
    indent = " " * node.start_mark.column
    lines = "".join(f"{indent}{line}{line_end}" for line in entries.splitlines())
    return text[:end] + (line_end if is_open else "") + lines + text[end:]


def _end(text: str, node: Any) -> int | None:
    """Where the line behind the last value of a block begins; None where that value stands elsewhere (an alias)."""
    import yaml

    line = node.start_mark.line
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, node = last if isinstance(last, tuple) else (last, last)
        line = max(line, key.start_mark.line) if isinstance(last, tuple) else line
        if node.end_mark.line < line:
            return None
    at = int(node.end_mark.index)
    if at and text[at - 1] == "\n":
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _said(text: str) -> Any:
    """What a text says; itself where the configuration's reader refuses it."""
    try:
        return read_yaml(text.encode("utf-8", "surrogateescape"), CONFIGURATION).value
    except ConfigError:
        return text


def _expected(before: Any, added: Mapping[str, Any]) -> Any:
    """What the file says with the entries."""
    if not isinstance(before, dict):
        return None
    return {key: _joined(value, added[key]) if key in added else value for key, value in before.items()}


def _joined(value: Any, more: Any) -> Any:
    if isinstance(value, dict) and isinstance(more, Mapping):
        return {**value, **more}
    is_list = isinstance(value, list) and isinstance(more, Sequence)
    return [*value, *more] if is_list else None
