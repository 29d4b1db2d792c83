"""The workflows that `init` writes, for every shape of repository, held against linters and our own rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from go_release_gate.cli.app import run
from support.pipelines import ENVIRONMENT, SERVICE, dockerfile, module, program, repository

ROOT = Path(__file__).parents[2]
ZIZMOR = Path(sys.executable).with_name("zizmor")

WORKER = {"cmd/worker/main.go": program(), "cmd/worker/Dockerfile": dockerfile("./cmd/worker")}
OWN = """\
on: push
permissions: {}
concurrency: {group: own}
jobs:
  image:
    name: image
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: docker build --target build .
"""
SHAPES: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "service": (dict(SERVICE), ()),
    "library": ({"go.mod": module("github.com/acme/m"), "m.go": "package m\n"}, ()),
    "services": ({**SERVICE, **WORKER}, ()),
    "health": (dict(SERVICE), ("--health=staging=https://staging.example.com/healthz",)),
    "services-health": ({**SERVICE, **WORKER}, ("--health=production=https://example.com/healthz",)),
    "one-environment": (dict(SERVICE), ("--environment=live", "--targets=none")),
    "private": (dict(SERVICE), ("--private=github.com/acme", "--private=github.com/other")),
    "private-library": ({"go.mod": module("github.com/acme/m")}, ("--private=github.com/acme", "--with-ca-bundle")),
    "ca-bundle": (dict(SERVICE), ("--with-ca-bundle", "--private=github.com/acme")),
    "scanning": (dict(SERVICE), ("--code-scanning",)),
    "aws": (dict(SERVICE), ("--image=123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop",)),
    "google": (dict(SERVICE), ("--image=europe-docker.pkg.dev/acme/shop/api",)),
    "azure": (dict(SERVICE), ("--image=acme.azurecr.io/shop",)),
    "own-registry": (dict(SERVICE), ("--image=registry.example.com:5000/acme/shop",)),
    "mixed": ({**SERVICE, **WORKER}, ("--image=api=quay.io/acme/api", "--image=worker=acme.azurecr.io/worker")),
    "target": ({**SERVICE, ".github/workflows/own.yml": OWN}, ("--ref=v1.2.3",)),
    "files": (dict(SERVICE), ("--release-files", "--pull-request-images")),
    "files-services": (
        {**SERVICE, **WORKER},
        ("--release-files", "--pull-request-images", "--private=github.com/acme", "--with-ca-bundle"),
    ),
    "commit": (dict(SERVICE), (f"--ref={'a' * 40}",)),
}


@pytest.fixture(params=sorted(SHAPES))
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository of one shape, with its pipeline."""
    files, words = SHAPES[request.param]
    root = repository(tmp_path / "shop", files)
    assert run(["init", str(root), "--yes", "-q", *words], ENVIRONMENT) == 0
    return root


def workflows(root: Path) -> list[str]:
    """Paths of the workflows that were written."""
    return sorted(str(path) for path in (root / ".github/workflows").iterdir() if path.name != "own.yml")


def test_a_stage_that_is_built_stays(tmp_path: Path) -> None:
    """What a workflow stops at is what the release stops at."""
    root = repository(tmp_path / "shop", SHAPES["target"][0])
    assert run(["init", str(root), "--yes", "-q"], ENVIRONMENT) == 0
    assert 'target: "build"' in (root / ".github/workflows/release.yml").read_text("utf-8")


def test_actionlint_finds_nothing(installed: Path) -> None:
    """Syntax, expressions, contexts, events and inputs of the actions are right."""
    programs = sorted((ROOT / ".cache/bin").glob("actionlint-*"))
    if not programs:
        pytest.skip("no actionlint here: `make lint` fetches it")
    done = subprocess.run(
        [str(programs[-1]), "-shellcheck=", *workflows(installed)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor_finds_nothing(installed: Path) -> None:
    """No finding of the strictest persona."""
    if not ZIZMOR.exists():
        pytest.skip("no zizmor here")
    words = [str(ZIZMOR), "--offline", "--quiet", "--persona", "auditor", "--format", "json", *workflows(installed)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_our_own_rules_find_nothing(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` says nothing about a file that was written, and the configuration loads."""
    if shutil.which("go") is None:
        pytest.skip("no Go here")
    environment = {**ENVIRONMENT, "GOFLAGS": "-mod=mod", "HOME": str(installed.parent)}
    assert run(["config", str(installed)], environment) == 0
    capsys.readouterr()
    run(["check", str(installed), "--offline", "--format", "json"], environment)
    found = json.loads(capsys.readouterr().out)["findings"]
    places = [(one["rule"], one["location"]) for one in found if one["location"]]
    own = (".github/workflows/own.yml", "go.mod", "go.sum")
    assert [one for one in places if one[1]["path"].startswith(".") and one[1]["path"] not in own] == []
