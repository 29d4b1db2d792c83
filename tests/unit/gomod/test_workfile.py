"""go.work: what each directive gives, which line it stands on, and what is refused where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gomod import workfile
from go_release_gate.gomod.modfile import Directive, Replace
from go_release_gate.gomod.syntax import SyntaxProblemError


def test_every_directive_is_read_with_its_line() -> None:
    """One file with everything in it; `use` directories stay as written."""
    text = b"""go 1.24
toolchain go1.26.8
godebug a=b
use (
\t.
\t./services/api // the API
)
use "../outside dir"
replace example.com/a v1 => example.com/b v1.2.3
replace example.com/c => ./c
"""
    assert workfile.parse(text) == workfile.WorkFile(
        go=Directive("1.24", 1),
        toolchain=Directive("go1.26.8", 2),
        godebugs=(Directive("a=b", 3),),
        uses=(Directive(".", 5), Directive("./services/api", 6), Directive("../outside dir", 8)),
        replaces=(
            Replace("example.com/a", "v1.0.0", "example.com/b", "v1.2.3", 9),
            Replace("example.com/c", "", "./c", "", 10),
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("go 1.21\ngo 1.21\n", 2, "second go"),
        ("use a b\n", 1, "exactly one value"),
        ("use (\n\t./a\n", 3, "never closed"),
        ("go 1.21\nrequire a.b/c v1.0.0\n", 2, "unknown directive"),
        ("go 1.21\nrequire (\n)\n", 2, "unknown block"),
        ("replace a.b/c => d.e/f main\n", 1, "v1.2.3"),
        ("go 1\n", 1, "invalid go version"),
    ],
)
def test_what_go_refuses_is_refused_at_its_line(text: str, line: int, words: str) -> None:
    """Each fault is an error with the line it stands on."""
    with pytest.raises(SyntaxProblemError, match=words) as caught:
        workfile.parse(text.encode())
    assert caught.value.line == line


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything but the one error."""
    try:
        found = workfile.parse(data)
    except SyntaxProblemError as error:
        assert error.line >= 1  # noqa: PT017 - both ways out are right
    else:
        assert isinstance(found, workfile.WorkFile)
