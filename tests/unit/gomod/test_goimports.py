"""The head of .go files: package, imports with lines, build constraints."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import buildtags
from go_release_gate.gomod.goimports import GoFile, scan
from support.gooracle import GoOracle

against_go = settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SOURCE = b"""// Copyright: see LICENSE.

//go:build linux && (amd64 || cgo)

/* Package shop sells.
import "not/this" */
package shop // import "not/this/either"

import "fmt"; import "os"

import (
\t"a.b/c" // the first
\t. "d.e/f"
\t_ `g.h/i`
\t// "j.k/l"
\talias /* odd */ "m.n/o"
\t"C"
)

var text = `
import "p.q/r"
`
import "too/late"
"""


def test_imports_are_read_with_their_lines() -> None:
    """All forms of import; comments and strings behind them are none."""
    assert scan("shop.go", SOURCE) == GoFile(
        package="shop",
        imports=(("fmt", 9), ("os", 9), ("a.b/c", 12), ("d.e/f", 13), ("g.h/i", 14), ("m.n/o", 16), ("C", 17)),
        constraint="linux && (amd64 || cgo)",
        is_test=False,
        ignored=False,
    )
    assert scan("shop.go", b"\xef\xbb\xbf" + SOURCE.replace(b"\n", b"\r\n")) == scan("shop.go", SOURCE)


@pytest.mark.parametrize(
    ("name", "head", "constraint", "ignored"),
    [
        ("a.go", "", "", False),
        ("a_windows.go", "", "windows", False),
        ("a_linux_arm64_test.go", "", "linux && arm64", False),
        ("linux.go", "", "", False),
        ("a_unix.go", "", "", False),
        ("a_windows.go", "//go:build cgo || x\n\n", "(cgo || x) && windows", False),
        ("a.go", "//go:build ignore\n\n", "ignore", True),
        ("a.go", "//go:build !ignore\n\n", "!ignore", False),
        ("a.go", "//go:build ignore || tools\n\n", "ignore || tools", False),
        ("a.go", "//go:build ignore && tools\n", "ignore && tools", True),
        ("a.go", "//go:build a && !a\n", "a && !a", False),
        ("a.go", "//go:build a &&\n", "a &&", True),
        ("a.go", "//go:build a\n//go:build b\n", "a", True),
        ("a.go", "//go:build a\n// +build b\n\n", "a", False),
        ("a.go", "// +build linux,cgo !windows\n// +build x\n\n", "(linux && cgo || !windows) && x", False),
        ("a.go", "// +build ignore\n\n", "ignore", True),
        ("a.go", "// +build ignore\n", "", False),
        ("a.go", "/* x */\n// +build ignore\n\n", "", False),
        ("a.go", "/*\n//go:build ignore\n*/\n", "", False),
        ("a.go", "//go:buildignore\n\n", "", False),
        ("_a.go", "", "", True),
    ],
)
def test_constraints(name: str, head: str, constraint: str, ignored: bool) -> None:
    """What must hold for a file to be built, and whether tidy leaves it out."""
    found = scan(name, f"{head}package a\n".encode())
    assert (found.package, found.constraint, found.ignored) == ("a", constraint, ignored)


def test_test_files_are_known_by_name() -> None:
    """`_test.go`, whatever the package is called."""
    assert scan("a_test.go", b"package a").is_test
    assert not scan("a_tests.go", b"package a_test").is_test


PIECES = (
    'package|import|a|b.c|.|_|é|//|/*|*/|\n|\n|\n| |\t|;|(|)|"a"|"b/c"|`d`|"e|\\|"\\x41"|`|import "f"\n|import (\n'
    "|package p\n|func f() {}|//go:build |// +build |//go:build ignore\n|ignore|linux|!|&&|,|\r\n|\f|\v|ab"
    "|// +build a,!b c\n|\n\n|// x\n|/* y */|\xa0|importx|packagep|/"
)
pieces = st.sampled_from(PIECES.split("|"))
heads = st.lists(pieces, max_size=12).map("".join)
good_heads = st.builds(lambda a, b, c: f"{a}\npackage p\n{b}\nimport (\n{c}\n)\n", heads, heads, heads)


terms = st.sampled_from(["a", "b.c", "ignore", "é2", "!", "!", "(", ")", "&&", "||", "&", "", "+", "\t", "x-y", "²"])
modern_lines = st.lists(terms, max_size=9).map(lambda parts: "//go:build " + " ".join(parts))
balanced = st.recursive(
    st.sampled_from(["a", "b", "ignore", "!ignore", "!a"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner).flatmap(
        lambda text: st.sampled_from([text, f"!{text}"])
    ),
    max_leaves=8,
)
words = st.sampled_from(["a", "!a", "ignore", "!ignore", "!!a", "!", "a,b", "a,ignore", ",", "x-y", "!x-y"])
legacy_lines = st.lists(words, max_size=4).map(lambda parts: "// +build " + " ".join(parts))


@against_go
@given(
    lines=st.lists(st.one_of(modern_lines, balanced.map("//go:build {}".format), legacy_lines), min_size=1, max_size=2)
)
def test_go_judges_constraints_the_same(oracle: GoOracle, lines: list[str]) -> None:
    """Expressions well and badly formed, legacy lines, both together: whether tidy reads the file."""
    text = "\n".join([*lines, "", "package p\n"])
    assert scan("a.go", text.encode()).ignored == oracle.ask("gofile", "a.go", text)["ignored"]


@against_go
@given(text=st.one_of(heads, good_heads))
@example(text='package p\nimport (\n"a"\n// )\n"b")import "c"')
@example(text="// +build ignore\n")
@example(text="\v\n//go:build ")
@example(text='package p\nimport\nimport (\n"a"\n)\n')
@example(text="//go:build ((((a))) && !(b || !c)\npackage p")
@example(text="//go:build !!a\npackage p")
@example(text="//go:build " + "(" * 600 + "a" + ")" * 600 + "\npackage p")
@example(text="//go:build " + " && ".join(["a"] * 1001) + "\npackage p")
@example(text="// +build " + "ignore," * 101 + "b\n\npackage p")
@example(text="// +build " + "ignore," * 99 + "b\n\npackage p")
def test_go_reads_heads_the_same(oracle: GoOracle, text: str) -> None:
    """The go command's own scanner: imports in order, and whether the file counts, for good heads and for rubbish."""
    said: dict[str, Any] = oracle.ask("gofile", "a.go", text)
    found = scan("a.go", text.encode())
    assert {"imports": [path for path, _ in found.imports], "ignored": found.ignored} == said


@given(data=st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever the file holds, there is an answer, and its lines exist."""
    found = scan("a_linux.go", data)
    assert all(1 <= line <= data.count(b"\n") + 1 for _, line in found.imports)


def test_every_file_of_the_standard_library(oracle: GoOracle) -> None:
    """Real files: imports and verdict equal Go's, for a tenth of GOROOT/src."""
    root = subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip()
    files = sorted(path for path in Path(root, "src").rglob("*.go") if path.is_file())[::10]
    assert len(files) > 300
    for path in files:
        data = path.read_bytes()
        said = oracle.ask("gofile", path.name, data)
        if "error" not in said:
            found = scan(path.name, data)
            assert [imported for imported, _ in found.imports] == said["imports"], path
            assert found.ignored == (said["ignored"] or path.name.startswith(("_", "."))), path


def test_the_compiler_s_parser_sees_the_same_lines(tmp_path: Path) -> None:
    """go list -json gives positions of imports: ours are the same."""
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
    text = 'package m\n\nimport "fmt"\n\n/*\n\n*/ import (\n\t_ "os"\n\n\t// why\n\tx "strings"\n)\n'
    text += "\nvar _, _ = fmt.Sprint, x.Cut\n"
    (tmp_path / "m.go").write_text(text)
    done = subprocess.run(["go", "list", "-json", "."], cwd=tmp_path, check=True, capture_output=True)
    assert sorted(json.loads(done.stdout)["Imports"]) == sorted(path for path, _ in scan("m.go", text.encode()).imports)
    (tmp_path / "m.go").write_text(text.replace('"', '"example.com/absent/'))
    failed = subprocess.run(["go", "list", "-e", "-json", "-deps", "."], cwd=tmp_path, check=False, capture_output=True)
    for path, line in scan("m.go", (tmp_path / "m.go").read_bytes()).imports:
        if path.startswith("example.com/absent/") and not path.endswith("/"):
            assert f"m.go:{line}:" in failed.stdout.decode(), path


def test_known_names_are_go_s(oracle: GoOracle) -> None:
    """Every system and architecture that this Go can build for is known by name."""
    listed = subprocess.run(["go", "tool", "dist", "list"], check=True, capture_output=True, text=True).stdout.split()
    assert {pair.split("/")[0] for pair in listed} <= buildtags.KNOWN_OS
    assert {pair.split("/")[1] for pair in listed} <= buildtags.KNOWN_ARCH
