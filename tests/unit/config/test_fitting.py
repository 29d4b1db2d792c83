"""What fits without the schema is taken by the schema, so that no faulty file passes unseen."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from go_release_gate.config.document import Document
from go_release_gate.config.fitting import fits
from go_release_gate.config.schema import config_schema

RULES = ("a-rule", "b-rule")
WHOLE: dict[str, Any] = {
    "rules": "0.1",
    "select": ["a-rule"],
    "severity": {"a-rule": "note", "b-rule": {"branch": "off"}},
    "go": {"timeout": 30},
    "prepare": ["make gen"],
    "ledger": {"ref": "refs/heads/ledger", "sign": "ssh", "signers": [{"key": "k", "may": ["release"]}]},
    "services": {"api": {"image": "registry.example.com/acme/api", "mirrors": ["registry.example.com/m/api"]}},
    "environments": {"production": {"keep": 4, "keep-hours": 72.5, "targets": [{"kind": "channel-tag", "timeout": 5}]}},
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.sampled_from(["", "off", "a-rule", "c-rule", "x\n", "Z"]),
    st.sampled_from([[], {}, ["a-rule"], [None], {"kind": "x"}, {"image": "a"}, {1: 2}]),
)
VALIDATOR = Draft202012Validator(config_schema(RULES))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(value, key) for key, _ in items] + [one for _, inner in items for one in places(inner)]


def test_a_whole_file_fits() -> None:
    """The quick way takes what is right: otherwise it were no use."""
    assert VALIDATOR.is_valid(WHOLE)
    assert fits(Document, WHOLE, RULES)


@given(st.integers(0, 1000), ODD, st.sampled_from(["value", "key", "gone"]))
def test_what_fits_is_valid(at: int, odd: Any, what: str) -> None:
    """A value, a key or an absence in any place: where it fits, the schema takes it."""
    mutant = copy.deepcopy(WHOLE)
    found = places(mutant)
    container, key = found[at % len(found)]
    if what == "value":
        container[key] = odd
    elif what == "gone":
        del container[key]
    elif isinstance(container, dict):
        container["strange"] = odd

    if fits(Document, mutant, RULES):
        assert VALIDATOR.is_valid(mutant)


@pytest.mark.parametrize(
    "fault",
    [
        {"environments": {"x": {"keep": 2}}},
        {"jobs": True},
        {"select": ["c-rule"]},
        {"go": {"timeout": "30"}},
        {"rules": "1"},
    ],
)
def test_faults_do_not_fit(fault: dict[str, Any]) -> None:
    """A limit, a boolean as a number, an unknown rule, text for a number, a pattern."""
    assert not fits(Document, {**WHOLE, **fault}, RULES)
