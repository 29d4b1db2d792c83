"""Only what is new, in a workflow's shallow checkout: the base comes from GitHub, or nothing is called existing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.github import GitHub
from story.conftest import Gate
from story.test_only_new import commit, git, states, tidy, untidy


class Job:
    """A pull request's merge commit, checked out alone; its base lies on the fake GitHub."""

    def __init__(self, gate: Gate, github: GitHub, place: Path) -> None:
        for directory in ("a", "b"):
            tidy(gate, directory)
        untidy(gate, "a")
        gate.write({".github/CODEOWNERS": "* @octo-org/everyone\n/a/ @mona\n"})
        self.stale = commit(gate)
        github.commit(self.stale, self._files(gate))
        gate.write({"b/doc.go": "package m\n"})
        self.base = commit(gate)
        github.commit(self.base, self._files(gate))
        git(gate.repo, "checkout", "-q", "-b", "topic")
        untidy(gate, "b")
        gate.write({".github/CODEOWNERS": "* @stranger\n"})
        self.head = commit(gate)
        git(gate.repo, "checkout", "-q", "main")
        git(gate.repo, "merge", "-q", "--no-ff", "-m", "merge", "topic")
        self.merge = git(gate.repo, "rev-parse", "HEAD")
        shallow = place / "shallow"
        git(place, "clone", "-q", "--depth=1", gate.repo.as_uri(), str(shallow))
        gate.repo = shallow
        payload = {
            "pull_request": {
                "number": 1,
                "user": {"login": "mona"},
                "head": {"sha": self.head, "repo": {"full_name": "acme/shop"}},
                "base": {"sha": self.stale, "repo": {"full_name": "acme/shop"}},
            }
        }
        event = place / "event.json"
        event.write_text(json.dumps(payload))
        self.env = {
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_REF": "refs/pull/1/merge",
            "GITHUB_SHA": self.merge,
            "GITHUB_API_URL": github.api_url,
            "INPUT_GITHUB-TOKEN": github.token,
        }

    @staticmethod
    def _files(gate: Gate) -> dict[str, bytes]:
        names = git(gate.repo, "ls-files").splitlines()
        return {name: (gate.repo / name).read_bytes() for name in names}


@pytest.fixture
def job(gate: Gate, github: GitHub, tmp_path: Path) -> Job:
    """The checkout, and the gate on it."""
    return Job(gate, github, tmp_path)


def test_the_base_comes_from_github(gate: Gate, job: Job) -> None:
    """What the merge was merged into is compared with, not the event's older base; owners are the base's."""
    ran = gate.check("--only-new", **job.env)

    assert (ran.code, states(ran)) == (1, {"a": "existing", "b": "new"}), ran.err
    assert ran.report["comparison"] == {"base": job.base, "new": 1, "existing": 1, "fixed": 0}
    owners = {finding["module"]: finding["owners"] for finding in ran.report["findings"]}
    assert owners == {"a": ["@mona"], "b": ["@octo-org/everyone"]}


def test_an_unreachable_base_excuses_nothing(gate: Gate, github: GitHub, job: Job) -> None:
    """Without an answer every finding is new, and a notice says so; the exit code is that of a plain run."""
    del github.repository.commits[job.base]

    ran = gate.check("--only-new", **job.env)

    assert (ran.code, states(ran), ran.report["comparison"]) == (1, {"a": "new", "b": "new"}, None)
    assert any(f"the base commit {job.base[:12]} could not be judged" in notice for notice in ran.report["notices"])


def test_offline_asks_nobody(gate: Gate, github: GitHub, job: Job) -> None:
    """`--offline` downloads no base."""
    gate.check(**job.env)
    github.requests.clear()

    ran = gate.check("--only-new", "--offline", **job.env)

    assert set(states(ran).values()) == {"new"}
    assert github.requests == []
