"""The built image on a pull request, against a GitHub that holds every request to the published description."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.github import GitHub
from support.containerstep import PROXY_PLACE, StepResult, WorkDirectory
from support.moduleproxy import ModuleProxy
from support.samplemodules import clean_module, untidy_module

pytestmark = pytest.mark.e2e
IDENTITY = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "-c", "safe.directory=*"]


class PullRequest:
    """A checkout of a pull request's merge, its folders as a runner keeps them, and the GitHub it belongs to."""

    def __init__(self, root: Path, image: str, proxy: ModuleProxy, settings: dict[str, str], github: GitHub) -> None:
        self.root, self.image, self.proxy, self.settings, self.github = root, image, proxy, settings, github
        self.work = WorkDirectory(root / "work-0", 1001)
        self.git("init", "-q", "-b", "main")
        self.clean = clean_module(proxy)
        self.base = self.commit(self.clean)
        self.git("checkout", "-q", "-b", "topic")
        self.is_open = False

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *IDENTITY, *words], cwd=self.work.workspace, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> str:
        self.work.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "commit")
        return self.git("rev-parse", "HEAD")

    def push(self, files: dict[str, str]) -> None:
        """A new head of the pull request, on both sides."""
        self.head = self.commit(files)
        changes = {name: (self.clean.get(name), text) for name, text in files.items() if self.clean.get(name) != text}
        if self.is_open:
            self.github.push(7, self.head, changes)
        else:
            self.github.commit(self.base, dict(self.clean))
            self.github.open_pull_request(7, self.head, self.base, changes)
            self.is_open = True

    def run(self, *, attempt: str = "1", fork: bool = False, number: int = 0) -> StepResult:
        """The step, in a work directory of its own."""
        work = self.work
        if number:
            work = WorkDirectory(self.root / f"work-{number}", 1001)
            subprocess.run(["cp", "-a", f"{self.work.workspace}/.", str(work.workspace)], check=True)
        source = "mallory/shop" if fork else "acme/shop"
        request = {
            "number": 7,
            "user": {"login": "ann"},
            "head": {"sha": self.head, "repo": {"full_name": source}},
            "base": {"sha": self.base, "repo": {"full_name": "acme/shop"}},
        }
        (work.temp / "_github_workflow/event.json").write_text(json.dumps({"pull_request": request}))
        work.own()
        environ = {
            **self.settings,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_GRAPHQL_URL": self.github.graphql_url,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": "/github/workflow/event.json",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_SHA": self.head,
            "GITHUB_RUN_ATTEMPT": attempt,
            "GITHUB_RUN_ID": f"42{number}",
        }
        inputs = {"github-token": self.github.token}
        return work.run(self.image, inputs, environ, {self.proxy.files: PROXY_PLACE}, network="host")


@pytest.fixture
def request_(tmp_path: Path, image: str, proxy: ModuleProxy, go_settings: dict[str, str]) -> Iterator[PullRequest]:
    """A pull request that is about to be opened."""
    with GitHub() as github:
        yield PullRequest(tmp_path, image, proxy, go_settings, github)


def test_from_red_to_green(request_: PullRequest) -> None:
    """First push with a fault, the same run again, a second push that mends it: comment and review come, stay as they
    are, and turn green; the exit code is the verdict's each time, and the token is seen nowhere."""
    request_.push(untidy_module(request_.proxy))
    first = request_.run()
    repository = request_.github.repository
    assert first.code == 1, first.stdout
    assert "::error" not in first.stdout.replace("::error title=go-release-gate", "")
    [run] = repository.check_runs.values()
    assert (run.conclusion, run.head_sha) == ("failure", request_.head)
    [comment] = repository.comments.values()
    assert "❌ Fail" in comment.body
    placed = len(repository.review_comments) + len(run.annotations)
    assert placed == int(first.outputs["findings"])
    assert len(request_.github.requests) <= 15

    again = request_.run(attempt="2")
    assert again.code == 1
    assert len(repository.check_runs) == 2
    assert [item.edits for item in repository.comments.values()] == [0]
    assert len(repository.review_comments) + len(run.annotations) == placed

    request_.push(request_.clean)
    mended = request_.run(attempt="3")
    assert mended.code == 0, mended.stdout
    assert repository.review_comments == {}
    [comment] = repository.comments.values()
    assert "✅" in comment.body
    assert [item.conclusion for item in repository.check_runs.values()] == ["failure", "failure", "success"]
    for result in (first, again, mended):
        assert request_.github.token not in result.stdout.replace(f"::add-mask::{request_.github.token}", "")
        assert request_.github.token not in result.summary + str(result.outputs)


def test_two_runs_at_once(request_: PullRequest) -> None:
    """Two containers at the same time: a check run each, one comment, each finding once."""
    request_.push(untidy_module(request_.proxy))
    results: dict[int, StepResult] = {}
    threads = [
        threading.Thread(target=lambda number=number: results.update({number: request_.run(number=number)}))
        for number in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    repository = request_.github.repository
    assert [results[number].code for number in (1, 2)] == [1, 1]
    assert [run.status for run in repository.check_runs.values()] == ["completed", "completed"]
    assert len(repository.comments) == 1
    places = [(comment.path, comment.line) for comment in repository.review_comments.values()]
    assert len(places) == len(set(places))


def test_a_fork_gets_the_same_answer_in_its_log(request_: PullRequest) -> None:
    """Nothing is asked of GitHub; annotations stand in the log, the summary says it, the exit code is the same."""
    request_.push(untidy_module(request_.proxy))
    result = request_.run(fork=True)

    assert result.code == 1
    assert "::error file=" in result.stdout
    assert request_.github.requests == []
    assert "can only read" in result.summary
