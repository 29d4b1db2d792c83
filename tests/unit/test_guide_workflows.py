"""The guide about workflows says what the program says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from go_release_gate.cli import app
from go_release_gate.rules.registry import rule

GUIDE = (Path(__file__).parents[2] / "docs/guides/workflows.md").read_text("utf-8")
ENVIRON = {"PATH": "/usr/bin:/bin"}


def block(language: str) -> str:
    """The first block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_the_answer_is_the_one_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workflow of the guide gives the answer that stands below it."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "image.yml").write_text(block("yaml"))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    command = re.search(r"`go-release-gate (tags --workflows [^`]*)`", GUIDE)
    assert command

    assert app.run(command[1].split(), ENVIRON) == 0
    assert capsys.readouterr().out == block("text")


def test_rules_exist() -> None:
    """Each rule that is named is one, and its link leads to its page."""
    names = re.findall(r"^\| \[([a-z-]+)\]\(\.\./rules/([a-z-]+)\.md\)", GUIDE, re.MULTILINE)

    assert len(names) == 15
    assert all(name == page and rule(name) for name, page in names)
