"""The step `verb: test`."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.action import main
from go_release_gate.adapters import privileges
from go_release_gate.cli import app
from go_release_gate.engine.testing import run as testing_run


def test_outputs_and_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failing test is annotated; outputs tell coverage and counts; the profile is where it was asked for."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "go.mod").write_text("module example.com/a\n\ngo 1.23\n")
    (root / "a.go").write_text("package a\n\nfunc F() int { return 1 }\n")
    (root / "a_test.go").write_text(
        'package a\n\nimport "testing"\n\nfunc TestF(t *testing.T) { F(); t.Error("bad") }\n'
    )
    (tmp_path / "temp").mkdir()
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(root),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GOPROXY": "off",
        "INPUT_VERB": "test",
        "INPUT_RACE": "off",
        "INPUT_COVERAGE-FILE": "left/cover.out",
    }

    assert main(environ) == 1
    assert "::error file=a_test.go,line=5,title=failed-test" in capsys.readouterr().out
    lines = (tmp_path / "outputs").read_text().splitlines()
    told = {line.split("<<")[0]: after for line, after in itertools.pairwise(lines) if "<<" in line}
    assert (told["verdict"], told["coverage"], told["coverage-file"]) == ("fail", "100.0", "left/cover.out")
    assert '"failed":1' in told["tests"].replace(" ", "")
    assert (root / "left/cover.out").read_text().startswith("mode: atomic\n")
    assert "❌ failed" in (tmp_path / "summary").read_text()


def test_the_step_is_hidden_before_tests_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code of the repository runs as the step's user: by then no shell and no open process has the step's tokens."""
    setup = (Path(__file__).parents[2] / "setup/action.yml").read_text("utf-8")
    assert "run: exec go-release-gate step" in setup
    (tmp_path / "go.mod").write_text("module example.com/a\n\ngo 1.23\n")
    (tmp_path / "a_test.go").write_text('package a\n\nimport "testing"\n\nfunc TestF(t *testing.T) {}\n')
    order: list[str] = []
    real = testing_run.test

    def heard(*words: Any) -> Any:
        order.append("tests")
        return real(*words)

    monkeypatch.setattr(privileges, "hide", lambda: order.append("hidden"))
    monkeypatch.setattr(testing_run, "test", heard)
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    app.run(["test", str(tmp_path), "--race", "off"], {**environ, "GOPROXY": "off"})
    assert order == ["hidden", "tests"]
