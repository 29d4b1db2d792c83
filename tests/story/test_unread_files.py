"""What could not be read was not judged, and the report says so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from go_release_gate.cli.app import run

SOUND = {"Dockerfile": "FROM scratch\n", ".github/workflows/a.yml": "on: push\njobs: {}\n"}
BROKEN = {"Dockerfile": "FROM scratch\nRUN <<EOF\nx\n", ".github/workflows/a.yml": "on: push\njobs: &a\n  x: *b\n"}


@pytest.mark.parametrize("path", BROKEN)
def test_a_file_that_cannot_be_read_leaves_the_report_incomplete(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Incomplete with it, complete once it can be read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.23\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    for text, expected in ((BROKEN[path], False), (SOUND[path], True)):
        file.write_text(text)
        run(["check", "--offline", "--format", "json"], environ)
        assert json.loads(capsys.readouterr().out)["complete"] is expected
