"""`init` and names: what YAML, filters and concurrency groups would read otherwise than a person does."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_release_gate.cli.app import run
from support.pipelines import ENVIRONMENT, SERVICE, dockerfile, git, module, program, repository


def gate(root: Path, *words: str) -> int:
    """`init WORDS` at `root`; gives the exit code."""
    return run(["init", str(root), "--yes", "-q", *words], ENVIRONMENT)


def workflow(root: Path, name: str) -> dict[Any, Any]:
    """A workflow that was written, as YAML reads it."""
    found = yaml.safe_load((root / ".github/workflows" / f"{name}.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_names_that_look_like_numbers(tmp_path: Path) -> None:
    """A branch 1.10, an environment `on` and a service 123 are texts wherever they stand."""
    root = repository(tmp_path / "shop", {**SERVICE, "b/Dockerfile": dockerfile("./cmd/api")})
    services = ("--service=123", "--service=null=b/Dockerfile")
    assert gate(root, "--branch=1.10", "--environment=1.10", "--environment=on", *services) == 0
    assert workflow(root, "pull-request")[True]["push"]["branches"] == ["1.10"]
    inputs = workflow(root, "rollback")[True]["workflow_dispatch"]["inputs"]
    assert inputs["environment"]["options"] == ["1.10", "on"]
    assert inputs["service"]["options"] == ["123", "null"]


@pytest.mark.parametrize("branch", ["a,b]", "!main", "release+1", 'a"b', "${{github.token}}", "a#b"])
def test_a_default_branch_that_is_a_pattern(tmp_path: Path, branch: str) -> None:
    """It would filter something else, or break the file: nothing is written until another name is given."""
    root = repository(tmp_path / "shop", SERVICE, origin="")
    git(root, "branch", "-m", branch)
    assert gate(root) == 2
    assert not (root / ".github").exists()
    assert gate(root, "--branch=main") == 0


def test_patterns_of_tags_cannot_break_out(tmp_path: Path) -> None:
    """A quotation mark in the configuration's tags ends no text of a workflow."""
    table = "images:\n  - image: ghcr.io/acme/shop\n    module: .\n    tags: ['v*\"']\n"
    root = repository(tmp_path / "shop", {**SERVICE, ".go-release-gate.yml": table})
    assert gate(root) == 2
    assert not (root / ".github").exists()


def test_services_of_one_tag_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """Three releases that one tag starts have three groups: of one group a second waiting run cancels the first."""
    names = ("api", "worker", "cron")
    files = {"go.mod": module("github.com/acme/shop")}
    for name in names:
        files |= {f"cmd/{name}/main.go": program(), f"{name}.Dockerfile": dockerfile(f"./cmd/{name}")}
    root = repository(tmp_path / "shop", files)
    assert gate(root) == 0
    written = [workflow(root, f"release-{name}") for name in names]
    assert {tuple(one[True]["push"]["tags"]) for one in written} == {("v*",)}
    assert len({one["concurrency"]["group"] for one in written}) == len(names)


def test_a_dockerfile_that_no_workflow_can_name_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A release that is missing because of a folder's name is no silence."""
    files = {"go.mod": module("github.com/acme/shop"), "a: b/Dockerfile": dockerfile("./cmd/api")}
    root = repository(tmp_path / "shop", {**files, "cmd/api/main.go": program()})
    assert gate(root) == 0
    assert "a: b/Dockerfile is left aside: no workflow can take its path" in capsys.readouterr().out


def test_health_of_an_unknown_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A probe that nothing would ask is a mistake, told with the names there are."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--health=prod=https://example.com/healthz") == 2
    assert "environments: staging, production" in capsys.readouterr().err
    assert not (root / ".github").exists()


@pytest.mark.parametrize("branch", ["a..b", "-x", "main", "@{-1}"])
def test_a_branch_that_cannot_be_made(tmp_path: Path, branch: str) -> None:
    """It is refused before anything is written, so that the next try commits."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, f"--commit={branch}") == 2
    assert not (root / ".github").exists()
    assert gate(root, "--commit=release-gate") == 0
    assert git(root, "rev-parse", "--abbrev-ref", "HEAD").strip() == "release-gate"


def test_commands_that_are_printed_are_safe_to_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A module's path and a pattern of tags are the repository's words: in a command they are quoted."""
    table = "images:\n  - image: ghcr.io/acme/shop\n    module: .\n    tags: ['v*|id']\n"
    files = {**SERVICE, "go.mod": module("github.com/acme;id/shop"), ".go-release-gate.yml": table}
    assert gate(repository(tmp_path / "shop", files, origin="")) == 0
    out = capsys.readouterr().out
    assert "git tag 'v0.1.0|id' && git push origin 'v0.1.0|id'" in out
    commands = [line.strip() for line in out.splitlines() if line.startswith("     g")]
    for command in commands:
        words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
        assert not {"|", ";"} & set(words), command
