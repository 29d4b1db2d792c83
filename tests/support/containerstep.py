"""Run an image as the runner runs a container action, on a machine with a Docker engine.

Mounts, variables, working directory and file commands are those of actions/runner's ContainerActionHandler; the
variables a workflow would set for the job are given by the test.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DOCKER = os.environ.get("DOCKER", "/usr/bin/docker")
PROXY_PLACE = "/module-proxy"
MOUNTS = {
    "_temp/_github_home": "/github/home",
    "_temp/_github_workflow": "/github/workflow",
    "_temp/_runner_file_commands": "/github/file_commands",
    "_temp": "/github/runner_temp",
    "repo": "/github/workspace",
}
FILE_COMMANDS = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE")
_ENTRY = re.compile(r"([^=\n]+?)<<(ghadelimiter_\S+)\n(.*?)\n\2\n", re.DOTALL)


@dataclass(frozen=True)
class StepResult:
    """What a step left: exit code, both streams, outputs by name, the job summary."""

    code: int
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    summary: str


class WorkDirectory:
    """The runner's `_work` directory: the checkout in `repo`, everything else below `_temp`.

    Args:
        root: an empty folder of the test.
        user: numeric id of the runner's user, to whom the checkout and the runner's files belong.
    """

    def __init__(self, root: Path, user: int) -> None:
        self.root = root
        self.user = user
        for name in MOUNTS:
            (root / name).mkdir(parents=True, exist_ok=True)
        self.workspace = root / "repo"
        self.temp = root / "_temp"

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the checkout."""
        for name, text in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def own(self) -> None:
        """Give everything to the runner's user, as a checkout by that user would have left it."""
        for place in [self.root, *self.root.rglob("*")]:
            os.lchown(place, self.user, self.user)

    def listing(self) -> dict[str, tuple[int, int, int, bytes]]:
        """Every path of the checkout: owner, group, mode and bytes."""
        found = {}
        for place in [self.workspace, *sorted(self.workspace.rglob("*"))]:
            facts = place.lstat()
            data = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
            found[str(place.relative_to(self.root))] = (facts.st_uid, facts.st_gid, facts.st_mode, data)
        return found

    def run(
        self,
        image: str,
        inputs: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        mounts: Mapping[Path, str] | None = None,
        options: Sequence[str] = (),
        *,
        network: str = "none",
    ) -> StepResult:
        """Run the step once. `mounts` adds host folders, read-only; `options` are docker's own."""
        commands = self.temp / "_runner_file_commands"
        for name in FILE_COMMANDS:
            (commands / name).write_text("")
            os.chown(commands / name, self.user, self.user)
        done = subprocess.run(
            [*self._command(inputs or {}, env or {}, mounts or {}, network), *options, image],
            capture_output=True,
            timeout=280,
            check=False,
        )
        return StepResult(
            done.returncode,
            done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"),
            parse_outputs((commands / "GITHUB_OUTPUT").read_text()),
            (commands / "GITHUB_STEP_SUMMARY").read_text(),
        )

    def shell(self, image: str, script: str, *options: str) -> str:
        """Standard output of a shell script in the image; `options` are docker's own."""
        command = [DOCKER, "run", "--rm", "--network", "none", "--entrypoint", "sh", *options, image, "-c", script]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout

    def _command(
        self, inputs: Mapping[str, str], env: Mapping[str, str], mounts: Mapping[Path, str], network: str
    ) -> list[str]:
        variables = {**runner_variables(), **env}
        variables |= {f"INPUT_{name.upper().replace(' ', '_')}": value for name, value in inputs.items()}
        places = {self.root / name: place for name, place in MOUNTS.items()}
        return [
            DOCKER, "run", "--rm", "--workdir", "/github/workspace", "--network", network,
            *(f"--env={name}={value}" for name, value in variables.items()),
            *(f"--volume={host}:{place}" for host, place in places.items()),
            *(f"--volume={host}:{place}:ro" for host, place in mounts.items()),
        ]  # fmt: skip


def runner_variables() -> dict[str, str]:
    """The variables that a runner gives a container step of a push to main."""
    return {
        "HOME": "/github/home",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": "/github/workspace",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_REPOSITORY_OWNER": "acme",
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_API_URL": "https://api.github.example.com",
        "GITHUB_RUN_ID": "42",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_NAME": "main",
        "GITHUB_REF_TYPE": "branch",
        "GITHUB_SHA": "0" * 40,
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": "/github/runner_temp",
        "ACTIONS_RUNTIME_TOKEN": "canary-runtime-token",
        **{name: f"/github/file_commands/{name}" for name in FILE_COMMANDS},
    }


def parse_outputs(text: str) -> dict[str, str]:
    """Outputs by name from the bytes of the output file, as the runner reads its heredoc form; the last one wins."""
    return {name: value for name, _, value in _ENTRY.findall(text)}
