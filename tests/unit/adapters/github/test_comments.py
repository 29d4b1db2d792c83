"""The marker of the one comment, and the body it leads."""

from __future__ import annotations

import pytest

from go_release_gate.adapters.github.comments import BODY_LIMIT, marked, read_mark


def test_the_marker_comes_first_and_can_be_read() -> None:
    """What marks a comment is its first line, and says the same key for the same key, whatever the content."""
    one, other = marked("check", "pass"), marked("check", "fail")
    assert one.startswith("<!-- go-release-gate comment v1 key=")
    assert one.split("\n", 1)[1] == "pass"
    assert read_mark(one) is not None
    assert read_mark(one) == read_mark(marked("check", "pass"))
    assert read_mark(one) != read_mark(other)
    assert read_mark(one).key == read_mark(other).key
    assert read_mark(one).key != read_mark(marked("release", "pass")).key


@pytest.mark.parametrize("body", ["", "text", None, 7, "> <!-- go-release-gate comment v1 key=a digest=b -->"])
def test_anything_else_has_no_marker(body: object) -> None:
    """A body that does not begin with a whole marker is not ours."""
    assert read_mark(body) is None


def test_a_quoted_marker_does_not_count() -> None:
    """Someone who answers with our comment quoted has not written our comment."""
    assert read_mark(f"> {marked('check', 'pass')}") is None


def test_a_long_body_is_cut_behind_the_marker() -> None:
    """At most GitHub's limit, the marker whole, and the cut is told."""
    body = marked("check", "a line of the report\n" * 5000)
    assert len(body) <= BODY_LIMIT
    assert read_mark(body) is not None
    assert "characters were cut" in body.splitlines()[-1]
    assert len(marked("check", "x" * 100)) == len(marked("check", "")) + 100


def test_a_body_that_just_fits_stays() -> None:
    """The limit counts the marker too, and nothing is cut at it."""
    room = BODY_LIMIT - len(marked("check", ""))
    body = marked("check", "x" * room)
    assert len(body) == BODY_LIMIT
    assert body.endswith("x")
