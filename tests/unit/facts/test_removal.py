"""Removing a private directory."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from go_release_gate.facts.removal import remove_tree
from support.permissions import reads_everything


def test_removes_everything_and_follows_no_link(tmp_path: Path) -> None:
    """Files, pipes, links and folders go; what a link leads to stays."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "top/a").mkdir(parents=True)
    (tmp_path / "top/a/link").symlink_to("../../kept")
    (tmp_path / "top/dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "top/pipe")
    assert remove_tree(str(tmp_path / "top"))
    assert (tmp_path / "kept/file").exists()
    assert not (tmp_path / "top").exists()


def test_nothing_there(tmp_path: Path) -> None:
    """Removing what is gone is done already."""
    assert remove_tree(str(tmp_path / "gone"))


def test_folders_without_permission(tmp_path: Path) -> None:
    """Folders that forbid reading or writing are opened first (run as nobody, as root may do all)."""
    top = tmp_path / "top"
    (top / "a/b").mkdir(parents=True)
    (top / "a/b/file").touch()
    (top / "a/b").chmod(0o500)
    (top / "a").chmod(0)
    if not reads_everything():
        assert remove_tree(str(top))
        return
    for path in (top, top / "a", top / "a/b", top / "a/b/file"):
        os.chown(path, 65534, 65534)
    code = Path(remove_tree.__code__.co_filename).read_text(encoding="utf-8")
    done = subprocess.run(
        ["python3", "-c", f"{code}\nimport sys\nremove_tree(sys.argv[1] + '/a')", "."],
        cwd=top, user=65534, group=65534, extra_groups=[], check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (top / "a").exists()


@pytest.mark.parametrize("levels", [1500])
def test_deep_nesting(tmp_path: Path, levels: int) -> None:
    """Folders nested deeper than Python may recurse are removed."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert remove_tree(str(tmp_path / "d"))
