"""go.sum: its lines, its canonical form, and what is odd in its form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import sumfile
from go_release_gate.gomod.sumfile import SumLine
from go_release_gate.gomod.syntax import SyntaxProblemError
from support.gooracle import GoOracle

A = b"example.com/a v1.2.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
A_MOD = b"example.com/a v1.2.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
A_NEW = A.replace(b"v1.2.0", b"v1.10.0")
B = A.replace(b"/a", b"/b")
HISTORIC = b"example.com/c v1.0.0/go.mod h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n"
HASH = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_lines_are_read_in_file_order_with_their_numbers() -> None:
    """Duplicates are kept, blank lines counted, the historic hash passed over."""
    found = sumfile.parse(A + b"\n" + HISTORIC + A_MOD.replace(b"\n", b"\r\n") + A)
    assert found.lines == (
        SumLine("example.com/a", "v1.2.0", is_mod=False, hash=HASH, line=1),
        SumLine("example.com/a", "v1.2.0", is_mod=True, hash=HASH, line=4),
        SumLine("example.com/a", "v1.2.0", is_mod=False, hash=HASH, line=5),
    )
    assert found.content_hashes() == {("example.com/a", "v1.2.0"): found.lines[0]}


@pytest.mark.parametrize(
    ("data", "line"), [(b"a b\n", 1), (A + b"<<<<<<< HEAD\n", 2), (A + b"\n=======\n", 3), (A[:-1] + A, 1)]
)
def test_a_line_of_other_than_three_fields_is_refused(data: bytes, line: int) -> None:
    """Merge markers, cut and glued lines are errors at their line."""
    with pytest.raises(SyntaxProblemError, match="fields") as caught:
        sumfile.parse(data)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("data", "canonical", "problems"),
    [
        (b"", b"", []),
        (A + A_MOD + A_NEW + B, A + A_MOD + A_NEW + B, []),
        (B + A, A + B, [("1 line out of order", 2)]),
        (A_NEW + A, A + A_NEW, [("1 line out of order", 2)]),
        (A_MOD + A, A + A_MOD, [("1 line out of order", 2)]),
        (A + A + B + A, A + B, [("2 duplicate lines", 2)]),
        (A + b"\n" + B + b"\n", A + B, [("2 blank lines", 2)]),
        ((A + B).replace(b"\n", b"\r\n"), A + B, [("2 CRLF line endings", 1)]),
        (A + B[:-1], A + B, [("no newline at the end", 2)]),
        (A + B.replace(b" ", b"\t"), A + B, [("odd spacing in 1 line", 2)]),
        (A + HISTORIC, A, [("1 hash of an empty go.mod, written by an old Go", 2)]),
        (A + b"rubbish\n", A, [("1 malformed line", 2)]),
    ],
)
def test_each_oddity_is_named_and_mended(data: bytes, canonical: bytes, problems: list[tuple[str, int]]) -> None:
    """Order, duplicates, blank lines, line endings, last newline, spacing: words, first line, and the mended file."""
    assert sumfile.form_problems(data) == problems
    assert sumfile.canonical(data) == canonical


FIELDS = "example.com/a example.com/b v1.0.0 v1.0.0/go.mod v1.10.0 v1.9.0/go.mod v1.9.0-rc.1 bad h1:x h1:y \xa0 é"
texts = st.sampled_from(FIELDS.split(" "))
separators = st.sampled_from([" ", " ", " ", " ", "\t", "  ", "\r", "\n", "\x1c"])
rows = st.lists(st.tuples(texts, separators), max_size=4).map(lambda row: "".join(a + b for a, b in row))
files = st.lists(rows, max_size=6).map(lambda rows: "\n".join(rows).encode())


@given(data=st.one_of(files, st.binary(max_size=60)))
@example(data=b"a b\xffc h1:x\n")
def test_canonical_is_stable_and_odd_only_where_it_differs(data: bytes) -> None:
    """Canonical twice is canonical once; problems are named exactly where it differs; what it says stays the same."""
    canonical = sumfile.canonical(data)
    assert sumfile.canonical(canonical) == canonical
    assert bool(sumfile.form_problems(data)) == (canonical != data)
    try:
        before = sumfile.parse(data)
    except SyntaxProblemError:
        return
    after = sumfile.parse(canonical)
    assert content(before) == content(after)


def content(file: sumfile.SumFile) -> set[tuple[str, str, bool, str]]:
    """What a go.sum says, without lines and order."""
    return {(line.path, line.version, line.is_mod, line.hash) for line in file.lines}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["example.com/a", "example.com/A", "example.com/a/v2", "example.com/a-b", "é.com/x"]),
            st.sampled_from(["v1.0.0", "v1.0.0-rc.1", "v1.0.0-rc.10", "v1.0.0-rc.9", "v1.10.0", "v1.9.0", "v0.0.0"]),
            st.sampled_from(["", "/go.mod"]),
        ),
        unique=True,
        max_size=8,
    )
)
def test_the_order_is_the_one_go_writes(oracle: GoOracle, pairs: list[tuple[str, str, str]]) -> None:
    """module.Sort and canonical put the same lines in the same order."""
    lines = [f"{path} {version}{file}" for path, version, file in pairs]
    ours = sumfile.canonical("".join(f"{line} h1:x\n" for line in lines).encode()).decode()
    assert ours.split("\n")[:-1] == [f"{line} h1:x" for line in oracle.ask("sort", *lines)]
