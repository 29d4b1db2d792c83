"""The files of a pipeline written: each whole or not at all, never through a link, never out of the repository."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.pipeline.files import Planned
from go_release_gate.report.files import check_writable, write_file

LIMIT = 1 << 20  # bytes of one file
TIMEOUT = 120.0  # seconds of one call of git, its hooks among them
MESSAGE = "Gate pull requests and releases with go-release-gate"


def write(root: Path, files: Sequence[Planned]) -> tuple[str, ...]:
    """Write what is to be written below `root` (a real path); gives the paths. All are looked at before the first.

    Raises:
        RefusedError: a path leads through a link or leaves the repository. RaceError: a file is no longer what was
            looked at. UsageError: a file cannot be written.
    """
    wanted = [one for one in files if one.state.is_written]
    for one in wanted:
        _refuse(root, one)
    for one in wanted:
        write_file(root / one.path, one.after.decode("utf-8", "surrogateescape"), guarded=root)
    return tuple(one.path for one in wanted)


def _refuse(root: Path, one: Planned) -> None:
    parts = one.path.split("/")
    if one.path.startswith("/") or ".." in parts:
        raise RefusedError(f"{one.path} leaves the repository")
    place = root
    for part in parts[:-1]:
        place /= part
        if place.is_symlink():
            raise RefusedError(f"{one.path}: a symbolic link lies on the way", "replace it by a directory")
    try:
        parent = posixpath.dirname(one.path) or "."
        there = (root / parent).is_dir()
        now = read_regular(root, parent, parts[-1], LIMIT) if there else None
    except RefusedFileError as error:
        raise RefusedError(f"{one.path}: {error.message}", "replace it by a regular file") from error
    if now != one.before:
        raise RaceError(f"{one.path} changed while it was looked at", "run it again")
    check_writable(root / one.path, root)


@dataclass(frozen=True, slots=True)
class Committer:
    """git with the settings of whoever runs it, in the repository at `root`."""

    runner: Runner
    program: Path
    environment: Mapping[str, str]
    root: Path

    def check(self, branch: str) -> None:
        """Raise UsageError for a name that no new branch can have: before anything is written."""
        if self._answer("check-ref-format", "--branch", branch).returncode != 0:
            raise UsageError(f"--commit: {branch!r} is no name of a branch", "for example: --commit release-gate")
        if self._answer("rev-parse", "--quiet", "--verify", f"refs/heads/{branch}").returncode == 0:
            raise UsageError(f"--commit: the branch {branch} exists already", "name a new one, or delete it")

    def commit(self, branch: str, paths: Sequence[str]) -> None:
        """Commit `paths`, and nothing else, on a new branch at HEAD; nothing is pushed.

        Raises:
            UnavailableError: git refuses (the branch exists, nobody is named as author, a hook says no).
        """
        self._run("switch", "-q", "-c", branch)
        self._run("add", "--", *paths)
        self._run("commit", "-q", "-m", MESSAGE, "--", *paths)

    def _run(self, *words: str) -> None:
        answer = self._answer(*words)
        if answer.returncode != 0:
            why = answer.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = why[-1] if why else "it gave no reason"
            raise UnavailableError(f"`git {words[0]}` refused: {reason}", "the files are written; commit them")

    def _answer(self, *words: str) -> Completed:
        argv = [str(self.program), "-C", str(self.root), *words]
        return self.runner.run(argv, cwd=self.root, env=self.environment, timeout=TIMEOUT)
