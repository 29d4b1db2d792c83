"""What a program's table of functions tells of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_release_gate.binary.marks import FUNCTIONS, OWN_ZONES, ZONES, marks_of

PROGRAM = 'package main\n\nimport (\n\t"os"\n\t"time"\n{extra})\n\nfunc main() {{\n{body}\n}}\n'
LOADS = "\tzone, err := time.LoadLocation(os.Args[1])\n\tprintln(zone.String(), err)"
LOCAL = "\tprintln(time.Now().Local().String(), os.Args[0])"


@pytest.mark.parametrize("mark", FUNCTIONS)
def test_each_function_alone_gives_its_mark(mark: str) -> None:
    """The name between zero bytes is enough, and a longer name that begins with it is another function."""
    for name in FUNCTIONS[mark]:
        assert marks_of(b"..\0" + name.encode() + b"\0..") == {mark}
        assert marks_of(b"..\0" + name.encode() + b"FromTZData\0..") == frozenset()


@pytest.mark.parametrize(
    ("extra", "body", "expected"),
    [("", LOADS, {ZONES}), ("", LOCAL, set()), ('\t_ "time/tzdata"\n', LOADS, {ZONES, OWN_ZONES})],
)
def test_a_stripped_program_tells(extra: str, body: str, expected: set[str], tmp_path: Path) -> None:
    """Go's own linker leaves out what is not called, and keeps the names of the rest without a symbol table."""
    (tmp_path / "go.mod").write_text("module example.com/x\n\ngo 1.21\n", encoding="utf-8")
    (tmp_path / "main.go").write_text(PROGRAM.format(extra=extra, body=body), encoding="utf-8")
    command = ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", "x", "."]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert marks_of((tmp_path / "x").read_bytes()) == expected
