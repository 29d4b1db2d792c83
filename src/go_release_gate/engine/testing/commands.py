"""Commands that test beside `go test`: each in turn, with the containers of its compose file around it."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from go_release_gate.adapters.limits import LIMITS_OF_TESTS
from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.adapters.programs import find
from go_release_gate.config.testing import CommandEntry
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.tested import RanCommand
from go_release_gate.model.outcome import ErrorClass, ModuleError

MOST_SAID = 64 << 10  # characters of output kept of a command
LOG_LIMIT = 16 << 20  # bytes of a command's output, and of its containers'
DOWN_LIMIT = 300.0  # seconds to take containers down, and to read their logs
_NO_ENGINE = ("Cannot connect to the Docker daemon", "failed to connect to the docker API", "permission denied while")
_HINT = "start a Docker engine with the compose plugin, or set DOCKER_HOST"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where commands run: at `root`, with `env`. `parent`: whose PATH has docker. `place`: the file asking for them."""

    root: Path
    runner: Runner
    env: Mapping[str, str]
    parent: Mapping[str, str]
    place: str = ""


@dataclass(slots=True)
class _Around:
    """What came of bringing the containers up, and their logs where anything failed."""

    problem: str = ""
    said: str = ""
    logs: str = field(default="")


def run_command(entry: CommandEntry, stage: Stage) -> tuple[RanCommand, str]:
    """Run one command: what came of it, and the logs of its containers where it failed."""
    words = tuple(shlex.split(entry.run)) if isinstance(entry.run, str) else entry.run
    ran = RanCommand(entry.name, words, place=stage.place)
    env = {**stage.env, **entry.environment}
    started = time.monotonic()
    around = _Around()
    try:
        with _containers(entry, stage, env, around):
            if not around.problem:
                done = _run(words, stage, env, entry.timeout)
                around.problem, around.said = _problem(done, entry.timeout), _said(done)
    except UnavailableError as error:
        ran = replace(ran, error=ModuleError(ErrorClass.INTERNAL, f"{entry.name}: {error.message}", error.hint))
    seconds = time.monotonic() - started
    return replace(ran, problem=around.problem, said=around.said[-MOST_SAID:], seconds=seconds), around.logs


@contextmanager
def _containers(entry: CommandEntry, stage: Stage, env: Mapping[str, str], around: _Around) -> Iterator[None]:
    """Bring the containers up and, whatever happens, down; keep their logs where something failed."""
    if not entry.compose:
        yield
        return
    docker = find("docker", stage.parent, stage.root)
    if docker is None:
        raise UnavailableError("docker is not on PATH", _HINT)
    project = f"go-release-gate-{entry.name.lower().replace('.', '-')}-{os.getpid()}"
    compose = [str(docker), "compose", "-f", entry.compose, "-p", project]
    try:
        up = _run([*compose, "up", "--detach", "--wait"], stage, env, entry.timeout)
        said = _said(up)
        if any(one in said for one in _NO_ENGINE):
            raise UnavailableError("no Docker engine answers", _HINT)
        if up.timed_out or up.returncode != 0:
            around.problem, around.said = f"its containers did not start: {_last(said)}", said
        yield
        if around.problem:
            around.logs = _said(_run([*compose, "logs", "--no-color", "--timestamps"], stage, env, DOWN_LIMIT))
    finally:
        _run([*compose, "down", "--volumes", "--remove-orphans", "--timeout", "10"], stage, env, DOWN_LIMIT)


def _run(words: Sequence[str], stage: Stage, env: Mapping[str, str], timeout: float) -> Completed:
    program = find(words[0], {"PATH": env.get("PATH", "")}, Path("/nonexistent")) if "/" not in words[0] else words[0]
    return stage.runner.run(
        [str(program or words[0]), *words[1:]],
        cwd=stage.root,
        env=env,
        timeout=timeout,
        output_limit=LOG_LIMIT,
        limits=LIMITS_OF_TESTS,
    )


def _problem(done: Completed, timeout: float) -> str:
    if done.timed_out:
        return f"did not end within {timeout:g} s"
    if done.returncode != 0:
        said = _last(_said(done))
        return f"ended with exit code {done.returncode}" + (f": {said}" if said else "")
    return ""


def _said(done: Completed) -> str:
    return (done.stdout + (b"\n" if done.stdout and done.stderr else b"") + done.stderr).decode("utf-8", "replace")


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
