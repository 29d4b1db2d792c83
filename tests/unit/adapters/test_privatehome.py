"""The private directory of a run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from go_release_gate.adapters.privatehome import private_home
from go_release_gate.adapters.trees import everything_below, remove
from go_release_gate.errors import UnavailableError


def test_it_is_private_and_gone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only we may look inside, Go's telemetry is off in it, and even read-only directories in it are removed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_home(tmp_path / "repo") as home:
        assert home.parent == tmp_path
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert (home / "tmp").is_dir()
        assert (home / ".config/go/telemetry/mode").read_text() == "off"
        (home / "mod/sealed").mkdir(parents=True)
        (home / "mod/sealed/file").write_text("x")
        (home / "mod/sealed").chmod(0o555)
        (home / "mod").chmod(0o555)
    assert not home.exists()


def test_it_never_lies_in_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TMPDIR inside the repository, by a link too, is not used: nothing may be left behind in the tree."""
    (tmp_path / "repo/tmp").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "repo/tmp")
    for place in (tmp_path / "repo/tmp", tmp_path / "repo", tmp_path / "link"):
        monkeypatch.setattr("tempfile.tempdir", str(place))
        with private_home(tmp_path / "repo") as home:
            assert not home.is_relative_to(tmp_path)


def test_no_space_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no directory can be made the run is unavailable, with a hint."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(UnavailableError, match="no private directory") as caught, private_home(tmp_path / "repo"):
        pass
    assert "TMPDIR" in caught.value.hint


def test_removing_follows_no_link(tmp_path: Path) -> None:
    """What a link points at stays as it is."""
    (tmp_path / "kept").mkdir(mode=0o555)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/link").symlink_to(tmp_path / "kept")
    remove(tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o555


def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    """Fifteen hundred nested directories, more than Python recurses, are all seen and removed."""
    top = tmp_path / "top"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert sum(1 for _ in everything_below([top])) == 1501
    remove(top)
    assert not top.exists()
