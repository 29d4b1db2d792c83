"""Line edits: the smallest ones between two files, and their application."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.model.edits import apply_edits, edits_between
from go_release_gate.model.finding import Edit

FILES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n"]), max_size=12).flatmap(
    lambda lines: st.sampled_from(["", "tail"]).map(lambda tail: ("".join(lines) + tail).encode())
)


@given(before=FILES, after=FILES)
def test_edits_lead_from_one_file_to_the_other(before: bytes, after: bytes) -> None:
    """Whatever the two files, applying the edits between them gives the second, byte for byte."""
    assert apply_edits(before, edits_between("go.sum", before, after)) == after


@given(content=FILES)
def test_equal_files_have_no_edits(content: bytes) -> None:
    """Between a file and itself there is nothing to do."""
    assert edits_between("go.sum", content, content) == ()


def test_only_what_differs_is_edited() -> None:
    """One changed line among many is one edit of that line."""
    before = b"".join(b"line %d\n" % number for number in range(1000))
    after = before.replace(b"line 500\n", b"other\n")
    assert edits_between("go.mod", before, after) == (Edit("go.mod", 501, 501, "other\n"),)


def test_a_missing_file_is_created_by_an_insertion() -> None:
    """A file that does not exist comes into being by an insertion before line 1."""
    edits = edits_between("go.sum", None, b"a\nb\n")
    assert edits == (Edit("go.sum", 1, 0, "a\nb\n"),)
    assert apply_edits(None, edits) == b"a\nb\n"


def test_the_same_edit_twice_counts_once() -> None:
    """Findings of one module carry the same edits: together they are applied once."""
    edits = edits_between("go.mod", b"a\nb\n", b"a\nx\nb\n")
    assert apply_edits(b"a\nb\n", edits * 2) == b"a\nx\nb\n"


@pytest.mark.parametrize(
    "edits",
    [
        (Edit("f", 1, 2, "x\n"), Edit("f", 2, 2, "y\n")),
        (Edit("f", 2, 1, "x\n"), Edit("f", 2, 1, "y\n")),
        (Edit("f", 5, 5, "x\n"),),
    ],
)
def test_edits_that_contradict_each_other_are_refused(edits: tuple[Edit, ...]) -> None:
    """Overlapping edits, two insertions at one place and edits beyond the end raise instead of guessing."""
    with pytest.raises(ValueError, match="cannot be applied"):
        apply_edits(b"a\nb\n", edits)


def test_bytes_that_are_no_text_survive() -> None:
    """A file that is not UTF-8 comes out of an edit as Go left it."""
    before, after = b"a \xff\nb\n", b"c \xfe\nb\n"
    assert apply_edits(before, edits_between("go.mod", before, after)) == after


def test_a_huge_difference_is_one_edit() -> None:
    """Two large files without a common line are told apart at once, by one edit."""
    before = b"".join(b"old %d\n" % number for number in range(6000))
    after = b"".join(b"new %d\n" % number for number in range(6000))
    assert edits_between("go.sum", before, after) == (Edit("go.sum", 1, 6000, after.decode()),)
