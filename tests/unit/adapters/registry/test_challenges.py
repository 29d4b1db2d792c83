"""The header WWW-Authenticate, as registries write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.registry.challenges import Challenge, read


@pytest.mark.parametrize(
    ("header", "scheme", "parameters"),
    [
        ('Bearer realm="https://a/t",service="s",scope="repository:a:pull,push"', "bearer",
         {"realm": "https://a/t", "service": "s", "scope": "repository:a:pull,push"}),
        ("bearer realm=https://a/t, service=s", "bearer", {"realm": "https://a/t", "service": "s"}),
        ('BEARER  Realm = "https://a/t" , Service="a \\"b\\" c"', "bearer",
         {"realm": "https://a/t", "service": 'a "b" c'}),
        ('Basic realm="a, b=c"', "basic", {"realm": "a, b=c"}),
        ('Bearer realm="https://a/t', "bearer", {"realm": "https://a/t"}),
        ('Bearer realm="first",realm="second"', "bearer", {"realm": "first"}),
        ('Bearer realm="https://a/t";service="s"', "bearer", {"realm": "https://a/t"}),
        ("Negotiate", "negotiate", {}),
        ('Bearer realm=""', "bearer", {"realm": ""}),
    ],
)  # fmt: skip
def test_one(header: str, scheme: str, parameters: dict[str, str]) -> None:
    """Quotes, commas inside them, missing ones, spaces and upper case."""
    assert read([header])[0] == Challenge(scheme, parameters)


def test_several() -> None:
    """Several challenges, in one header and in several, in their order."""
    found = read(['Basic realm="x", Bearer realm="https://a/t",service="s"', "Negotiate"])
    assert [each.scheme for each in found] == ["basic", "bearer", "negotiate"]
    assert found[1].parameters == {"realm": "https://a/t", "service": "s"}


@given(st.lists(st.text(st.sampled_from('Bbearer =",\\ \t:/;scope'), max_size=60), max_size=4) | st.lists(st.text()))
def test_anything(headers: list[str]) -> None:
    """No header makes it fail."""
    found: Any = read(headers)
    assert all(isinstance(value, str) for each in found for value in each.parameters.values())


def test_long_headers_are_quick() -> None:
    """The time does not explode with what a header repeats; only its start is read."""
    for part in ('a="', "a=,", "a ", ", ", '\\"', 'a="\\'):
        assert len(read([f"Bearer {part * 100_000}"])) < 10_000
