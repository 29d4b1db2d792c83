"""What every Runner does. The real one runs shell lines; the fake answers from a script; both pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.process import Reply, ScriptedRunner
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import UnavailableError

Runner = ProcessRunner | ScriptedRunner
ENV = {"PATH": os.environ["PATH"]}
SAYS = ["sh", "-c", "printf out; printf err >&2; exit 3"]
ECHOES = ["cat"]
SLEEPS = ["sh", "-c", "printf early; exec sleep 30"]
FLOODS = ["sh", "-c", "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2"]


def _scripted() -> ScriptedRunner:
    fake = ScriptedRunner()
    fake.on(SAYS, Reply(3, b"out", b"err"))
    fake.on(ECHOES, Reply(echoes=True))
    fake.on(SLEEPS, Reply(stdout=b"early", seconds=30))
    return fake.on(FLOODS, Reply(stdout=bytes(300000), stderr=bytes(300000)))


@pytest.fixture(params=[ProcessRunner, _scripted], ids=["real", "fake"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Each runner in turn."""
    make: Callable[[], Runner] = request.param
    return make()


def test_output_and_exit_code_come_back(runner: Runner, tmp_path: Path) -> None:
    """Both outputs are kept apart and the exit code is the program's."""
    answer = runner.run(SAYS, cwd=tmp_path, env=ENV, timeout=30)
    assert (answer.returncode, answer.stdout, answer.stderr) == (3, b"out", b"err")
    assert not answer.timed_out
    assert not answer.truncated


def test_input_is_fed(runner: Runner, tmp_path: Path) -> None:
    """More input than a pipe holds arrives, and comes back, without a deadlock."""
    data = b"0123456789abcdef" * 20_000
    assert runner.run(ECHOES, cwd=tmp_path, env=ENV, timeout=30, stdin=data).stdout == data


def test_without_input_the_program_reads_nothing(runner: Runner, tmp_path: Path) -> None:
    """A program that reads its input ends at once: it is given the null device, not our terminal."""
    assert runner.run(ECHOES, cwd=tmp_path, env=ENV, timeout=30).stdout == b""


def test_the_time_limit_ends_the_program(runner: Runner, tmp_path: Path) -> None:
    """A program is ended at its limit; what it said before is kept, and the answer says so."""
    answer = runner.run(SLEEPS, cwd=tmp_path, env=ENV, timeout=0.3)
    assert answer.timed_out
    assert answer.returncode == -15
    assert answer.stdout == b"early"
    assert answer.seconds < 10


def test_output_beyond_the_limit_is_dropped(runner: Runner, tmp_path: Path) -> None:
    """Each output is cut at the limit, the program still runs to its end, and the answer says so."""
    answer = runner.run(FLOODS, cwd=tmp_path, env=ENV, timeout=30, output_limit=1000)
    assert (len(answer.stdout), len(answer.stderr)) == (1000, 1000)
    assert answer.truncated
    assert answer.returncode == 0


def test_output_at_the_limit_is_whole(runner: Runner, tmp_path: Path) -> None:
    """Output of exactly the limit is not called cut."""
    answer = runner.run(FLOODS, cwd=tmp_path, env=ENV, timeout=30, output_limit=300_000)
    assert len(answer.stdout) == 300_000
    assert not answer.truncated


def test_a_missing_program_is_unavailable(runner: Runner, tmp_path: Path) -> None:
    """The message names the program, and a hint says what to do."""
    with pytest.raises(UnavailableError, match="no-such-program") as caught:
        runner.run(["/opt/no-such-program"], cwd=tmp_path, env=ENV, timeout=30)
    assert caught.value.hint


def test_a_missing_directory_is_unavailable(runner: Runner, tmp_path: Path) -> None:
    """A directory that is gone is named, and not taken for a missing program."""
    with pytest.raises(UnavailableError, match="gone"):
        runner.run(SAYS, cwd=tmp_path / "gone", env=ENV, timeout=30)


def test_after_the_end_nothing_is_started(runner: Runner, tmp_path: Path) -> None:
    """Once everything was ended, a further run is refused."""
    runner.terminate_all()
    with pytest.raises(UnavailableError, match="being ended"):
        runner.run(SAYS, cwd=tmp_path, env=ENV, timeout=30)
