"""Hash many things at once: largest first, in light worker processes; in this process when there is little to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import go_release_gate
from go_release_gate.facts.hashing import Hashed, Work, hash_one

# below this many bytes (of zips) starting workers costs more than it saves
SMALL = 4 << 20
_BOOT = (
    "import sys; sys.path[:] = [sys.argv[1], *sys.path, *sys.argv[2:]]; "
    "from go_release_gate.facts.hashing import serve; "
    "sys.exit(serve(sys.stdin.buffer, sys.stdout.buffer))"
)

Heard = Callable[[Work, Hashed], None]


def hash_all(sized: Iterable[tuple[Work, int]], *, jobs: int, heard: Heard) -> None:
    """Hash everything and tell `heard` (one call at a time) of each answer.

    Args:
        sized: what to hash, with its expected cost in bytes.
        jobs: processes at once; 0: one per processor this process may use.
    """
    pairs = sorted(sized, key=lambda pair: -pair[1])
    order = [work for work, _ in pairs]
    count = min(jobs or processors(), len(order))
    if count < 2 or sum(cost for _, cost in pairs) < SMALL or not sys.executable:
        for work in order:
            heard(work, hash_one(work))
        return
    _Pool(order, heard).run(count)


def processors() -> int:
    """Processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Pool:
    """Worker processes, each fed by a thread that hands it the next thing when it has answered."""

    def __init__(self, order: list[Work], heard: Heard) -> None:
        self._todo = list(reversed(order))
        self._heard = heard
        self._lock = threading.Lock()
        self._failures: list[BaseException] = []

    def run(self, count: int) -> None:
        workers = [_start_worker() for _ in range(count)]
        threads = [threading.Thread(target=self._feed, args=(worker,), daemon=True) for worker in workers]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            for worker in workers:
                _end_worker(worker)
        if self._failures:
            raise self._failures[0]
        for work in reversed(self._todo):  # every worker died: finish here
            self._heard(work, hash_one(work))

    def _feed(self, worker: subprocess.Popen[bytes]) -> None:
        try:
            while work := self._next():
                answer = _ask(worker, work)
                with self._lock:
                    self._heard(work, answer or hash_one(work))
                if answer is None:
                    return
        except Exception as error:  # noqa: BLE001 - raised again in the caller's thread
            self._failures.append(error)

    def _next(self) -> Work | None:
        with self._lock:
            return self._todo.pop() if self._todo and not self._failures else None


def _start_worker() -> subprocess.Popen[bytes]:
    root = str(Path(go_release_gate.__file__).parents[1])
    # a session of its own: a terminal's interrupt reaches us alone, and the end of its input ends the worker
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT, root, *_beside()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        start_new_session=True,
    )


def _end_worker(worker: subprocess.Popen[bytes]) -> None:
    stdin, stdout = _pipes(worker)
    if worker.poll() is None:
        worker.kill()
    worker.wait()
    for stream in (stdin, stdout):
        try:
            stream.close()
        except OSError:  # a request that a dead worker never took
            continue


def _ask(worker: subprocess.Popen[bytes], work: Work) -> Hashed | None:
    """The worker's answer; None when it is dead."""
    stdin, stdout = _pipes(worker)
    try:
        stdin.write(json.dumps(work).encode("ascii") + b"\n")
        stdin.flush()
        line = stdout.readline()
        return Hashed(*json.loads(line)) if line else None
    except (OSError, ValueError):
        return None


def _pipes(worker: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("a worker needs both pipes")
    return worker.stdin, worker.stdout


def _beside() -> list[str]:
    """Where the faster unpacker is installed, for workers that start without site packages."""
    found = find_spec("isal")
    return [str(Path(found.origin).parents[1])] if found and found.origin else []
