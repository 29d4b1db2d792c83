"""Lists and their lines: two passes of CSV, and the line that an error names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.oci.tags import fields
from go_release_gate.oci.tags.fields import ListLine, entries_of, fields_of
from go_release_gate.oci.tags.refusal import RefusedInputError


def texts(text: str) -> list[str]:
    """The entries alone."""
    return [entry.text for entry in entries_of(text, "tags")]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a,b\nc", ["a,b", "c"]),
        ("# a\nb # c\n", ["b # c"]),
        ('"a,b",c', ["a,b,c"]),
        ('"""a,b""",c', ['"a,b",c']),
        ('a"b"', ['a"b"']),
        ('"a"b', ['"a"b']),
        ("a\r\nb\nc", ["a", "b\nc"]),
        ('"a\nb"\nc', ["a\nb", "c"]),
        ("", []),
    ],
)
def test_first_pass(text: str, entries: list[str]) -> None:
    """Lines are entries, quotes are taken off, a comment is one at the start of a line, one kind of line end counts."""
    assert texts(text) == entries


@pytest.mark.parametrize(
    ("text", "lines"), [("a\nb", [1, 2]), ("\n\n a\n# x\n\nb", [3, 6]), ("a\r\n\r\nb", [1, 3]), ('"a\nb"\nc', [1, 3])]
)
def test_entries_know_their_lines(text: str, lines: list[int]) -> None:
    """The line is the one in the text as it was given, blank lines and comments counted."""
    assert [entry.line for entry in entries_of(text, "tags")] == lines


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a,b", ("a", "b")),
        ('"a,b",c', ("a,b", "c")),
        ('"a""b"', ('a"b',)),
        ("a,,", ("a", "", "")),
        ("a\nb", ("a",)),
        ("#", ("#",)),
    ],
)
def test_second_pass(text: str, fields: tuple[str, ...]) -> None:
    """Fields are split at commas outside quotes; further lines do not count; there are no comments."""
    assert fields_of(ListLine(text, 1), "tags") == fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a"b', "tags, line 7: a quote (\") inside the field 'a'"),
        ('"a"b', "tags, line 7: a closing quote (\") is followed by 'b'"),
        ('"a', 'tags, line 7: a quote (") is opened and never closed'),
        ("", "tags, line 7: a line of white space alone"),
    ],
)
def test_second_pass_refuses(text: str, said: str) -> None:
    """A misplaced quote is refused with input, line and what was found."""
    with pytest.raises(RefusedInputError) as caught:
        fields_of(ListLine(text, 7), "tags")
    assert caught.value.message.startswith(said)
    assert caught.value.hint


def test_first_pass_refuses_an_open_quote() -> None:
    """A quote that is never closed swallows the rest: refused."""
    with pytest.raises(RefusedInputError, match="labels, line 1: a quote"):
        entries_of('"a\nb', "labels")


@given(
    st.lists(st.text(st.characters(exclude_characters='",#\r\n', categories=["L", "N", "P"]), min_size=1), min_size=1)
)
def test_plain_fields_come_back(fields: list[str]) -> None:
    """Fields without special characters are what the two passes give back."""
    entry = entries_of(",".join(fields), "tags")[0]
    assert fields_of(entry, "tags") == tuple(fields)


@given(st.text(alphabet="a, \n=", max_size=12), st.booleans())
def test_the_short_way_is_the_long_one(text: str, lenient: bool) -> None:
    """A text without quotes and comments is read alike by both ways."""
    short = fields._Reader(text, lenient=lenient).rows()
    reader = fields._Reader(text, lenient=lenient)
    while reader._at < len(reader._text):
        reader._step(reader._text[reader._at])
    if not reader._is_blank():
        reader._end_row(0)
    assert short == reader._rows
