"""Run a child process: given arguments, a given environment, a time limit, bounded output, its own group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Completed:
    """What a process left behind. `timed_out`: it was ended at its time limit; `truncated`: output was cut."""

    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float
    timed_out: bool = False
    truncated: bool = False


class Runner(Protocol):
    """Runs processes; a fake of it passes the same contract suite."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        stdin: bytes = b"",
        output_limit: int = 64 << 20,
    ) -> Completed:
        """Run `argv` and wait. Raises UnavailableError when the program cannot be started."""
        ...
