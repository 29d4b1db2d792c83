"""go.mod: what each directive gives, which line it stands on, and what is refused where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gomod import modfile
from go_release_gate.gomod.modfile import Directive, Exclude, Replace, Require, Retract
from go_release_gate.gomod.syntax import SyntaxProblemError

EVERYTHING = b"""// Some words.
//
// Deprecated: use example.com/shop/v2
// instead.
module example.com/shop // the shop

go 1.24.0
toolchain go1.26.8
godebug default=go1.21

require (
\texample.com/a v1.2.3
\t"example.com/b/v2" v2.0.1 // indirect
\texample.com/c main // indirect; pinned later
\texample.com/d v0.0.0-20240102030405-abcdefabcdef // indirect and more
)

replace example.com/a v1.2.3 => example.com/fork v1.2.4
replace (
\texample.com/b/v2 => "../b with space"
)
exclude example.com/a v1.2.2

// Broken builds.
retract (
\tv1.0.0
\t[v1.1.0, v1.1.9] // leaks

\tv1.2.0
)
tool example.com/a/cmd/gen
ignore ./web/node_modules
"""


def test_every_directive_is_read_with_its_line() -> None:
    """One file with everything in it."""
    assert modfile.parse(EVERYTHING) == modfile.ModFile(
        path="example.com/shop",
        path_line=5,
        deprecated="use example.com/shop/v2\ninstead.\nthe shop",
        go=Directive("1.24.0", 7),
        toolchain=Directive("go1.26.8", 8),
        godebugs=(Directive("default=go1.21", 9),),
        requires=(
            Require("example.com/a", "v1.2.3", indirect=False, line=12),
            Require("example.com/b/v2", "v2.0.1", indirect=True, line=13),
            Require("example.com/c", "main", indirect=True, line=14),
            Require("example.com/d", "v0.0.0-20240102030405-abcdefabcdef", indirect=False, line=15),
        ),
        replaces=(
            Replace("example.com/a", "v1.2.3", "example.com/fork", "v1.2.4", 18),
            Replace("example.com/b/v2", "", "../b with space", "", 20),
        ),
        excludes=(Exclude("example.com/a", "v1.2.2", 22),),
        retracts=(
            Retract("v1.0.0", "v1.0.0", "Broken builds.", 26),
            Retract("v1.1.0", "v1.1.9", "leaks", 27),
            Retract("v1.2.0", "v1.2.0", "", 29),
        ),
        tools=(Directive("example.com/a/cmd/gen", 31),),
        ignores=(Directive("./web/node_modules", 32),),
    )


def test_line_endings_and_a_missing_last_one_change_nothing() -> None:
    """CRLF, and a file that ends within its last line, say the same."""
    expected = modfile.parse(EVERYTHING)
    assert modfile.parse(EVERYTHING.replace(b"\n", b"\r\n")) == expected
    assert modfile.parse(EVERYTHING.rstrip(b"\n")) == expected


def test_a_file_without_module_line_has_no_path() -> None:
    """An empty go.mod, a boundary between modules, is no syntax error."""
    found = modfile.parse(b"// nothing\n")
    assert (found.path, found.path_line) == ("", 0)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("module a\nmodule b\n", 2, "second module"),
        ("module a\ngo 1.21\n\ngo 1.21\n", 4, "second go"),
        ("go v1.21\n", 1, "invalid go version"),
        ("toolchain 1.21\n", 1, "invalid toolchain"),
        ("module a\nrequire (\n\tb.c/d v1.0.0\n", 4, "never closed"),
        ("module a\nrequire b.c/d v2.0.0\n", 2, "should be v0 or v1"),
        ("module a\nrequire b.c/d/v3 v2.0.0\n", 2, "should be v3"),
        ("module a\nrequire b.c/d\n", 2, "expected: require"),
        ("module a\nreplace b.c/d => e\n", 2, "must begin with ./"),
        ("module a\nreplace b.c/d => ./e v1.0.0\n", 2, "cannot have a version"),
        ("module a\nreplace b.c/d => ..\\e\n", 2, "Windows path"),
        ("module a\nretract v2.0.0\n", 2, "should be v0 or v1"),
        ("retract v1.0.0\n", 1, "without a module"),
        ("module a\nretract [v1.0.0 v1.1.0]\n", 2, "expected: retract"),
        ("module a\n/* b */\n", 2, "not /* */"),
        ('module "a\n', 1, "must end on its line"),
        ("module 'a'\n", 1, "quote"),
        ("module a\nunknown b\n", 2, "unknown directive"),
        ("module a\nunknown (\n)\n", 2, "unknown block"),
        ("module a\n=======\n", 2, "unknown directive"),
        ("\ufeffmodule a\n", 1, "unexpected character"),
        ("module a\n\0\n", 2, "unexpected character"),
        ("module a\ngodebug a\n", 2, "key=value"),
    ],
)
def test_what_go_refuses_is_refused_at_its_line(text: str, line: int, words: str) -> None:
    """Each fault is an error with the line it stands on."""
    with pytest.raises(SyntaxProblemError, match=words.replace("*", r"\*")) as caught:
        modfile.parse(text.encode())
    assert caught.value.line == line


def test_dependencies_may_use_what_a_later_go_knows() -> None:
    """Not strict: unknown directives, odd go lines and main-module directives are no errors and give nothing."""
    found = modfile.parse(
        b"module a\ngo 1.99.x\nfuture (\n x y\n)\nreplace nonsense\nrequire b.c/d v1\nretract >v1\n", strict=False
    )
    assert found.go == Directive("1.99", 2)
    assert found.requires == (Require("b.c/d", "v1.0.0", indirect=False, line=7),)
    assert found.replaces == ()
    assert [retract.low for retract in found.retracts] == [">v1"]


def test_dependencies_cannot_ask_for_a_branch() -> None:
    """Not strict: a query has nobody to resolve it, so that Go refuses it."""
    with pytest.raises(SyntaxProblemError, match=r"v1\.2\.3"):
        modfile.parse(b"module a\nrequire b.c/d main\n", strict=False)


def test_a_long_hostile_file_takes_no_time() -> None:
    """Megabytes of quotes, brackets or comments are read in one pass (the suite's time limit is the judge)."""
    for piece in (b'"', b"( ", b"//\n", b"a(\n", b"\\", b"\r", b"[" * 50 + b"\n"):
        with pytest.raises(SyntaxProblemError):
            modfile.parse(b"unknown " + piece * (1_000_000 // len(piece)))


def test_many_lines_below_many_comments_take_no_time() -> None:
    """A block's comments are joined once, not once a line."""
    text = b"module a\n" + b"// why\n" * 50_000 + b"retract (\n" + b"\tv1.0.0\n" * 50_000 + b")\n"
    found = modfile.parse(text).retracts
    assert len(found) == 50_000
    assert found[0].rationale is found[-1].rationale


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything but the one error, strict or not."""
    for strict in (True, False):
        try:
            modfile.parse(data, strict=strict)
        except SyntaxProblemError as error:
            assert error.line >= 1  # noqa: PT017 - both ways out are right
