"""The runner: workflows under act, with the tool's own repository and stand-ins for what cannot be had offline."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
ACT = ROOT / ".venv/bin/act"
STAND_INS = Path(__file__).parents[1] / "actions"
OWN = "acme/go-release-gate"
SHIPPED = (".github/workflows", "credentials", "setup", "requirements", "src", "entrypoint.py", "action.yml", "LICENSE")
COMPOSITE = ("credentials", "setup")
TIMEOUT = 1200
_USES = re.compile(r"uses: +([\w.-]+/[\w.-]+)((?:/[\w.-]+)*)@(\w+)")
_EXIT = re.compile(r"exit(?: with `FAILURE`:|code) '?(\d+)'?")


@dataclass(frozen=True)
class Ran:
    """What a run of a workflow left: its exit code, jobs by name → success, failure or nothing, and its log.

    `exits`: the exit codes of steps that failed, by job.
    """

    code: int
    jobs: Mapping[str, str]
    exits: Mapping[str, list[int]]
    log: str

    def ended(self, result: str) -> list[str]:
        """The jobs that ended so, each by the name that the repository's own workflow gives it."""
        return sorted(name.partition("/")[0] for name, found in self.jobs.items() if found == result)

    def exit_of(self, job: str) -> list[int]:
        """The exit codes of steps that failed in a job, by the same name."""
        return [code for name, codes in self.exits.items() if name.partition("/")[0] == job for code in codes]


def called() -> list[Path]:
    """The workflows that others call, and the composite actions that those use."""
    workflows = (
        path for path in (ROOT / ".github/workflows").glob("*.yml") if "workflow_call:" in path.read_text("utf-8")
    )
    return sorted([*workflows, *(ROOT / name / "action.yml" for name in COMPOSITE)])


def foreign_actions() -> list[tuple[str, str, str]]:
    """Actions of others that are used there: repository, path in it, commit."""
    found = {match.groups() for path in called() for match in _USES.finditer(path.read_text("utf-8"))}
    return sorted((name, path, ref) for name, path, ref in found if name != OWN)


def stand_in(repository: str) -> Path:
    """The folder that stands in for a repository of actions."""
    return STAND_INS / repository.replace("/", "-")


def ship(folder: Path, image: str) -> Path:
    """The tool's repository as a release has it: action.yml names an image that is built already."""
    for name in SHIPPED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    action = folder / "action.yml"
    text, count = re.subn(r"(?m)^  image: Dockerfile$", f"  image: docker://{image}", action.read_text("utf-8"))
    assert count == 1
    action.write_text(text, "utf-8")
    return folder


@dataclass
class Runner:
    """Runs workflows of a checkout.

    Args:
        folder: for what runs leave. shipped: the tool's repository.
        mounts: folder of this machine → place in every container of a job.
        env: variables of every job. secrets: by name.
    """

    folder: Path
    shipped: Path
    mounts: Mapping[Path, str]
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    runs: int = field(default=0)

    def run(self, checkout: Path, workflow: str, event: str, payload: Mapping[str, Any]) -> Ran:
        """Run a workflow (its path in the checkout) for an event."""
        self.runs += 1
        place = self.folder / f"run-{self.runs}"
        for name in ("artifacts", "temp", "home"):
            (place / name).mkdir(parents=True)
        (place / "event.json").write_text(json.dumps(payload), "utf-8")
        done = subprocess.run(
            [str(ACT), event, *self._arguments(checkout, workflow, place)], cwd=checkout, capture_output=True,
            text=True, timeout=TIMEOUT, check=False,
            env={**os.environ, "HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home/cache")},
        )  # fmt: skip
        ran = _read(done.returncode, done.stdout.splitlines(), done.stderr)
        (place / "log").write_text(ran.log, "utf-8")
        return ran

    def _arguments(self, checkout: Path, workflow: str, place: Path) -> Iterable[str]:
        mounts = {**self.mounts, place / "artifacts": "/artifacts", place / "temp": "/tmp"}
        options = " ".join(f"--volume={source}:{target}" for source, target in mounts.items())
        yield from ("--directory", str(checkout), "--workflows", str(checkout / workflow))
        yield from ("--eventpath", str(place / "event.json"), "--json", "--actor", "ann", "--concurrent-jobs", "1")
        yield from ("--pull=false", "--rebuild=false", "--rm", "--no-skip-checkout", "--no-cache-server")
        yield from ("--platform", f"ubuntu-24.04={os.environ['STORY_RUNNER_IMAGE']}", "--container-daemon-socket", "-")
        yield from ("--container-options", options, "--use-new-action-cache")
        yield from ("--local-repository", f"{OWN}@v1={self.shipped}")
        for repository, _, ref in foreign_actions():
            yield from ("--local-repository", f"{repository}@{ref}={stand_in(repository)}")
        for name, value in {**self.env, "GITHUB_RUN_ID": str(4200 + self.runs)}.items():
            yield from ("--env", f"{name}={value}")
        for name, value in self.secrets.items():
            yield from ("--secret", f"{name}={value}")


def _read(code: int, lines: Iterable[str], errors: str) -> Ran:
    jobs: dict[str, str] = {}
    exits: dict[str, list[int]] = {}
    log = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            log.append(line)
            continue
        job, said = entry.get("job", ""), str(entry.get("msg", ""))
        log.append(f"[{job}] {said.rstrip()}")
        if "jobResult" in entry:
            jobs[job] = entry["jobResult"]
        if found := _EXIT.search(said):
            exits.setdefault(job, []).append(int(found[1]))
    return Ran(code, jobs, exits, "\n".join([*log, errors]))
