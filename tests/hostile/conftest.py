"""A fork's pull request against the gate: the command or the step as real processes, with its own checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from story.conftest import Gate, Ran

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds after which a step counts as hanging


@dataclass(frozen=True)
class Stepped:
    """What one step left: exit code, both streams, the bytes of the output and summary files."""

    code: int
    log: str
    output: str
    summary: str

    @property
    def everything(self) -> str:
        """All that anybody could read of it."""
        return self.log + self.output + self.summary


class Fork(Gate):
    """`Gate` on the event of a fork's pull request; `commit` makes what lies there the base commit."""

    base = "0" * 40

    def commit(self) -> None:
        """Commit everything as the base."""
        for args in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
            self._git("-c", "user.name=a", "-c", "user.email=a@example.com", *args)
        self.base = self._git("rev-parse", "HEAD").strip()

    def bad_module(self, directory: str) -> None:
        """A module that is not tidy."""
        self.tidy_module(directory)
        self.write({f"{directory}/m.go": "package m\n"})

    def link(self, name: str, target: str | Path) -> None:
        """Put a symbolic link where whatever lay there before."""
        place = self.repo / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    @property
    def event(self) -> dict[str, str]:
        """The variables of the event."""
        payload = self.repo.parent / "event.json"
        base = {"sha": self.base, "repo": {"full_name": "acme/shop"}}
        head = {"sha": "1" * 40, "repo": {"full_name": "evil/shop"}}
        payload.write_text(json.dumps({"pull_request": {"number": 1, "base": base, "head": head}}))
        (self.repo.parent / "temp").mkdir(exist_ok=True)
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_WORKSPACE": str(self.repo),
            "RUNNER_TEMP": str(self.repo.parent / "temp"),
        }

    def judged(self, *words: str) -> Ran:
        """`check --format json` on the pull request."""
        return self.check(*words, **self.event)

    def step(self, **inputs: str) -> Stepped:
        """The container's step, with inputs by name (`_` for `-`)."""
        files = [self.repo.parent / name for name in ("output", "summary")]
        for file in files:
            file.write_text("")
        named = {f"INPUT_{name.upper().replace('_', '-')}": value for name, value in inputs.items()}
        places = {"GITHUB_OUTPUT": str(files[0]), "GITHUB_STEP_SUMMARY": str(files[1])}
        done = subprocess.run(
            [sys.executable, "-I", str(ROOT / "entrypoint.py")],
            cwd=self.repo,
            env={**self.env, **self.event, **places, **named},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        log = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Stepped(done.returncode, log, files[0].read_text(), files[1].read_text())

    def _git(self, *words: str) -> str:
        return subprocess.run(["git", *words], cwd=self.repo, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    """A fork's pull request with an empty repository."""
    return Fork(tmp_path)
