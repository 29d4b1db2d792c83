"""Numbers and text as JavaScript has them; each answer was observed in Node.js 20."""

from __future__ import annotations

import math

import pytest

from go_release_gate.oci import javascript


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "0"),
        ("007", "7"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("1.50", "1.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0x1F", "31"),
        ("0b11", "3"),
        ("0o17", "15"),
        ("0x" + "f" * 300, "Infinity"),
        ("9007199254740993", "9007199254740992"),
        ("123456789012345678901", "123456789012345680000"),
        ("9" * 22, "1e+22"),
        ("1234567890123456789012", "1.2345678901234568e+21"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("-12.5", "-12.5"),
        ("9" * 5000, "Infinity"),
        ("-Infinity", "-Infinity"),
        ("infinity", "NaN"),
        ("0b12", "NaN"),
        ("1_0", "NaN"),
        ("\u0663", "NaN"),
        ("\ufeff 1\u2028", "1"),
        ("\x1c1", "NaN"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    """A text becomes the number JavaScript reads, written as JavaScript writes it."""
    assert javascript.number_text(javascript.number(text)) == expected


def test_length_counts_units() -> None:
    """A character beyond the basic plane counts twice, as in JavaScript."""
    assert javascript.length("a\U0001f600") == 3
    assert math.isnan(javascript.number("x"))
