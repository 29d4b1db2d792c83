"""The settings of a run: configuration, base commit and baseline on a pull request."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from go_release_gate.cli import options
from go_release_gate.cli.basefile import base_reader
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.errors import ConfigError, UnavailableError
from go_release_gate.model.severity import Severity

FILE = ".go-release-gate.yml"
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def judged(root: Path, environ: Mapping[str, str], base: Mapping[str, bytes] | None = None, *argv: str) -> Judged:
    args = options.parse(options.find_verb("check"), [str(root), *argv], environ)
    assert args is not None
    return judged_settings(args, environ, root, None if base is None else base.get)


@pytest.fixture
def pull_request(tmp_path: Path) -> dict[str, str]:
    """The environment of a colleague's pull request."""
    repo = {"full_name": "acme/shop"}
    payload = {"pull_request": {"user": {"login": "ann"}, "head": {"sha": "h", "repo": repo}, "base": {"repo": repo}}}
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty checkout."""
    (tmp_path / "repo").mkdir()
    return tmp_path / "repo"


def entry(mark: str) -> dict[str, str]:
    return {"fingerprint": mark * 32, "rule": "r", "path": "go.mod", "message": "m"}


def baseline(*marks: str) -> bytes:
    return json.dumps({"schema": 1, "kind": "baseline", "findings": [entry(mark) for mark in marks]}).encode()


def test_on_a_pull_request_the_base_counts(root: Path, pull_request: dict[str, str]) -> None:
    """The head's loosening is held back; the same file on a branch counts."""
    (root / FILE).write_text("fail-on: never\n", encoding="utf-8")

    assert judged(root, pull_request, {FILE: b"fail-on: warning\n"}).settings.fail_on is Severity.WARNING
    assert judged(root, pull_request, {}).settings.fail_on is Severity.ERROR
    assert judged(root, {}).settings.fail_on is None


def test_a_local_rehearsal_uses_the_base_it_names(root: Path, pull_request: dict[str, str]) -> None:
    """`--event pull-request --base REV` judges as the pull request will be; `--event branch` there escapes nothing."""
    (root / FILE).write_text("fail-on: never\n", encoding="utf-8")
    rehearsal = ("--event", "pull-request", "--base", "main")

    assert judged(root, {}, {FILE: b"fail-on: warning\n"}, *rehearsal).settings.fail_on is Severity.WARNING
    assert judged(root, {}, {FILE: b"fail-on: warning\n"}, *rehearsal[:2]).settings.fail_on is None
    assert judged(root, pull_request, {}, "--event", "branch").settings.fail_on is Severity.ERROR


def test_a_file_elsewhere_is_no_pull_requests(root: Path, tmp_path: Path, pull_request: dict[str, str]) -> None:
    """A file outside the checkout was put there by the workflow and counts as it is."""
    (tmp_path / "policy.yml").write_text("fail-on: never\n", encoding="utf-8")

    assert judged(root, pull_request, {}, "--config", str(tmp_path / "policy.yml")).settings.fail_on is None


def test_only_the_bases_baseline_counts(root: Path, pull_request: dict[str, str]) -> None:
    """Entries that the pull request adds do not count, those it takes out are gone."""
    (root / FILE).write_text("baseline: b.json\n", encoding="utf-8")
    (root / "b.json").write_bytes(baseline("b", "c"))
    base = {FILE: b"baseline: b.json\n", "b.json": baseline("a", "b")}

    on_request = judged(root, pull_request, base).baseline
    without = judged(root, pull_request, {FILE: b"baseline: b.json\n"}).baseline
    assert on_request is not None
    assert without is not None
    assert on_request.fingerprints == {"b" * 32}
    assert without.fingerprints == frozenset()
    on_branch = judged(root, {}).baseline
    assert on_branch is not None
    assert on_branch.fingerprints == {"b" * 32, "c" * 32}


def test_a_missing_baseline_is_an_error(root: Path) -> None:
    """A baseline that is not there is no empty one."""
    with pytest.raises(ConfigError, match="no such baseline"):
        judged(root, {}, None, "--baseline", "nope.json")


def git(root: Path, *words: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", str(root), *names, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@needs_git
def test_the_merge_commit_of_a_checkout_leads_to_the_base(root: Path) -> None:
    """Where the base's hash is not here, the first parent of the checked-out merge commit is the base."""
    git(root, "init", "-q", "-b", "main")
    (root / FILE).write_text("jobs: 1\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-qm", "base")
    git(root, "checkout", "-qb", "topic")
    (root / FILE).write_text("jobs: 2\n", encoding="utf-8")
    git(root, "commit", "-qam", "head")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    environ = {"PATH": "/usr/bin:/bin", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_SHA": git(root, "rev-parse", "HEAD")}

    assert base_reader(environ, root, "0" * 40)(FILE) == b"jobs: 1\n"
    assert base_reader(environ, root, "topic")(FILE) == b"jobs: 2\n"
    assert base_reader(environ, root, "topic")("none.yml") is None
    with pytest.raises(UnavailableError, match="not in this checkout"):
        base_reader({**environ, "GITHUB_SHA": "f" * 40}, root, "0" * 40)(FILE)
