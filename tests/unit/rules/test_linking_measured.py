"""What libc-mismatch believes of Go's linking and unresolved-ldflags-variable of -X, held against real builds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SERVER = 'package main\n\nimport "net"\n\nfunc main() { println(net.LookupHost("localhost")) }\n'
PLAIN = 'package main\n\nfunc main() { println("done") }\n'
VARIABLES = """package main

import "os"

type named string
type alias = string

const fallback = "dev"

var (
	plain  = "dev"
	empty  string
	also   alias
	copied = fallback
	called = initial()
	read   = os.Getenv("NOBODY_SETS_THIS")
	number = 3
	other  named
)

func initial() string { return "dev" }

func main() { println("<" + plain + empty + also + copied + called + read + string(other) + fallback + ">", number) }
"""
needs_compiler = pytest.mark.skipif(shutil.which("gcc") is None, reason="cgo needs a C compiler")


def build(folder: Path, source: str, *flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Build one file into `folder`/out."""
    (folder / "go.mod").write_text("module example.com/shop\n\ngo 1.23\n")
    (folder / "main.go").write_text(source)
    env = {**os.environ, "GOWORK": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local", **variables}
    return subprocess.run(
        ["go", "build", "-o", "out", *flags, "."], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def has_loader(folder: Path) -> bool:
    """Whether the program that was built asks for a loader (PT_INTERP)."""
    from elftools.elf.elffile import ELFFile

    with (folder / "out").open("rb") as stream:
        return any(segment["p_type"] == "PT_INTERP" for segment in ELFFile(stream).iter_segments())


@needs_compiler
@pytest.mark.parametrize(
    ("source", "flags", "cgo", "expected"),
    [
        (SERVER, (), "1", True),
        (SERVER, (), "0", False),
        (SERVER, ("-tags=netgo,osusergo",), "1", False),
        (SERVER, ("-ldflags=-extldflags=-static",), "1", True),
        (SERVER, ("-ldflags=-linkmode=external -extldflags=-static",), "1", False),
        (SERVER, ("-buildmode=pie",), "0", True),
        (PLAIN, (), "1", False),
    ],
)
def test_who_asks_for_a_loader(tmp_path: Path, source: str, flags: tuple[str, ...], cgo: str, expected: bool) -> None:
    """cgo alone asks for none; `net` does with it, unless tags or a static external link forbid; pie always does."""
    done = build(tmp_path, source, *flags, CGO_ENABLED=cgo)

    assert done.returncode == 0, done.stderr
    assert has_loader(tmp_path) is expected


@pytest.mark.parametrize(
    ("name", "is_set"),
    [
        ("main.plain", True),
        ("main.empty", True),
        ("main.also", True),
        ("main.copied", True),
        ("main.called", True),
        ("main.read", False),
        ("main.fallback", False),
        ("main.Plain", False),
        ("main.initial", False),
        ("example.com/shop.plain", False),
        ("shop.plain", False),
    ],
)
def test_what_the_linker_sets(tmp_path: Path, name: str, is_set: bool) -> None:
    """Strings of package main by that name are set, aliases and inlinable calls too; all else is passed over."""
    done = build(tmp_path, VARIABLES, f"-ldflags=-X {name}=SET", CGO_ENABLED="0")
    said = subprocess.run([tmp_path / "out"], capture_output=True, text=True, check=True).stderr

    assert done.returncode == 0, done.stderr
    assert ("SET" in said) is is_set


@pytest.mark.parametrize("name", ["main.number", "main.other"])
def test_what_the_linker_refuses(tmp_path: Path, name: str) -> None:
    """A variable that is no string is an error."""
    done = build(tmp_path, VARIABLES, f"-ldflags=-X {name}=SET", CGO_ENABLED="0")

    assert done.returncode != 0
    assert "not a var of type string" in done.stderr
