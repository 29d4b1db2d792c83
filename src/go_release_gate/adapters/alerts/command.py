"""Alerts for a command: JSON on its standard input."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from go_release_gate.adapters.alerts.message import PATIENCE
from go_release_gate.adapters.health.reading import words_of
from go_release_gate.adapters.process import Runner
from go_release_gate.errors import UnavailableError, UsageError


def run_command(
    runner: Runner,
    command: str | Sequence[str],
    document: Mapping[str, Any],
    *,
    directory: Path,
    environment: Mapping[str, str],
    seconds: float = PATIENCE,
) -> None:
    """Run it without a shell, and without a word of the alert on its command line.

    Raises:
        UsageError: no command. UnavailableError: it cannot be started, does not end in time, or does not exit 0.
    """
    words = words_of(command)
    if not words:
        raise UsageError("alerts.run: an empty command")
    stdin = json.dumps(document, sort_keys=True).encode() + b"\n"
    done = runner.run(
        words, cwd=directory, env=environment, timeout=seconds, stdin=stdin, output_limit=64 << 10
    )  # fmt: skip
    if done.timed_out:
        raise UnavailableError(f"{Path(words[0]).name} did not end within {seconds:g} s")
    if done.returncode:
        raise UnavailableError(f"{Path(words[0]).name} did not take the alert: exit {done.returncode}")
