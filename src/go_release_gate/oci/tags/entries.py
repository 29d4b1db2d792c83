"""The entries of the input `tags`: what kinds there are, which attributes each takes and needs, and their order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key

from go_release_gate.oci.javascript import number
from go_release_gate.oci.tags.fields import ListLine, entries_of, fields_of, trim
from go_release_gate.oci.tags.refusal import RefusedInputError

NAME = "tags"


class EntryType(StrEnum):
    """What makes a tag out of what."""

    SCHEDULE = "schedule"
    SEMVER = "semver"
    PEP440 = "pep440"
    MATCH = "match"
    EDGE = "edge"
    REF = "ref"
    RAW = "raw"
    SHA = "sha"


PRIORITIES = {
    EntryType.SCHEDULE: "1000",
    EntryType.SEMVER: "900",
    EntryType.PEP440: "900",
    EntryType.MATCH: "800",
    EntryType.EDGE: "700",
    EntryType.REF: "600",
    EntryType.RAW: "200",
    EntryType.SHA: "100",
}

REF_EVENTS = ("branch", "tag", "pr")
SHA_FORMATS = ("short", "long")

NEEDED = {
    EntryType.SEMVER: "pattern",
    EntryType.PEP440: "pattern",
    EntryType.MATCH: "pattern",
    EntryType.REF: "event",
    EntryType.RAW: "value",
}

DEFAULTS: Mapping[EntryType, Mapping[str, str]] = {
    EntryType.SCHEDULE: {"pattern": "nightly"},
    EntryType.SEMVER: {"value": "", "match": ""},
    EntryType.PEP440: {"value": "", "match": ""},
    EntryType.MATCH: {"group": "0", "value": ""},
    EntryType.EDGE: {"branch": ""},
    EntryType.SHA: {"prefix": "sha-", "format": "short"},
}

DEFAULT_LINES = ("type=schedule", "type=ref,event=branch", "type=ref,event=tag", "type=ref,event=pr")
"""What counts when the input is empty."""

EXAMPLES = {
    "pattern": "pattern={{version}}",
    "event": f"event={'|'.join(REF_EVENTS)}",
    "value": "value=nightly",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        attributes: by lower-cased name, defaults filled in; unknown ones are kept and mean nothing.
        text: as it was written; line: where, from 1; 0: one of the defaults.
    """

    type: EntryType
    attributes: Mapping[str, str]
    text: str
    line: int

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        """An attribute that may be absent."""
        return self.attributes.get(name)


def read_entries(text: str) -> tuple[Entry, ...]:
    """The entries of the input `tags`, the highest priority first, else in their order.

    Raises RefusedInputError for a line that is none.
    """
    lines = entries_of(text, NAME) or [ListLine(line, 0) for line in DEFAULT_LINES]
    return ordered(tuple(read_entry(line) for line in lines))


def ordered(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Sorted by priority, stably. What is no number is neither above nor below anything."""
    return tuple(sorted(entries, key=cmp_to_key(_compare)))


def _compare(left: Entry, right: Entry) -> int:
    first, second = number(left["priority"]), number(right["priority"])
    return (first < second) - (first > second)


def read_entry(line: ListLine) -> Entry:
    """One entry from its line. Raises RefusedInputError."""
    kind, attributes = _attributes(line)
    needed = NEEDED.get(kind)
    if needed is not None and needed not in attributes:
        raise _refused(line, f"type={kind} lacks the attribute {needed}", f"add {needed!r}, as in {EXAMPLES[needed]}")
    attributes = {**DEFAULTS.get(kind, {}), **attributes}
    _check(kind, attributes, line)
    if kind is EntryType.REF and attributes["event"] == "pr":
        attributes.setdefault("prefix", "pr-")
    attributes.setdefault("enable", "true")
    attributes.setdefault("priority", PRIORITIES[kind])
    return Entry(kind, attributes, line.text, line.line)


def _attributes(line: ListLine) -> tuple[EntryType, dict[str, str]]:
    kind, found = EntryType.RAW, dict[str, str]()
    for field in fields_of(line, NAME):
        at = field.find("=", 1) if not field.startswith("=") else -1
        if at < 0:
            found["value"] = trim(field)
            continue
        key, value = trim(field[:at]).lower(), trim(field[at + 1 :])
        if key == "type":
            kind = _type(value, line)
        else:
            found[key] = value
    return kind, found


def _type(value: str, line: ListLine) -> EntryType:
    if value not in EntryType.__members__.values():
        raise _refused(line, f"unknown type {value!r}", f"expected one of {', '.join(EntryType)}")
    return EntryType(value)


def _check(kind: EntryType, attributes: Mapping[str, str], line: ListLine) -> None:
    if kind is EntryType.REF:
        _check_word(attributes, "event", REF_EVENTS, line)
    if kind is EntryType.SHA:
        _check_word(attributes, "format", SHA_FORMATS, line)
    if kind is EntryType.MATCH and math.isnan(number(attributes["group"])):
        raise _refused(line, f"group={attributes['group']} is not a number", "name a group by its number, from 0")


def _check_word(attributes: Mapping[str, str], name: str, words: tuple[str, ...], line: ListLine) -> None:
    if attributes[name] not in words:
        raise _refused(line, f"unknown {name} {attributes[name]!r}", f"expected one of {', '.join(words)}")


def _refused(line: ListLine, message: str, hint: str) -> RefusedInputError:
    return RefusedInputError(f"{message}, in {line.text!r}", hint, name=NAME, line=line.line)
