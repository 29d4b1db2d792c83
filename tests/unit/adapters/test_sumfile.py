"""Sums of release files: those of `sha256sum` hold, and nothing is read outside."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from go_release_gate.adapters.sumfile import Sum, read_sums, verify_sums
from go_release_gate.errors import RefusedError

SUM = hashlib.sha256(b"content").hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two release files below dist."""
    (tmp_path / "dist" / "sub").mkdir(parents=True)
    (tmp_path / "dist" / "a.tar.gz").write_bytes(b"content")
    (tmp_path / "dist" / "sub" / "b c").write_bytes(b"content")
    return tmp_path


def write(root: Path, *lines: str) -> str:
    """A list beside the files."""
    (root / "dist" / "sums.txt").write_text("\n".join([*lines, ""]), "utf-8")
    return "dist/sums.txt"


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum on this machine")
@pytest.mark.parametrize("words", [(), ("--binary",), ("--tag",)])
def test_what_sha256sum_writes_holds(root: Path, words: tuple[str, ...]) -> None:
    """Each of its forms, and the hash of the list is the evidence."""
    done = subprocess.run(
        ["sha256sum", *words, "a.tar.gz", "sub/b c"], cwd=root / "dist", capture_output=True, check=True
    )
    (root / "dist/sums.txt").write_bytes(done.stdout)
    assert verify_sums(root, "dist/sums.txt") == f"sha256:{hashlib.sha256(done.stdout).hexdigest()}"


def test_a_file_that_is_another_is_named(root: Path) -> None:
    """One byte is enough."""
    name = write(root, f"{SUM}  a.tar.gz", f"{SUM}  sub/b c")
    verify_sums(root, name)
    (root / "dist/sub/b c").write_bytes(b"Content")
    with pytest.raises(RefusedError, match=r"sub/b c is not what dist/sums\.txt says"):
        verify_sums(root, name)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "sub/../../secret", "..", "\\x"])
def test_names_that_lead_elsewhere_are_refused(root: Path, path: str) -> None:
    """Neither absolute paths nor parents are opened."""
    (root / "secret").write_bytes(b"content")
    with pytest.raises(RefusedError, match="line 1 is no SHA-256 sum of a file below"):
        verify_sums(root, write(root, f"{SUM}  {path}"))
    with pytest.raises(RefusedError, match="not below the root"):
        verify_sums(root / "dist", "../dist/sums.txt")


def test_links_are_not_followed(root: Path) -> None:
    """A link to the right content is refused, on the way and at its end; so is what is no file."""
    (root / "dist/link").symlink_to("a.tar.gz")
    (root / "dist/way").symlink_to("sub")
    os.mkfifo(root / "dist/pipe")
    for path in ("link", "way/b c", "pipe", "sub", "missing"):
        with pytest.raises(RefusedError):
            verify_sums(root, write(root, f"{SUM}  {path}"))
    (root / "sums").symlink_to("dist/sums.txt")
    with pytest.raises(RefusedError, match="symbolic link"):
        verify_sums(root, "sums")


@pytest.mark.parametrize("text", ["", "\n\n", "# comment", f"{SUM} x", f"{SUM[1:]}  x", f"\\{SUM}  x"])
def test_other_lines_are_refused(text: str) -> None:
    """An empty list proves nothing, and a line that is not understood is not passed over."""
    with pytest.raises(RefusedError):
        read_sums(text.encode(), "sums")


def test_a_file_with_two_sums_is_refused() -> None:
    """One of them would not be held against anything."""
    assert read_sums(f"{SUM}  ./x\n{SUM.upper()} *x\n".encode(), "sums") == (Sum("x", SUM),)
    with pytest.raises(RefusedError, match="another sum"):
        read_sums(f"{SUM}  x\n{'0' * 64}  x\n".encode(), "sums")
