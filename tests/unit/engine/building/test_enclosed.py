"""Whether a tree leads Go out of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.engine.building.enclosed import way_out
from go_release_gate.engine.discover import discover
from support.programs import write_module


def told(root: Path, **files: str) -> str:
    """What is said of a module with further files."""
    write_module(root, **files)
    return way_out(discover(root))


@pytest.mark.parametrize(
    "text",
    [
        '#include "textflag.h"\n#include "go_asm.h"\n\nTEXT ·f(SB), NOSPLIT, $0-0\n\tRET\n',
        '# include "sub/a.h" // of here\r\n',
        '// this does not include "/etc/passwd"\n',
        "/*\n * what we include here\n */\n",
    ],
)
def test_what_stays(root: Path, text: str) -> None:
    """Go's own headers, files of the tree, remarks."""
    assert told(root, **{"a.s": text}) == ""


@pytest.mark.parametrize(
    "text",
    [
        '#include "/etc/passwd"\n',
        '#include "../x.h"\n',
        '#include "sub/../../x.h"\n',
        '#include "passwd"\n',
        '#include "\\x2fetc/x.h"\n',
        '#/* a */include "/x.h"\n',
        '#/*\n*/include/*\n*/"/x.h"\n',
        '/*\n// */ #include "/x.h"\n',
        '#define A "/*"\n#include "/x.h" // "*/"\n',
        '#include /*\n*/ "/x.h"\n',
    ],
)
def test_includes(root: Path, text: str) -> None:
    """Every way to write one that the assembler knows, and that is not plain to see through."""
    assert "includes what may lie outside" in told(root, **{"a_amd64.s": text})


@pytest.mark.parametrize("name", ["a.go", "a_amd64.s", "go.work", "default.pgo", "sub"])
def test_links(root: Path, name: str) -> None:
    """A link to a file that Go reads, or to any directory."""
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("x")
    write_module(root)
    (root / name).symlink_to(elsewhere if name == "sub" else elsewhere / "file")
    assert way_out(discover(root)) == f"{name!r} is a link that leads out of the checkout"
    (root / name).unlink()
    (root / "README").symlink_to(elsewhere / "file")
    (root / "b.go").symlink_to("main.go")
    assert way_out(discover(root)) == ""


@pytest.mark.parametrize("text", ["use ../elsewhere", "use .\n\nreplace example.com/x => ../elsewhere"])
def test_workspaces(root: Path, text: str) -> None:
    """A go.work with modules outside."""
    (root / "go.work").write_text(f"go 1.23\n\n{text}\n")
    assert told(root) == "go.work leads to '../elsewhere', outside of the checkout"
