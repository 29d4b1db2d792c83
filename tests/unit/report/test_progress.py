"""Progress: a live line on a terminal, lines in CI or with -v, silence elsewhere."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import pytest

from go_release_gate.model.progress import Progress, Silence
from go_release_gate.report.progress import LineProgress, LiveProgress, progress_for


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def clock(step: float = 0.5) -> Callable[[], float]:
    """A clock that moves on by `step` seconds each time it is read."""
    times = itertools.count(0.0, step)
    return lambda: next(times)


def run(progress: Progress) -> None:
    """A small check."""
    progress.phase("tidy", 3)
    for name, word in (("a", "pass"), ("b\n::error::x", "pass"), ("c", "fail")):
        progress.step(name, word)
    progress.phase("rules", 0)
    progress.close()


@pytest.mark.parametrize(
    ("stream", "environ", "flags", "kind"),
    [
        (Terminal(), {"TERM": "xterm"}, {}, LiveProgress),
        (Terminal(), {"TERM": "dumb"}, {}, Silence),
        (io.StringIO(), {}, {}, Silence),
        (io.StringIO(), {"CI": "true"}, {}, LineProgress),
        (io.StringIO(), {"GITHUB_ACTIONS": "true"}, {}, LineProgress),
        (io.StringIO(), {}, {"verbose": True}, LineProgress),
        (Terminal(), {"TERM": "xterm"}, {"quiet": True}, Silence),
    ],
)
def test_who_gets_what(stream: io.StringIO, environ: dict[str, str], flags: dict[str, bool], kind: type) -> None:
    """The stream, the environment and the flags choose the listener."""
    assert type(progress_for(stream, environ, **flags)) is kind


def test_a_line_per_phase() -> None:
    """In CI each phase leaves one line with counts and seconds."""
    stream = io.StringIO()
    run(LineProgress(stream, clock(), steps=False))
    assert stream.getvalue() == "tidy: 3 of 3 (2 pass, 1 fail) in 0.5 s\nrules: in 0.5 s\n"


def test_a_line_per_step() -> None:
    """With -v each step leaves a line, its name neutralised."""
    stream = io.StringIO()
    run(LineProgress(stream, clock(), steps=True))
    assert stream.getvalue().splitlines()[:3] == ["tidy: a: pass", "tidy: b\\x0a::error::x: pass", "tidy: c: fail"]


def test_the_live_line_is_rewritten_and_wiped() -> None:
    """On a terminal one line is drawn over and over, never wider than the screen, and gone in the end."""
    stream = Terminal()
    run(LiveProgress(stream, clock(), columns=lambda: 30))
    shown = stream.getvalue()
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")
    drawn = [part for part in shown.split("\r\x1b[K") if part]
    assert max(len(part) for part in drawn) < 30
    assert drawn[1].startswith("tidy  1 of 3  ")


def test_the_live_line_is_not_drawn_too_often() -> None:
    """A thousand steps in a blink are a handful of drawings."""
    stream = Terminal()
    progress = LiveProgress(stream, clock(0.0001))
    progress.phase("verify", 1000)
    for number in range(1000):
        progress.step(str(number), "pass")
    assert stream.getvalue().count("\r") < 10
