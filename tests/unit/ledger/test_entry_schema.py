"""`schema release-entry`: every kind of entry fits the published schema, and what is no entry does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from go_release_gate.cli.schema import schema_text
from go_release_gate.ledger.canonical import decoded, encoded
from go_release_gate.ledger.chain import read_chain
from go_release_gate.ledger.codec import InvalidEntryError
from go_release_gate.ledger.entry import KINDS, Entry
from support.anyentry import ENTRY
from support.ledgering import every_kind

SCHEMA = json.loads(schema_text("release-entry"))
VALIDATOR = Draft202012Validator(SCHEMA)
ENTRIES = every_kind()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: f"{one.kind}-{one.phase}-{one.seq}")
def test_every_kind_fits(entry: Entry) -> None:
    """What the program writes is what the schema says."""
    assert list(VALIDATOR.iter_errors(json.loads(encoded(entry)))) == []


def test_no_kind_is_left_out() -> None:
    """The schema itself is sound, and the entries above are of every kind."""
    Draft202012Validator.check_schema(SCHEMA)
    assert {entry.kind for entry in ENTRIES} == set(KINDS)
    assert SCHEMA["properties"]["kind"]["enum"] == list(KINDS)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(value, key) for key, _ in items] + [one for _, inner in items for one in places(inner)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: f"{one.kind}-{one.phase}-{one.seq}")
@pytest.mark.parametrize("odd", [None, "", 0, 1.5, [], {}, True, [0]], ids=repr)
def test_no_part_takes_what_is_none_of_it(entry: Entry, odd: Any) -> None:
    """Nothing, emptiness and values of another type are refused in every place, by the schema and by the program."""
    for at in range(len(places(json.loads(encoded(entry))))):
        mutant = json.loads(encoded(entry))
        container, key = places(mutant)[at]
        if container in (mutant.get("evidence"), mutant.get("fields")) or (
            odd in ("", {}) and isinstance(container, list)
        ):
            continue
        container[key] = odd
        assert not VALIDATOR.is_valid(mutant), (key, odd)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: f"{one.kind}-{one.phase}-{one.seq}")
def test_no_part_is_added_or_missing(entry: Entry) -> None:
    """A key that nobody knows is refused anywhere; a key whose absence the chain refuses, the schema misses too."""
    document = json.loads(encoded(entry))
    for key in document:
        less = {name: value for name, value in document.items() if name != key}
        if is_refused(less):
            assert not VALIDATOR.is_valid(less), key
    for part in (None, "image", "source", "actor", "signature"):
        more = json.loads(encoded(entry))
        inner = more if part is None else more.get(part)
        if inner:
            inner["wisdom"] = "x"
            assert not VALIDATOR.is_valid(more), part


def is_refused(document: dict[str, Any]) -> bool:
    """Whether the program refuses it by its form, wherever it stands."""
    data = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    fault = read_chain([data]).fault
    try:
        decoded(data)
    except InvalidEntryError:
        return True
    return fault is not None and any(word in fault.reason for word in (" without ", "no service", "a phase"))


@given(ENTRY)
def test_whatever_the_chain_takes_fits(entry: Entry) -> None:
    """No entry that the program reads without fault in its form is refused by the schema."""
    document = json.loads(encoded(replace(entry, seq=1, prev="")))
    if not is_refused(document):
        assert VALIDATOR.is_valid(document)
