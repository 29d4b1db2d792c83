"""Probes that are commands, run for real."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.health.command import CommandProber
from go_release_gate.adapters.health.reading import Reading, Subject
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.errors import UsageError

SUBJECT = Subject("api", "production", "sha256:" + "a" * 64, "1.4.2")


def look(tmp_path: Path, *words: str, patience: float = 20.0, subject: Subject = SUBJECT) -> Reading:
    """One run of Python with this program."""
    prober = CommandProber(ProcessRunner(), (sys.executable, "-c", *words), tmp_path, {"ONLY": "this"}, patience)
    return prober.look(subject)


@pytest.mark.parametrize(("code", "health"), [(0, "pass"), (75, "inconclusive"), (1, "fail"), (2, "fail")])
def test_the_exit_code_tells(tmp_path: Path, code: int, health: str) -> None:
    """0 is well, 75 cannot say, everything else is not well; the last line said is kept."""
    reading = look(tmp_path, f"import sys; print('one'); print('two'); sys.exit({code})")
    assert (reading.health, reading.words) == (health, f"exit {code}: two")


def test_no_shell_and_no_other_variables(tmp_path: Path) -> None:
    """What is filled in stays one word, and the environment is the given one."""
    program = "import os, sys; sys.exit(f'{sys.argv[1:]} {os.environ.get(\"HOME\")}')"
    reading = look(tmp_path, program, "{service};{environment}", "{digest}", "$HOME {other}")
    assert reading.words == f"exit 1: ['api;production', '{SUBJECT.digest}', '$HOME {{other}}'] None"


@pytest.mark.parametrize("version", ["-rf", "$(id)", "a b", "a\n", ""])
def test_values_that_could_mean_something_are_not_filled_in(tmp_path: Path, version: str) -> None:
    """A version out of the ledger is neither an option nor several words."""
    with pytest.raises(UsageError, match="unexpected characters"):
        look(tmp_path, "pass", "{version}", subject=replace(SUBJECT, version=version))


def test_a_measurement_that_was_ended_is_none(tmp_path: Path) -> None:
    """A time limit or a signal is neither pass nor fail."""
    assert look(tmp_path, "import time; time.sleep(60)", patience=0.2).health == "inconclusive"
    killed = look(tmp_path, "import os; os.kill(os.getpid(), 9)")
    assert (killed.health, killed.words) == ("inconclusive", "it was ended by signal 9")


def test_a_program_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    """Not being able to ask is inconclusive."""
    prober = CommandProber(ProcessRunner(), "no-such-program --now", tmp_path, {})
    assert prober.name == "command no-such-program"
    assert prober.look(SUBJECT).health == "inconclusive"
