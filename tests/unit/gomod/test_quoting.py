"""Go's string literals."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod.quoting import unquote
from support.gooracle import GoOracle

bodies = st.lists(
    st.sampled_from(
        [
            "a",
            "é",
            '"',
            "\\",
            "`",
            "'",
            "\n",
            "\\n",
            "\\x41",
            "\\xff",
            "\\u00e9",
            "\\ud800",
            "\\U00110000",
            "\\101",
            "\\400",
        ]
    ),
    max_size=5,
).map("".join)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies, quote=st.sampled_from(['"', "`", ""]))
def test_go_reads_literals_the_same(oracle: GoOracle, body: str, quote: str) -> None:
    """strconv.Unquote, for literals and what is none; characters in single quotes are left out."""
    literal = quote + body + quote
    said = oracle.ask("unquote", literal)
    if not literal.startswith("'"):
        assert unquote(literal) == (None if isinstance(said, dict) else said)


@pytest.mark.parametrize(
    ("literal", "value"),
    [('"a\\tb"', "a\tb"), ("`a\\tb`", "a\\tb"), ('"\\xe2\\x82\\xac"', "€"), ('"a', None), ("", None)],
)
def test_by_example(literal: str, value: str | None) -> None:
    """Escapes, raw strings, bytes that make a character together, and what is no literal."""
    assert unquote(literal) == value
