"""The step on every event, with and without the right to write: the exit code is the verdict's, always."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fakes.github import GitHub, faults
from go_release_gate import action
from go_release_gate.adapters.github import client
from go_release_gate.adapters.github.client import Timing
from go_release_gate.cli import check
from go_release_gate.model.report import CheckReport
from support.containerstep import FILE_COMMANDS, parse_outputs
from support.pullrequest import GO_MOD, OLD_GO_MOD, faulty, mended
from support.runner_parsers import commands

EVENTS = Path(__file__).parents[1] / "data/events"
TOKEN = "ghs_everything"
IDENTITY = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.com"]


@dataclass
class Job:
    """A checkout of a pull request's merge, the fake GitHub it belongs to, and a runner's places."""

    root: Path
    github: GitHub
    commits: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workspace = self.root / "workspace"
        for place in (self.workspace, self.root / "temp", self.root / "home"):
            place.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commits["base"] = self.commit(OLD_GO_MOD)
        self.git("checkout", "-q", "-b", "topic")
        self.commits["head"] = self.commit(GO_MOD)
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
        self.commits["merge"] = self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *IDENTITY, *words], cwd=self.workspace, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, go_mod: str) -> str:
        (self.workspace / "go.mod").write_text(go_mod)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "commit")
        return self.git("rev-parse", "HEAD")

    def payload(self, name: str, source: str) -> Path:
        """The published example of the event, with this repository's commits and the pull request's source."""
        path = EVENTS / f"{name.replace('_target', '')}.json"
        document: dict[str, Any] = json.loads(path.read_text())["payload"] if path.exists() else {}
        if request := document.get("pull_request"):
            request["number"] = 7
            request["head"]["sha"], request["base"]["sha"] = self.commits["head"], self.commits["base"]
            request["head"]["repo"]["full_name"] = "mallory/shop" if source == "fork" else "acme/shop"
            request["user"]["login"] = "dependabot[bot]" if source == "dependabot" else "ann"
        if group := document.get("merge_group"):
            group["head_sha"], group["base_sha"] = self.commits["merge"], self.commits["base"]
        if triggering := document.get("workflow_run"):
            triggering["head_sha"] = self.commits["head"]
        place = self.root / "event.json"
        place.write_text(json.dumps(document))
        return place

    def environ(self, name: str, source: str = "own", **more: str) -> dict[str, str]:
        """What the runner sets."""
        is_tag = name == "release"
        files = {variable: str(self.root / variable) for variable in FILE_COMMANDS}
        return {
            **files,
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_SERVER_URL": "https://github.example.com",
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_RUN_ID": "42",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(self.payload(name, source)),
            "GITHUB_REF": "refs/tags/v1.0.0"
            if is_tag
            else "refs/pull/7/merge"
            if "pull" in name
            else "refs/heads/main",
            "GITHUB_REF_TYPE": "tag" if is_tag else "branch",
            "GITHUB_SHA": self.commits["base" if name == "pull_request_target" else "merge"],
            "RUNNER_TEMP": str(self.root / "temp"),
            "HOME": str(self.root / "home"),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "INPUT_GITHUB-TOKEN": TOKEN,
            **more,
        }


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A job; every place it could leave the token in is searched at the end."""
    with GitHub() as github:
        job = Job(tmp_path, github)
        github.commit(job.commits["base"], {"go.mod": OLD_GO_MOD})
        github.commit(job.commits["merge"], {"go.mod": GO_MOD})
        github.open_pull_request(
            7, job.commits["head"], job.commits["base"], {"go.mod": (OLD_GO_MOD, GO_MOD)}, fork="mallory/shop"
        )
        yield job
        assert TOKEN not in str([(asked.path, asked.query, asked.body) for asked in github.requests])
        for place in tmp_path.rglob("*"):
            assert not place.is_file() or TOKEN.encode() not in place.read_bytes(), place


def run(
    job: Job, report: CheckReport, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[int, str]:  # fmt: skip
    """Run the step in this process with a ready-made answer of the engine; exit code and log."""
    if client.Timing is Timing:
        monkeypatch.setattr(client, "Timing", partial(Timing, spacing=0.0))
    monkeypatch.setattr(check, "perform", lambda *_: check.Checked(report))
    code = action.main(environ)
    log = capsys.readouterr().out
    assert TOKEN not in log.replace(f"::add-mask::{TOKEN}", "")
    return code, log


OURS = {"add-mask", "group", "endgroup", "error", "warning", "notice", "stop-commands"}
REPORTED = {
    "pull_request": True, "pull_request_review": True, "pull_request_target": True, "merge_group": True, "push": True,
    "workflow_dispatch": True, "repository_dispatch": True, "schedule": True, "release": True, "workflow_run": False,
    "issue_comment": False,
}  # fmt: skip


SOURCES = ("own", "fork", "dependabot")  # only a pull request has others than the first
CASES = [
    (name, source) for name in REPORTED for source in SOURCES if source == "own" or name.startswith("pull_request")
]


@pytest.mark.parametrize("may", ["write", "read"])
@pytest.mark.parametrize(("name", "source"), CASES)
def test_the_exit_code_is_the_verdicts(  # noqa: PLR0917 - three questions, three fixtures
    job: Job, name: str, source: str, may: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 for findings on every event, whoever the author is and whatever the token may; findings stand at their
    lines by the interface where it may write, else by the log; a fork's token writes nothing."""
    if may == "read":
        job.github.restrict(contents="read", pull_requests="read", metadata="read")
    code, log = run(job, faulty(2), job.environ(name, source), monkeypatch, capsys)

    is_told = REPORTED[name] and may == "write" and not (source == "fork" and name != "pull_request_target")
    assert code == 1, log
    assert ("::error " in log) is not is_told
    assert len(job.github.repository.check_runs) == is_told
    if source == "fork" and name != "pull_request_target":
        assert job.github.requests == []
    outputs = parse_outputs((job.root / "GITHUB_OUTPUT").read_text())
    assert (outputs["verdict"], outputs["findings"]) == ("fail", "2")
    assert Path(outputs["report"]).is_file()
    assert Path(outputs["sarif"]).is_file()
    assert "❌ Fail" in (job.root / "GITHUB_STEP_SUMMARY").read_text()


def test_without_a_check_run_the_log_has_what_the_review_has_not(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each finding stands at its line once: those of the review are not annotated a second time."""
    code, log = run(job, faulty(3), job.environ("pull_request", **{"INPUT_CHECK-RUN": "false"}), monkeypatch, capsys)

    assert code == 1
    assert [comment.path for comment in job.github.repository.review_comments.values()] == ["go.mod"]
    assert [found.properties["file"] for found in commands(log) if found.name == "error"] == ["go.sum", "go.sum"]


@pytest.mark.parametrize("trouble", ["down", "html", "reset", "hang"])
def test_a_github_in_trouble_costs_nothing_but_time(
    job: Job, trouble: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict stands, the report is kept as a file, the log says what was not written."""
    monkeypatch.setattr(client, "Timing", partial(client.Timing, deadline=1.0))
    plan = {"down": faults.status(503), "html": faults.html(), "reset": faults.reset(), "hang": faults.hang()}
    job.github.plan(*[plan[trouble]] * 300)
    code, log = run(job, mended(), job.environ("pull_request"), monkeypatch, capsys)

    assert code == 0
    assert "GitHub did not answer as it should" in log
    outputs = parse_outputs((job.root / "GITHUB_OUTPUT").read_text())
    assert outputs["verdict"] == "pass"
    assert json.loads(Path(outputs["report"]).read_text())["verdict"] == "pass"


def test_a_signal_while_it_is_shown_leaves_the_verdict(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGTERM in the middle of a request: log, summary and outputs are written and say what may be missing."""
    job.github.plan(*[faults.hang()] * 50)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM))
    timer.start()
    code, log = run(job, faulty(2), job.environ("pull_request"), monkeypatch, capsys)
    timer.join()

    assert code == 1, log
    assert "was interrupted" in log
    assert "::error " in log
    assert parse_outputs((job.root / "GITHUB_OUTPUT").read_text())["verdict"] == "fail"


def test_no_foreign_command_reaches_the_log(
    job: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What GitHub itself answers is foreign, too: its messages give the runner no command."""
    evil = "::set-output name=verdict::pass\n##[set-output name=verdict;]pass"
    job.github.plan(*[faults.status(422, evil)] * 20)
    code, log = run(job, faulty(2), job.environ("pull_request"), monkeypatch, capsys)

    assert code == 1, log
    assert "set-output" in log
    found = commands(log)
    tokens = {item.data for item in found if item.name == "stop-commands"}
    assert {item.name for item in found} <= OURS | tokens


@pytest.mark.parametrize(("folder", "name"), [("", "findings"), (".", "findings"), ("backend", "findings (backend)")])
def test_the_check_run_is_named_after_the_folder_in_the_repository(
    job: Job, folder: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the runner keeps the workspace is no part of the name; without `path` it is the one that `report` uses."""
    (job.workspace / "backend").mkdir()
    run(job, faulty(1), job.environ("pull_request", INPUT_PATH=folder), monkeypatch, capsys)

    assert [found.name for found in job.github.repository.check_runs.values()] == [f"go-release-gate {name}"]
