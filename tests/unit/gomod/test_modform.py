"""What differs between two go.mod files in form alone, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gomod.modfile import form_problems

AFTER = b"module m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0\n\td.e/f v1.0.0 // indirect\n)\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (AFTER.replace(b"\n", b"\r\n"), [("8 CRLF line endings", 1)]),
        (AFTER.replace(b"1.21\n", b"1.21\r\n"), [("1 CRLF line ending", 3)]),
        (AFTER[:-1], [("no newline at the end", 8)]),
        (AFTER.replace(b"\t", b"  "), [("2 lines with odd spacing", 6)]),
        (AFTER.replace(b"// indirect", b"//indirect"), [("1 line with odd spacing", 7)]),
        (AFTER.replace(b"a.b/c", b'"a.b/c"'), [("1 line with needless quotes", 6)]),
        (AFTER.replace(b"\n\n", b"\n"), [("blank lines", 2)]),
        (AFTER.replace(b"\ta.b/c v1.0.0\n", b"\ta.b/c v1.0.0\n" * 3), [("2 duplicate lines", 7)]),
        (
            b"module m\n\ngo 1.21\n\nrequire (\n\td.e/f v1.0.0 // indirect\n\ta.b/c v1.0.0\n)\n",
            [("order or grouping of lines", 6)],
        ),
        (
            b"module m\n\ngo 1.21\n\nrequire a.b/c v1.0.0\nrequire d.e/f v1.0.0 // indirect",
            [("order or grouping of lines", 5), ("no newline at the end", 6)],
        ),
    ],
)
def test_each_difference_is_named_with_its_first_line(before: bytes, expected: list[tuple[str, int]]) -> None:
    """Line endings, last newline, spacing, quotes, blank lines, duplicates, order."""
    assert form_problems(before, AFTER) == expected


lines = st.lists(st.sampled_from([b"a", b"a ", b'"a"', b"b", b"", b"(", b")", b"\r", b"\xff"]), max_size=6)
files = st.tuples(lines, st.booleans()).map(lambda parts: b"\n".join(parts[0]) + b"\n" * parts[1])


@given(before=files, after=files)
def test_a_difference_always_has_a_word_and_a_line(before: bytes, after: bytes) -> None:
    """Nothing is said exactly when the files are equal, and every line named exists."""
    found = form_problems(before, after)
    assert bool(found) == (before != after)
    count = max(before.count(b"\n") + (not before.endswith(b"\n")), 1)
    assert all(what and line is not None and 1 <= line <= count for what, line in found)
