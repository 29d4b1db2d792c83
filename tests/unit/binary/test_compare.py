"""Programs held against each other: what counts as a change of what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.binary.compare import Compared, compare
from support.programs import go_build, write_module

FLAGS = ("-trimpath", "-ldflags=-X=runtime.modinfo= -buildid= -s=false -w -R=4194304")
LINES = "only names and line numbers differ"
MAIN = """package main

import "fmt"

func main() { fmt.Println(sum(3), text()) }

//go:noinline
func sum(n int) int { return n + 2 }

//go:noinline
func text() string { return "one" }
"""


def built(place: Path, main: str = MAIN, architecture: str = "amd64", system: str = "linux") -> bytes:
    """The bytes of a program made to be compared."""
    module = write_module(place, main_go=main)
    flags = FLAGS if system == "linux" else (FLAGS[0], FLAGS[1].replace(" -R=4194304", ""))
    return go_build(module, place / "made", *flags, GOOS=system, GOARCH=architecture, CGO_ENABLED="0").read_bytes()


def held(tmp_path: Path, after: str, architecture: str = "amd64") -> Compared:
    """MAIN against another text."""
    before = built(tmp_path / "before", architecture=architecture)
    return compare(before, built(tmp_path / "after", after, architecture))


def test_the_same_is_the_same(tmp_path: Path) -> None:
    """Two builds of one text in two directories do not differ."""
    assert held(tmp_path, MAIN) == Compared(is_same=True, why="the program is the same")


def test_comments_move_lines_alone(tmp_path: Path) -> None:
    """Further comments change line numbers, which are no code."""
    found = held(tmp_path, MAIN.replace("//go:noinline", "// what it does\n// and why\n//\n//go:noinline"))
    assert found == Compared(is_same=True, why=LINES)


@pytest.mark.parametrize("architecture", ["amd64", "386", "arm64"])
def test_a_function_that_grows_is_the_only_one_named(tmp_path: Path, architecture: str) -> None:
    """What lies behind a function that grows has moved; the function alone has changed."""
    grown = MAIN.replace("return n + 2", "for n > 9 { n = n/7 + len(text()) }; return n * 3")
    found = held(tmp_path, grown, architecture)
    assert not found.is_same
    assert [one.name for one in found.functions] == ["main.sum"]
    assert found.functions[0].before < found.functions[0].after
    assert ".text" in [one.name for one in found.sections]


def test_a_constant_in_the_code_is_named(tmp_path: Path) -> None:
    """Code of the same size that adds another number: nothing moves, one function differs."""
    found = held(tmp_path, MAIN.replace("n + 2", "n + 3"))
    assert [(one.name, one.before == one.after) for one in found.functions] == [("main.sum", True)]
    assert [one.name for one in found.sections] == [".text"]


def test_a_text_of_the_same_length_changes_data_alone(tmp_path: Path) -> None:
    """A text is data: no function differs, the program does."""
    found = held(tmp_path, MAIN.replace('"one"', '"two"'))
    assert not found.is_same
    assert found.sections


def test_a_function_that_is_called_anything_else_is_the_same_code(tmp_path: Path) -> None:
    """Names of functions stand in the table beside the line numbers: the processor reads none of them."""
    assert held(tmp_path, MAIN.replace("sum", "total")) == Compared(is_same=True, why=LINES)


def test_texts_that_change_places_change_one_function(tmp_path: Path) -> None:
    """The linker sorts texts by length: a longer one moves others without moving any function or symbol."""
    found = held(tmp_path, MAIN.replace('"one"', '"three"'))
    assert [one.name for one in found.functions] == ["main.text"]


def test_new_and_gone_functions_have_no_size_on_one_side(tmp_path: Path) -> None:
    """A function that is called anything else and does anything else is new, and the old one gone."""
    found = held(tmp_path, MAIN.replace("sum", "total").replace("n + 2", "n * 7"))
    told = {one.name: (one.before is None, one.after is None) for one in found.functions}
    assert told == {"main.sum": (False, True), "main.total": (True, False)}


def test_other_files_are_compared_as_a_whole(tmp_path: Path) -> None:
    """Of a program that is no ELF file only that it differs is told."""
    before = built(tmp_path / "before", system="windows")
    assert compare(before, built(tmp_path / "same", system="windows")).is_same
    found = compare(before, built(tmp_path / "after", MAIN.replace("n + 2", "n + 3"), system="windows"))
    assert (found.is_same, found.why) == (False, "no ELF file: only that its bytes differ can be told")


def test_another_machine_is_another_program(tmp_path: Path) -> None:
    """Nothing is said of functions where the architectures differ."""
    found = compare(built(tmp_path / "one"), built(tmp_path / "other", architecture="arm64"))
    assert (found.is_same, found.why) == (False, "built for amd64 before, for arm64 now")


@pytest.mark.parametrize("cut", [3, 64, 4096, 100_000])
def test_damaged_files_are_changes(tmp_path: Path, cut: int) -> None:
    """A file that is cut off is never the same, and nothing fails for it."""
    data = built(tmp_path / "whole")
    assert not compare(data, data[:-cut]).is_same
    assert not compare(data, data[:cut]).is_same
