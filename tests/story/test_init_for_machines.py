"""`init` in scripts and steps: one JSON object, annotations of `--check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from go_release_gate.cli.app import run
from go_release_gate.cli.schema import schema_text
from support.pipelines import ENVIRONMENT, SERVICE, dockerfile, program, repository

IN_A_STEP = {**ENVIRONMENT, "GITHUB_ACTIONS": "true"}


def told(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and object of `init --format json`, which follows its schema and has nothing beside it."""
    capsys.readouterr()
    code = run(["init", str(root), "--format", "json", *words], ENVIRONMENT)
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    schema = json.loads(schema_text("init"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["kind"] == "init"
    assert not jsonschema.Draft202012Validator(schema).is_valid({**document, "more": 1})
    return code, document


def test_a_proposal_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --yes the object says what would be written, with the diffs."""
    root = repository(tmp_path / "shop", SERVICE)
    code, document = told(root, capsys)
    assert code == 0
    assert [(one["name"], one["image"], one["tags"]) for one in document["services"]] == [
        ("api", "ghcr.io/acme/shop", "v*")
    ]
    assert [(one["name"], one["target"]) for one in document["environments"]] == [
        ("staging", "channel-tag"),
        ("production", "channel-tag"),
    ]
    assert {one["state"] for one in document["files"]} == {"create"}
    assert all(one["diff"].startswith("--- ") or "+++" in one["diff"] for one in document["files"])
    assert document["behind"] == len(document["files"]) == 5
    assert document["written"] == document["next"] == []
    assert not (root / ".github").exists()


def test_what_was_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --yes it tells the paths and what is left to people; --check then finds nothing behind."""
    root = repository(tmp_path / "shop", SERVICE)
    code, document = told(root, capsys, "--yes", "--commit=gate")
    assert code == 0
    assert sorted(document["written"]) == sorted(one["path"] for one in document["files"])
    assert all((root / path).is_file() for path in document["written"])
    assert document["next"][0]["commands"][0] == "git push -u origin gate"
    code, document = told(root, capsys, "--check")
    assert (code, document["behind"]) == (0, 0)
    (root / document["files"][1]["path"]).unlink()
    code, document = told(root, capsys, "--check", "--yes")
    assert (code, document["behind"], document["written"]) == (1, 1, [])


def test_what_is_undecided_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, the question and the option that answers it; nothing is written."""
    root = repository(tmp_path / "shop", SERVICE, "https://git.example.com/acme/shop.git")
    code, document = told(root, capsys, "--yes")
    assert code == 2
    assert document["questions"] == [
        {"question": "which image api is pushed to", "option": "--image api=REGISTRY/REPOSITORY"}
    ]
    assert document["files"] == document["written"] == []


def test_a_step_gets_annotations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a step each file that is behind has an error at the first line that would change; an edited one a notice."""
    root = repository(tmp_path / "shop", SERVICE)
    assert run(["init", str(root), "--yes", "-q"], ENVIRONMENT) == 0
    folder = root / ".github/workflows"
    (folder / "annotate.yml").unlink()
    release = folder / "release.yml"
    release.write_text(release.read_text("utf-8") + "# mine\n")
    worker = root / "cmd/worker"
    worker.mkdir()
    (worker / "main.go").write_text(program())
    (worker / "Dockerfile").write_text(dockerfile("./cmd/worker"))
    capsys.readouterr()
    assert run(["init", str(root), "--check", "-q", "--platform=linux/arm64"], IN_A_STEP) == 1
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    missing = "file=.github/workflows/annotate.yml,title=go-release-gate init::there is no such file"
    assert f"::error {missing}: run `go-release-gate init`" in shown
    assert any(one.startswith("::notice file=.github/workflows/release.yml,line=") for one in shown)
    outdated = [one for one in shown if "pull-request.yml" in one]
    assert outdated
    assert outdated[0].startswith("::error file=.github/workflows/pull-request.yml,line=")
    assert "not as init would write it" in outdated[0]


def test_outside_a_step_there_are_no_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal nothing looks like a workflow command."""
    root = repository(tmp_path / "shop", SERVICE)
    assert run(["init", str(root), "--check", "-q"], ENVIRONMENT) == 1
    assert "::" not in capsys.readouterr().out
