"""Scripts that stand in reusable workflows, run as they stand: variables that inputs set, logins for base images."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github/workflows").glob("*.yml"))
DOCKER = '#!/bin/sh\necho "$*: $(cat)" >>"$LOG"\n[ "$5" != wrong.example.com ]\n'


def scripts(name: str) -> dict[str, str]:
    """File → what its step of this name runs."""
    steps = [
        (path.name, step)
        for path in WORKFLOWS
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
        for step in job.get("steps", ())
    ]
    return {file: step["run"] for file, step in steps if step.get("name") == name}


def bash(text: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a script as the runner does."""
    words = ["bash", "--noprofile", "--norc", "-e", "-c", text]
    return subprocess.run(words, env={**os.environ, **env}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", scripts("proxies"))
def test_an_input_sets_one_variable(name: str, tmp_path: Path) -> None:
    """A proxy is set, an empty one is left as the runner has it, and a second line cannot set another variable."""
    text, environment = scripts("proxies")[name], tmp_path / "env"
    done = bash(text, GITHUB_ENV=str(environment), GIVEN_HTTPS_PROXY="http://proxy.example.com:3128", GIVEN_NO_PROXY="")
    assert (done.returncode, environment.read_text()) == (0, "HTTPS_PROXY=http://proxy.example.com:3128\n")
    environment.write_text("")
    done = bash(text, GITHUB_ENV=str(environment), GIVEN_NO_PROXY="example.com\nPATH=/tmp")
    assert (done.returncode, done.stdout) == (1, "::error::NO_PROXY has more than one line\n")
    assert environment.read_text() == ""


def test_base_images_of_several_registries(tmp_path: Path) -> None:
    """Each line is a login, passwords go by standard input, no line is none, and a refused login ends the step."""
    (text,) = scripts("logins for base images").values()
    docker, log = tmp_path / "docker", tmp_path / "log"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(log)}
    assert (bash(text, **env, LOGINS="").returncode, log.exists()) == (0, False)
    done = bash(text, **env, LOGINS="one.example.com ann:a:b\n\ntwo.example.com bob:c d\n")
    words = "login --username {} --password-stdin {}: {}\n"
    assert done.returncode == 0, done.stderr
    assert log.read_text() == words.format("ann", "one.example.com", "a:b") + words.format(
        "bob", "two.example.com", "c d"
    )
    assert bash(text, **env, LOGINS="wrong.example.com ann:a\none.example.com ann:a\n").returncode == 1
