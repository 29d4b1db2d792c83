"""go.mod and go.work against Go's own parsers: what is refused, and every value and line of what is not."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import modfile, workfile
from go_release_gate.gomod.syntax import SyntaxProblemError
from go_release_gate.gomod.version import is_canonical
from support.gooracle import GoOracle

against_go = settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def table(text: str) -> list[str]:
    """Texts without spaces, as a readable table."""
    return text.split()


PATHS = table(
    "example.com/a example.com/a/v2 example.com/a/v1 example.com/a/v02 example.com/v3.1 gopkg.in/a.v1 gopkg.in/a.v2 "
    "gopkg.in/a.v3-unstable gopkg.in/a m M.x/A ./a ../b /c C:/d .\\e a@v1.0.0 é.com/ü"
)
VERSIONS = table(
    "v0.0.0 v1.2.3 v2.0.0 v2.0.0+incompatible v1.2.3+meta v1 v1.2 main v1.0.0-rc.1 v01.0.0 v3.4.5 1.2.3 latest "
    "v0.0.0-20200101000000-abcdefabcdef >=v1.0.0 v2.0.0-20200101000000-abcdefabcdef"
)
OTHERS = table(
    "1.21 1.21.0 1.21rc1 1.021 v1.20 1.20-beta 1.21.0rc1 go1.21.3 go1 default go1.22-x a=b =c a,b=c => ( ) [ ] , { } "
    '[v1.0.0,v1.2.0] [v1.0.0 , ] \'x\' `raw` "" "a b" "\\x41" "\\u00e9" "\\q" "open a"b /*c*/ a//b'
)
VERBS = table("module go toolchain require replace exclude retract tool ignore godebug use unknown")
COMMENTS = (
    "",
    "",
    "",
    "// indirect",
    "//indirect",
    "// indirect; and more",
    "// indirect and more",
    "// Deprecated: use b.",
    "//",
    "// it's bad",
)

words = st.sampled_from([*PATHS, *VERSIONS, *OTHERS])
versions = st.sampled_from(VERSIONS)
paths = st.sampled_from(PATHS)
comments = st.sampled_from(COMMENTS)


@st.composite
def directives(draw: st.DrawFn, verb: str) -> str:
    """The rest of a line of this verb, mostly of the right shape."""
    if draw(st.integers(0, 9)) == 0:
        return " ".join(draw(st.lists(words, max_size=4)))
    match verb:
        case "require" | "exclude":
            return f"{draw(paths)} {draw(versions)}"
        case "replace":
            old = draw(st.sampled_from(["", *VERSIONS]))
            new = draw(st.sampled_from(["", *VERSIONS]))
            return f"{draw(paths)} {old} => {draw(paths)} {new}"
        case "retract":
            low, high = draw(versions), draw(versions)
            return draw(st.sampled_from([low, f"[{low}, {high}]", f"[ {low},{high}]", f"[{low} {high}]"]))
        case "module" | "tool" | "ignore" | "use":
            return draw(paths)
        case _:
            return draw(words)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A line, a block, a comment or a blank line."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return draw(st.sampled_from(["", " ", "\t\r"]))
    if kind == 1:
        return draw(comments)
    verb = draw(st.sampled_from(VERBS))
    if kind < 8:
        return f"{verb} {draw(directives(verb))} {draw(comments)}"
    lines = draw(st.lists(st.one_of(directives(verb), directives(verb), comments), max_size=5))
    ended = [f"\t{line} {draw(comments)}" for line in lines]
    close = draw(st.sampled_from([")", ")", ")", " ) // end", ") x", "", "))"]))
    opening = draw(st.sampled_from(["(", "(", "(", "( // start", "( )", "()", "x ("]))
    return "\n".join([f"{verb} {opening}", *ended, close])


files = st.tuples(st.lists(statements(), max_size=8), st.sampled_from(["\n", "\n", "\r\n"]), st.booleans()).map(
    lambda parts: (parts[1].join(parts[0]) + (parts[1] if parts[2] else "")).encode()
)


def plain(value: object) -> Any:
    """Our value as the oracle writes it: lists instead of values, queries by their stand-in."""
    if dataclasses.is_dataclass(value):
        return [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def as_dict(file: modfile.ModFile | workfile.WorkFile) -> dict[str, Any]:
    """A parsed file as the oracle answers it."""
    return {field.name: plain(getattr(file, field.name)) for field in dataclasses.fields(file)}


def resolved(file: dict[str, Any]) -> dict[str, Any]:
    """The same with what Go would ask a proxy for replaced as the oracle's stand-in does."""
    version_fields = {"requires": [(0, 1)], "excludes": [(0, 1)], "replaces": [(0, 1), (2, 3)]}
    for name, fields in version_fields.items():
        for row in file[name]:
            for path, version in fields:
                row[version] = stand_in(row[path], row[version])
    for row in file["retracts"]:
        row[0], row[1] = stand_in(file["path"], row[0]), stand_in(file["path"], row[1])
    return file


def stand_in(path: str, version: str) -> str:
    """What support/gooracle.go.txt makes of a query."""
    if not version or is_canonical(version):
        return version
    major = re.search(r"[/.]v([0-9]+)(-unstable)?$", path)
    return f"v{major[1] if major else 0}.0.0-query"


def ours(data: bytes, *, strict: bool) -> dict[str, Any] | None:
    """Our answer, None for a refusal."""
    try:
        found = as_dict(modfile.parse(data, strict=strict))
    except SyntaxProblemError as error:
        assert 1 <= error.line <= data.count(b"\n") + 1  # noqa: PT017 - both ways out are right
        return None
    return resolved(found) if strict else found


def theirs(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The oracle's answer, None for a refusal."""
    return None if "error" in answer else answer


@against_go
@given(data=files)
@example(data=b"module m // Deprecated: a\n")
@example(data=b"retract (\n\n\tv1.0.0\n\n\tv1.1.0\n)\nmodule m\n")
@example(data=b"\xef\xbb\xbfmodule m\n")
@example(data=b"module a\xff\xe2\x82b\n")
@example(data=b"require (")
@example(data=b"module (\nm\n)\n")
@example(data=b"godebug (\n\ta=b\n\tc=d // e\n)\n")
def test_main_modules_are_read_as_go_reads_them(oracle: GoOracle, data: bytes) -> None:
    """Same refusals; same values, comments and lines where the file is taken."""
    assert ours(data, strict=True) == theirs(oracle.ask("modfile", data))


@against_go
@given(data=files)
@example(data=b"unknown (\n(\n)\n")
@example(data=b"retract v1 x\nretract [v1\nretract (\n")
def test_dependencies_are_read_as_go_reads_them(oracle: GoOracle, data: bytes) -> None:
    """The same for the lax reading, which passes over what it does not know."""
    assert ours(data, strict=False) == theirs(oracle.ask("modfilelax", data))


@against_go
@given(data=files)
@example(data=b"go 1.21\nuse (\n\t./a\n\t./b // c\n)\nreplace a.b/c v1 => ../d\n")
@example(data=b"replace a.b/c => d.e/f/v2 v1.0.0\n")
def test_workspaces_are_read_as_go_reads_them(oracle: GoOracle, data: bytes) -> None:
    """go.work: same refusals, same values and lines."""
    try:
        found = as_dict(workfile.parse(data))
    except SyntaxProblemError:
        found = None
    assert found == theirs(oracle.ask("workfile", data))


@against_go
@given(data=st.text("ab(),[]{}\"`'\\/* \t\r\n\0\x7f\xa0\u200b\u3000é=>v1.0", max_size=40).map(str.encode))
def test_odd_characters_are_read_as_go_reads_them(oracle: GoOracle, data: bytes) -> None:
    """Any mixture of signs, quotes, controls and spaces after a verb that takes any text."""
    data = b"module " + data
    assert ours(data, strict=True) == theirs(oracle.ask("modfile", data))


EDITED = [
    "module example.com/m\n\ngo 1.21\n\nrequire (\n\ta.b/c v1.0.0 // indirect\n\td.e/f/v2 v2.1.0\n)\n",
    "module example.com/m\nretract [v1.0.0, v1.1.0] // bad\nretract v0.1.0\nexclude a.b/c v1.0.0\n",
    "module example.com/m\nreplace a.b/c v1.0.0 => ../x\nreplace d.e/f => g.h/i v1.0.0\ntool a.b/c/cmd\nignore ./x\n",
    "module example.com/m\ngo 1.21\ngo 1.22\n",
    "module example.com/m\nrequire a.b/c v2.0.0\n",
    "module example.com/m\nfoo bar\n",
    "module example.com/m\n<<<<<<< HEAD\n",
    "module example.com/m\ntoolchain 1.21\n",
]


@pytest.mark.parametrize("text", EDITED)
def test_the_command_agrees(tmp_path: Path, oracle: GoOracle, text: str) -> None:
    """`go mod edit -json` itself, without copied sources: refusal and requirements are the same."""
    file = tmp_path / "go.mod"
    file.write_text(text)
    done = subprocess.run(["go", "mod", "edit", "-json", str(file)], capture_output=True, check=False)
    found = ours(text.encode(), strict=True)
    assert (found is None) == (done.returncode != 0)
    if found is not None:
        said = json.loads(done.stdout)
        requires = [[r["Path"], r["Version"], r.get("Indirect", False)] for r in said["Require"] or []]
        assert requires == [row[:3] for row in found["requires"]]
        assert said["Module"]["Path"] == found["path"]
