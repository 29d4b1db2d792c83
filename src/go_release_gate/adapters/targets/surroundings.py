"""What a target that runs programs is given by whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.process import Runner


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The surroundings of programs.

    Attributes:
        runner: starts them. variables: their environment, without secrets that are ours.
        checkout: the repository; no program is taken from it by way of PATH. folder: private directory to run in.
        said: is told what is done meanwhile. heard: is told each line that a command prints (`--verbose`).
    """

    runner: Runner
    variables: Mapping[str, str]
    checkout: Path
    folder: Path
    said: Callable[[str], None] = lambda _words: None
    heard: Callable[[str], None] = lambda _line: None
