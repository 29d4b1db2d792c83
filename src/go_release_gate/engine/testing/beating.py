"""What is said while tests run: each package as it ends, and every half minute what is running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from go_release_gate.gotest.events import PackageLog, Stream
from go_release_gate.model.progress import Progress

EVERY = 30.0  # seconds


class Beat:
    """Tells the progress of one or more modules. May be told from several threads."""

    def __init__(self, progress: Progress, every: float = EVERY) -> None:
        self._progress = progress
        self._every = every

    def ended(self, module: str, packages: list[PackageLog]) -> None:
        """Say each package that ended."""
        for one in packages:
            name = one.path.removeprefix(f"{module}/") if one.path != module else one.path
            self._progress.step(name, "no tests" if not one.tests and one.outcome != "failed" else one.outcome)

    @contextmanager
    def watching(self, name: str, stream: Stream) -> Iterator[None]:
        """Say what is running in `stream` now and then, until this is left."""
        over = threading.Event()
        started = time.monotonic()

        def watch() -> None:
            while not over.wait(self._every):
                self._progress.note(_words(name, stream, time.monotonic() - started))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _words(name: str, stream: Stream, seconds: float) -> str:
    packages = list(stream.packages.values())
    done = sum(one.outcome != "unfinished" for one in packages)
    running = [test.name for _, test in stream.running]
    what = f"{running[0]} is running" if running else "compiling"
    return f"{name}: {seconds:.0f} s, {done} of {len(packages)} packages done, {what}"
