"""Finding go and git without looking into the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.adapters import programs
from go_release_gate.errors import UnavailableError


def _program(directory: Path, name: str = "go") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_first_absolute_entry_outside_the_checkout_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative entries and entries inside the checkout are passed over, even when the directory is the checkout."""
    root = tmp_path / "checkout"
    _program(root / "bin")
    _program(root)
    expected = _program(tmp_path / "tools")
    monkeypatch.chdir(root)
    parent = {"PATH": f".:bin::{root}:{root}/bin:{tmp_path}/tools"}
    assert programs.find_go(parent, root) == expected


def test_a_link_into_the_checkout_is_passed_over(tmp_path: Path) -> None:
    """Neither a linked directory nor a linked program leads into the checkout."""
    root = tmp_path / "checkout"
    evil = _program(root / "bin")
    (tmp_path / "linked").symlink_to(root / "bin")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/go").symlink_to(evil)
    parent = {"PATH": f"{tmp_path}/linked:{tmp_path}/tools"}
    assert programs.find("go", parent, root) is None


def test_goroot_serves_when_path_has_no_go(tmp_path: Path) -> None:
    """$GOROOT/bin is looked into after PATH."""
    expected = _program(tmp_path / "goroot/bin")
    parent = {"PATH": "/nowhere", "GOROOT": str(tmp_path / "goroot")}
    assert programs.find_go(parent, tmp_path / "checkout") == expected


def test_a_missing_go_is_one_clear_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Go the run is unavailable, with a hint where to get it."""
    with pytest.raises(UnavailableError, match="go was not found") as caught:
        programs.find_go({"PATH": str(tmp_path)}, tmp_path / "checkout")
    assert "1.23" in caught.value.hint
