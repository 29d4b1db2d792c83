"""Signals end the children, unwind the main thread and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from go_release_gate.adapters.signals import WATCHED, watched
from go_release_gate.errors import InterruptedRun

PROGRAM = """
    import os, sys
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path
    from go_release_gate.adapters.privatehome import private_home
    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.signals import watched
    from go_release_gate.errors import InterruptedRun

    out = Path(sys.argv[1])
    runner = ProcessRunner(grace=0.2)

    def work(number):
        line = f"trap '' TERM; echo $$ > {out}/pid{number}; while :; do sleep 1; done"
        runner.run(["sh", "-c", line], cwd=out, env=dict(os.environ), timeout=60)

    try:
        with watched(runner.terminate_all), private_home(out / "tree") as home:
            (out / "home").write_text(str(home))
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(work, range(2)))
    except InterruptedRun as error:
        sys.exit(error.exit_code)
    """


@pytest.fixture(autouse=True)
def _nothing_ignored() -> Iterator[None]:
    """A shell's background job ignores SIGINT and nohup SIGHUP: neither is to decide what a test says."""
    before = {number: signal.getsignal(number) for number in WATCHED}
    for number in WATCHED:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, old in before.items():
        signal.signal(number, old)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_children_and_removes_the_private_directory(tmp_path: Path, number: int, code: int) -> None:
    """Stubborn children of two threads are gone, the directory is gone, and the exit code names the signal."""
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
    )
    pids = [_written(tmp_path / f"pid{n}") for n in range(2)]
    home = Path(_written(tmp_path / "home"))
    assert home.is_dir()
    child.send_signal(number)
    _, errors = child.communicate(timeout=30)
    assert (child.returncode, errors) == (code, b"")
    assert not home.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_second_signal_does_not_disturb_the_unwinding() -> None:
    """Whoever presses Ctrl-C twice still gets a clean tree: the second one ends children again and raises nothing."""
    ended: list[int] = []
    cleaned: list[bool] = []

    def interrupted() -> None:
        with watched(lambda: ended.append(1)):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(1)
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                cleaned.append(True)

    with pytest.raises(InterruptedRun) as caught:
        interrupted()
    assert caught.value.exit_code == 143
    assert cleaned == [True]
    assert len(ended) == 2


def test_handlers_are_given_back() -> None:
    """After the run signals act as before."""
    before = signal.getsignal(signal.SIGTERM)
    with watched(lambda: None):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_ignored_hangup_stays_ignored() -> None:
    """Under nohup a hang-up does not end the run."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ended: list[int] = []
    try:
        with watched(lambda: ended.append(1)):
            os.kill(os.getpid(), signal.SIGHUP)
        assert ended == []
    finally:
        signal.signal(signal.SIGHUP, before)


def _written(path: Path) -> str:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text().strip()):
            return text
        time.sleep(0.01)
    raise AssertionError(path)
