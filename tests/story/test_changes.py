"""`build --base`: a repository with two commits, and what the second one changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.programs import MAIN, commit_all, write_module

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with the programs api and web, committed as `main`."""
    root = write_module(tmp_path / "shop")
    (root / "main.go").unlink()
    for name in ("api", "web"):
        (root / "cmd" / name).mkdir(parents=True)
        (root / "cmd" / name / "main.go").write_text(MAIN)
    commit_all(root)
    return root


def built(root: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, report, and what was said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    env["PYTHONPATH"] = str(SOURCE)
    command = [sys.executable, "-m", "go_release_gate", "build", "--offline", "--format", "json", *words]
    done = subprocess.run(command, cwd=root, env=env, check=False, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_only_what_changes_needs_a_release(shop: Path) -> None:
    """One of two programs prints another text: it alone is changed; nothing is left in the checkout."""
    (shop / "cmd/api/main.go").write_text(MAIN.replace('"shop"', '"another shop"'))
    commit_all(shop)
    code, report, _ = built(shop, "--base", "HEAD~1")
    outcomes = {one["service"]: one["outcome"] for one in report["changes"]["binaries"]}
    assert (code, outcomes) == (0, {"api": "changed", "web": "unchanged"})
    assert report["changes"]["services"] == ["api"]
    assert report["changes"]["binaries"][0]["functions"][0]["name"] == "main.main"
    assert report["changes"]["binaries"][0]["files"] == ["cmd/api/main.go"]
    status = subprocess.run(["git", "status", "--short"], cwd=shop, check=True, capture_output=True, text=True)
    assert status.stdout == ""


def test_a_part_of_a_repository_is_compared_with_the_same_part(shop: Path) -> None:
    """The judged folder lies below the top of the repository on both sides."""
    inner = write_module(shop / "tools")
    commit_all(shop)
    (inner / "main.go").write_text(MAIN + "\n// a remark\n")
    commit_all(shop)
    _, report, _ = built(inner, "--base", "HEAD~1")
    assert [one["why"] for one in report["changes"]["binaries"]] in (
        ["only names and line numbers differ"],
        ["the program is the same"],
    )


def test_a_base_that_nobody_knows_is_refused(shop: Path) -> None:
    """A wrong name is a wrong call, and not an answer about nothing."""
    code, report, said = built(shop, "--base", "v9.9.9")
    assert (code, report) == (2, {})
    assert "--base" in said


def test_without_a_base_nothing_is_compared(shop: Path) -> None:
    """The key is there and empty."""
    _, report, _ = built(shop)
    assert report["changes"] is None
