"""The reader of trees in one text, which other tests trust."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.txtar import Archive, parse, write


def test_comment_and_files() -> None:
    """Text before the first marker is the comment; each file runs to the next marker."""
    archive = parse("why\n-- a/b.go --\npackage b\n\n-- c --  \n-- d --\nno line feed")
    assert archive == Archive("why\n", {"a/b.go": b"package b\n\n", "c": b"", "d": b"no line feed\n"})


def test_what_looks_like_a_marker() -> None:
    """Only a whole line is a marker."""
    assert parse("-- a --\n -- b --\n-- c--\n--  --\n").files == {"a": b" -- b --\n-- c--\n--  --\n"}


def test_a_name_comes_once() -> None:
    """A second file of the same name is a mistake."""
    with pytest.raises(ValueError, match="twice"):
        parse("-- a --\n-- a --\n")


def test_write(tmp_path: Path) -> None:
    """Files are written with their directories."""
    write(parse("-- a/b/c --\nx\n"), tmp_path / "new")
    assert (tmp_path / "new/a/b/c").read_bytes() == b"x\n"


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b"])
def test_write_stays_inside(tmp_path: Path, name: str) -> None:
    """A name that leaves the directory is refused."""
    with pytest.raises(ValueError, match="leaves"):
        write(Archive("", {name: b""}), tmp_path)
