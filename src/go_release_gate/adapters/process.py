"""Run a child process: given arguments, a given environment, a time limit, bounded output, its own group."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from go_release_gate.adapters.limits import DEFAULT_LIMITS, lowered
from go_release_gate.adapters.pipes import Exchange
from go_release_gate.errors import UnavailableError

LINGER = 0.5
"""Seconds a process that closed its output, or left helpers behind that hold it open, is waited for between looks."""


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
        heard: Callable[[bytes], None] | None = None,
        limits: Mapping[int, int] | None = None,
    ) -> Completed:
        """Run `argv` and wait. Raises UnavailableError when the program cannot be started."""
        ...


class ProcessRunner:
    """The real runner. One of it may be used by several threads at once.

    Args:
        user, group: the ids that children run as; None: as ourselves.
        limits: soft resource limits of children, `resource.RLIMIT_…` → value.
        grace: seconds between the polite and the final signal.
    """

    def __init__(
        self,
        *,
        user: int | None = None,
        group: int | None = None,
        limits: Mapping[int, int] = DEFAULT_LIMITS,
        grace: float = 2.0,
    ) -> None:
        self._identity: dict[str, Any] = {} if user is None else {"user": user, "group": group, "extra_groups": ()}
        self._limits = limits
        self._grace = grace
        self._live: set[int] = set()
        self._closing = False

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        stdin: bytes = b"",
        output_limit: int = 64 << 20,
        heard: Callable[[bytes], None] | None = None,
        limits: Mapping[int, int] | None = None,
    ) -> Completed:
        """Run `argv` in a new session and wait; its whole group is gone when this returns.

        Args:
            timeout: seconds; at its end the group gets SIGTERM, and after the grace time SIGKILL.
            stdin: bytes to feed; empty: the null device.
            output_limit: bytes kept of standard output, and of standard error; the rest is read and dropped.
            heard: takes standard output as it comes, instead of keeping it.
            limits: soft resource limits of this child, instead of those of all.

        Raises:
            UnavailableError: the program cannot be started, or the run is being ended.
        """
        self._refuse_when_closing()
        started = time.monotonic()
        child = self._start(argv, cwd, env, bool(stdin), self._limits if limits is None else limits)
        self._live.add(child.pid)
        try:
            with Exchange(child, stdin, output_limit, heard) as exchange:
                timed_out = self._attend(child, exchange, started + timeout)
        finally:
            _sweep(child)
            self._live.discard(child.pid)
        self._refuse_when_closing()
        seconds = time.monotonic() - started
        return Completed(
            child.returncode, exchange.stdout, exchange.stderr, seconds, timed_out, truncated=exchange.truncated
        )

    def terminate_all(self) -> None:
        """End every child and refuse new ones. Takes no lock and does not wait: a signal handler may call it.

        Each thread that runs a child sees the end coming and follows up with SIGKILL.
        """
        self._closing = True
        for pid in tuple(self._live):
            _signal_group(pid, signal.SIGTERM)

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise UnavailableError("the run is being ended; no process is started any more")

    def _start(
        self, argv: Sequence[str], cwd: Path, env: Mapping[str, str], feed: bool, limits: Mapping[int, int]
    ) -> subprocess.Popen[bytes]:
        try:
            with lowered(limits):
                return subprocess.Popen(
                    argv,
                    cwd=cwd,
                    env=dict(env),
                    stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    **self._identity,
                )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise _not_started(argv[0], cwd, error) from error

    def _attend(self, child: subprocess.Popen[bytes], exchange: Exchange, deadline: float) -> bool:
        """Serve the pipes and wait for the end; tell whether the time limit ended the process."""
        is_ending = timed_out = False
        while True:
            now = time.monotonic()
            if not is_ending and (self._closing or now >= deadline):
                is_ending, timed_out, deadline = True, now >= deadline, now + self._grace
                _signal_group(child.pid, signal.SIGTERM)
            elif is_ending and now >= deadline:
                return timed_out  # the sweep kills what did not listen
            is_quiet = exchange.serve(min(LINGER, deadline - now))
            if (exchange.is_done or is_quiet) and _has_ended(child, LINGER if exchange.is_done else 0.0):
                return timed_out


def _has_ended(child: subprocess.Popen[bytes], patience: float) -> bool:
    """Whether the process ended within `patience` seconds; it stays unreaped where the system can, for its group."""
    end = time.monotonic() + patience
    pause = 0.0005
    while not _peek(child):
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.02)
    return True


def _peek(child: subprocess.Popen[bytes]) -> bool:
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return child.poll() is not None
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _sweep(child: subprocess.Popen[bytes]) -> None:
    """End what is left of the group, then reap its leader: until then its number cannot be another's."""
    if child.returncode is None:
        _signal_group(child.pid, signal.SIGKILL)
    child.wait()


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _not_started(program: str, cwd: Path, error: Exception) -> UnavailableError:
    name = Path(program).name
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.ENOENT, errno.ENOTDIR} and not cwd.is_dir():
        return UnavailableError(f"the directory {str(cwd)!r} does not exist, so {name} cannot run there")
    if number == errno.ENOENT:
        return UnavailableError(f"{name} was not found", f"install {name}, or add its directory to PATH")
    if number in {errno.EACCES, errno.EPERM, errno.ENOEXEC}:
        return UnavailableError(f"{name} may not be started: {error}", f"check the rights of {program} and of {cwd}")
    if number in {errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE}:
        return UnavailableError(f"{name} cannot be started: {error}", "free memory, or run fewer at once with --jobs")
    return UnavailableError(f"{name} cannot be started: {error}")
