"""What HEAD is called, on real histories, held against git itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from go_release_gate.cli.app import run
from go_release_gate.cli.describing import outputs_of
from support.containerstep import parse_outputs
from support.history import START, History

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def shop(tmp_path: Path) -> History:
    """Two modules, each released once, with commits after both."""
    root = tmp_path / "shop"
    (root / "api").mkdir(parents=True)
    (root / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n", encoding="utf-8")
    (root / "api" / "go.mod").write_text("module example.com/shop/api\n\ngo 1.21\n", encoding="utf-8")
    return History(root).build("commit one\nannotated v1.2.0\ncommit two\ntag api/v0.3.0\ntag v1\ncommit three\n")


def told(history: History, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str]:
    """`tags --describe --format json`: directory → description."""
    environment = {**ENVIRONMENT, "GO_RELEASE_GATE_PATH": str(history.root)}
    assert run(["tags", "--describe", "--format", "json", *words], environment) == 0
    return {one["dir"]: one["describe"] for one in json.loads(capsys.readouterr().out)["modules"]}


def test_each_module_by_its_own_tags(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """The version is the module's own, without the directory; git says the same when shown only that module's tags."""
    found = told(shop, capsys)
    assert found["."] == shop.git("describe", "--match", "v1.2.*", "--abbrev=7")
    assert f"api/{found['api']}" == shop.git("describe", "--tags", "--match", "api/*", "--abbrev=7")
    (shop.root / "go.mod").write_text("module example.com/shop\n\ngo 1.22\n", encoding="utf-8")
    assert told(shop, capsys)["."] == shop.git("describe", "--match", "v1.2.*", "--abbrev=7", "--dirty")


def test_merges_as_git_counts_them(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """With releases on both sides of a merge the nearer one counts, by the number that git gives."""
    shop.build("branch side\ncommit four\ncommit five\ntag v1.3.0\ncheckout main\ncommit six\n")
    shop.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    shop.commit("seven")
    assert told(shop, capsys)["."] == shop.git("describe", "--tags", "--match", "v1.[23].*", "--abbrev=7")


def test_outputs_of_a_step(shop: History) -> None:
    """The released module's description, the commit and its own time: nothing that a clock decides."""
    shop.build("tag api/v0.4.0")
    found = outputs_of(shop.root, ENVIRONMENT, "refs/tags/api/v0.4.0")
    assert (found["describe"], found["commit"]) == ("v0.4.0", shop.git("rev-parse", "HEAD"))
    assert found["commit-time"] == "2025-06-15T15:10:40Z"
    assert shop.git("log", "-1", "--format=%ct") == str(START + 240)
    assert json.loads(found["descriptions"])["api"] == "v0.4.0"
    assert outputs_of(shop.root, ENVIRONMENT, "refs/heads/main")["describe"].startswith("v1.2.0-2-g")


def test_a_cut_history(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the last release is cut off, nothing is made up: exit 3, and an empty output."""
    shop.build("tag api/v0.4.0\ncheckout main\nshallow")
    environment = {**ENVIRONMENT, "GO_RELEASE_GATE_PATH": str(shop.root)}
    assert run(["tags", "--describe"], environment) == 3
    assert "fetch-depth: 0" in capsys.readouterr().err
    assert outputs_of(shop.root, ENVIRONMENT)["describe"] == ""


def test_without_git_there_are_no_outputs(tmp_path: Path) -> None:
    """A folder that is no checkout has no version information, and that is no fault."""
    assert outputs_of(tmp_path, ENVIRONMENT) == {}


def test_a_step_leaves_it_for_later_steps(shop: History, tmp_path: Path) -> None:
    """`verb: tags` in a workflow writes the four outputs beside the names."""
    out = tmp_path / "output"
    environment = {
        **ENVIRONMENT,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(shop.root),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_SHA": shop.git("rev-parse", "HEAD"),
        "GITHUB_OUTPUT": str(out),
        "INPUT_VERB": "tags",
        "INPUT_IMAGES": "ghcr.io/acme/shop",
        "INPUT_TAGS": "type=sha",
    }
    entry = Path(__file__).parents[2] / "entrypoint.py"
    command = [sys.executable, "-I", str(entry)]
    done = subprocess.run(command, cwd=shop.root, env=environment, capture_output=True, check=False)
    written = parse_outputs(out.read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stderr
    assert written["describe"].startswith("v1.2.0-2-g")
    assert (written["commit"], written["commit-time"]) == (environment["GITHUB_SHA"], "2025-06-15T15:10:40Z")
    assert json.loads(written["descriptions"])["api"].startswith("v0.3.0-1-g")
    assert re.fullmatch(r"dev\.go-release-gate\.dependency-snapshot=sha256:[0-9a-f]{64}", written["snapshot-label"])


@pytest.mark.parametrize("mode", ["--describe", "--next"])
def test_output_goes_to_the_file(shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str) -> None:
    """With --output the file holds what standard output would, and that is empty; a folder in its place is refused."""
    environment = {**ENVIRONMENT, "GO_RELEASE_GATE_PATH": str(shop.root)}
    assert run(["tags", mode], environment) == 0
    expected = capsys.readouterr().out
    target = tmp_path / "answer.txt"
    assert run(["tags", mode, "--output", str(target)], environment) == 0
    assert (capsys.readouterr().out, target.read_text(encoding="utf-8")) == ("", expected)
    assert run(["tags", mode, "--output", str(tmp_path)], environment) == 2
