"""What a person sees while a check runs, always on standard error: one live line on a terminal, a line per phase
in CI, a line per step with -v, nothing with -q or into a file."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TextIO

from go_release_gate.model.progress import Progress, Silence
from go_release_gate.report.neutral import log_text

REDRAW_S = 0.08  # seconds between two drawings: faster only costs
NAME_LIMIT = 200

Clock = Callable[[], float]


def progress_for(
    stream: TextIO,
    environ: Mapping[str, str],
    *,
    quiet: bool = False,
    verbose: bool = False,
    clock: Clock | None = None,
) -> Progress:
    """The listener that suits `stream` (standard error) and the wishes of the user."""
    clock = clock or time.monotonic
    if quiet:
        return Silence()
    if verbose:
        return LineProgress(stream, clock, steps=True)
    if stream.isatty() and environ.get("TERM", "") != "dumb":
        return LiveProgress(stream, clock)
    if environ.get("CI") or environ.get("GITHUB_ACTIONS") == "true":
        return LineProgress(stream, clock, steps=False)
    return Silence()


class _Counting:
    """Counts steps and their outcomes; may be told from several threads."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._lock = threading.Lock()
        self._phase = ""
        self._total = 0
        self._words: Counter[str] = Counter()
        self._since = clock()

    def _begin(self, name: str, total: int) -> None:
        self._phase, self._total = log_text(name, NAME_LIMIT), total
        self._words.clear()
        self._since = self._clock()

    @property
    def _counts(self) -> str:
        done = self._words.total()
        return f"{done} of {self._total}" if self._total else str(done) if done else ""

    @property
    def _seconds(self) -> float:
        return self._clock() - self._since


class LineProgress(_Counting):
    """Whole lines: one at the end of each phase, and with `steps` one per step."""

    def __init__(self, stream: TextIO, clock: Clock, *, steps: bool) -> None:
        super().__init__(stream, clock)
        self._steps = steps

    def phase(self, name: str, total: int) -> None:
        """Say how the phase before ended."""
        with self._lock:
            self._finish()
            self._begin(name, total)

    def step(self, name: str, word: str) -> None:
        """Count, and say it if every step is wanted."""
        with self._lock:
            self._words[word] += 1
            if self._steps:
                self._say(f"{self._phase}: {log_text(name, NAME_LIMIT)}: {log_text(word, NAME_LIMIT)}")

    def note(self, text: str) -> None:
        """Say it."""
        with self._lock:
            self._say(f"{self._phase}: {log_text(text, NAME_LIMIT)}")

    def close(self) -> None:
        """Say how the last phase ended."""
        with self._lock:
            self._finish()

    def _finish(self) -> None:
        if self._phase:
            words = ", ".join(f"{number} {log_text(word, NAME_LIMIT)}" for word, number in self._words.most_common())
            told = f"{self._counts} ({words}) " if words else ""
            self._say(f"{self._phase}: {told}in {self._seconds:.1f} s")
        self._phase = ""

    def _say(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


def _terminal_columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns


class LiveProgress(_Counting):
    """One line that is rewritten in place and gone when the run is over."""

    def __init__(self, stream: TextIO, clock: Clock, columns: Callable[[], int] | None = None) -> None:
        super().__init__(stream, clock)
        self._columns = columns or _terminal_columns
        self._drawn = float("-inf")

    def phase(self, name: str, total: int) -> None:
        """Draw the new phase at once."""
        with self._lock:
            self._begin(name, total)
            self._draw("")

    def step(self, name: str, word: str) -> None:
        """Count, and draw unless that was done a moment ago."""
        with self._lock:
            self._words[word] += 1
            if self._clock() - self._drawn >= REDRAW_S:
                self._draw(log_text(name, NAME_LIMIT))

    def note(self, text: str) -> None:
        """Draw it."""
        with self._lock:
            self._draw(log_text(text, NAME_LIMIT))

    def close(self) -> None:
        """Wipe the line."""
        with self._lock:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _draw(self, name: str) -> None:
        self._drawn = self._clock()
        parts = [self._phase, self._counts, f"{self._seconds:.0f} s", name]
        line = "  ".join(part for part in parts if part)
        self._stream.write("\r\x1b[K" + line[: max(self._columns() - 1, 1)])
        self._stream.flush()
