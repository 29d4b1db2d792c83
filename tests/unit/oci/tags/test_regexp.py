"""Regular expressions of JavaScript in Python: answers of `text.match(new RegExp(source, flags))` seen under node."""

from __future__ import annotations

import json

import pytest

from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.regexp import compile_pattern
from support.image_names import DATA

OBSERVED = json.loads((DATA / "patterns-observed.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", OBSERVED, ids=lambda case: f"{case['source']}-{case['flags']}-{case['text']}")
def test_matches_are_those_of_javascript(case: dict[str, str]) -> None:
    """The match and its groups, all matches with `g`, null where there is none, an error where the pattern is none."""
    if "error" in case:
        with pytest.raises(RefusedInputError, match="regular expression"):
            compile_pattern(case["source"], case["flags"])
        return
    found = compile_pattern(case["source"], case["flags"]).match(case["text"])
    assert (None if found is None else list(found)) == case["match"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("(", "Unterminated group"),
        ("a)", "Unmatched"),
        ("*", "Nothing to repeat"),
        ("[a", "Unterminated character class"),
        ("[b-a]", "out of order in character class"),
        ("a{2,1}", "numbers out of order"),
        ("\\", "at end of pattern"),
        ("(?i)a", "Invalid group"),
        ("(?<1>a)", "Invalid capture group name"),
        ("(?<a>b)(?<a>c)", "Duplicate capture group name"),
    ],
)
def test_refusals_say_what_is_wrong(source: str, message: str) -> None:
    """A pattern that is none is told in the words that JavaScript has for it."""
    with pytest.raises(RefusedInputError, match=message):
        compile_pattern(source)


def test_what_python_cannot_do_is_refused() -> None:
    """A look-behind of changing width is refused, not misread; alternatives of different widths are fine."""
    with pytest.raises(RefusedInputError, match="not supported here"):
        compile_pattern("(?<=a+)b")
    assert compile_pattern("(?<=^|xy)b").match("xyb") == ("b",)


@pytest.mark.parametrize(
    ("source", "text"), [("(?i:A)b", "ab"), ("(?s:.)x", "\nx"), ("(?m:^a)", "x\na"), ("(?-i:a)", "a")]
)
def test_modifiers_count_inside_their_group(source: str, text: str) -> None:
    """Modifiers (node 23 and later) hold for their group."""
    assert compile_pattern(source).match(text) is not None
