"""A command that tells by its exit code: 0 is well, 75 cannot say, everything else is not well.

75 is EX_TEMPFAIL of sysexits.h: https://man.freebsd.org/cgi/man.cgi?query=sysexits
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.health.reading import Reading, Subject, filled, values_of, words_of
from go_release_gate.adapters.process import Runner
from go_release_gate.errors import UnavailableError, UsageError

INCONCLUSIVE = 75
PATIENCE = 60.0  # seconds of one run
OUTPUT_LIMIT = 64 << 10  # bytes kept of what it says


@dataclass(frozen=True, slots=True)
class CommandProber:
    """Runs a command without a shell; `{service}`, `{environment}`, `{digest}` and `{version}` are filled in.

    Args:
        runner: starts processes. command: its words. directory: where it runs. environment: the whole of its
            variables; who makes it leaves out what is nobody's business.
    """

    runner: Runner
    command: str | Sequence[str]
    directory: Path
    environment: Mapping[str, str]
    patience: float = PATIENCE

    @property
    def name(self) -> str:
        """Its program."""
        words = words_of(self.command)
        return f"command {Path(words[0]).name if words else ''}"

    def look(self, subject: Subject) -> Reading:
        """One run. One that was ended, by its time limit or by anybody's signal, has measured nothing."""
        words = [filled(word, values_of(subject)) for word in words_of(self.command)]
        if not words:
            raise UsageError("health.commands: an empty command")
        try:
            done = self.runner.run(
                words,
                cwd=self.directory,
                env=self.environment,
                timeout=self.patience,
                output_limit=OUTPUT_LIMIT,
            )
        except UnavailableError as error:
            return Reading(self.name, "inconclusive", error.message)
        if done.timed_out:
            return Reading(self.name, "inconclusive", f"it did not end within {self.patience:g} s")
        if done.returncode < 0:
            return Reading(self.name, "inconclusive", f"it was ended by signal {-done.returncode}")
        said = _last(done.stderr) or _last(done.stdout)
        told = f"exit {done.returncode}{f': {said}' if said else ''}"
        health = {0: "pass", INCONCLUSIVE: "inconclusive"}.get(done.returncode, "fail")
        return Reading(self.name, health, told)  # type: ignore[arg-type]


def _last(data: bytes) -> str:
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
