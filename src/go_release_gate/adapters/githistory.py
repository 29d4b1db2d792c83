"""git's history: parents, messages and changed paths, and whether the tree is clean; and the one thing that is
written, an annotated tag."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from go_release_gate.adapters.git import Git
from go_release_gate.adapters.process import Runner
from go_release_gate.errors import UnavailableError
from go_release_gate.gomod.conventional import Commit

COMMITS = 500_000
"""Commits of one history that are looked at; the largest public ones have about a million."""

_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")


class GitHistory(Git):
    """The repository at or above `root`, with its history."""

    def parents(self, revision: str = "HEAD") -> dict[str, tuple[str, ...]]:
        """Commit → its parents, for `revision` and what lies below it here."""
        text = self._output("rev-list", "--parents", f"--max-count={COMMITS}", "--end-of-options", revision)
        rows = (line.split() for line in text.splitlines())
        return {row[0]: tuple(row[1:]) for row in rows if row}

    def merged_tags(self, revision: str = "HEAD") -> dict[str, str]:
        """Tag → commit, for the tags that lie below `revision`."""
        words = ("--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)", f"--merged={revision}", "refs/tags")
        rows = (line.split("\0") for line in self._output("for-each-ref", *words).splitlines())
        return {row[0]: row[2] or row[1] for row in rows if len(row) == 3}

    def commits_since(self, revision: str = "") -> tuple[Commit, ...]:
        """What was committed since a revision (empty: ever), newest first, merges left out; paths are below `root`."""
        range_ = f"{revision}..HEAD" if revision else "HEAD"
        shape = ("--no-merges", f"--max-count={COMMITS}", "-z", "--no-show-signature")
        told = self._output("log", *shape, "--format=%H%n%B", "--end-of-options", range_, "--").split("\0")
        messages = [one.partition("\n") for one in told if one.strip()]
        files = self._files_of(range_, shape)
        return tuple(Commit(name, message, files.get(name, ())) for name, _, message in messages)

    def _files_of(self, range_: str, shape: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Commit → paths. No path begins with two slashes, so that is how a commit is told from one."""
        words = ("--name-only", "--no-renames", "--relative", "--no-ext-diff", "--format=//%H")
        found: dict[str, list[str]] = {}
        name = ""
        for entry in self._output("log", *shape, *words, "--end-of-options", range_, "--").split("\0"):
            text = entry.removeprefix("\n")
            if text.startswith("//"):
                name, _, text = text[2:].partition("\n")
            if text and name:
                found.setdefault(name, []).append(text)
        return {commit: tuple(paths) for commit, paths in found.items()}

    def commit_time(self, revision: str = "HEAD") -> int:
        """Seconds since 1970 of a commit's committer; 0: there is no such commit."""
        text = self._line("log", "-1", "--no-show-signature", "--format=%ct", "--end-of-options", revision, "--")
        return int(text) if text.isdigit() else 0

    def changes(self, *, untracked: bool = True) -> tuple[str, ...]:
        """Paths in the work tree that differ from HEAD, files that git does not know among them where asked for.

        Raises:
            UnavailableError: git cannot say.
        """
        mode = "normal" if untracked else "no"
        words = ("--no-optional-locks", *_QUIET, "status", "--porcelain", "-z", "--no-renames")
        rows = self._output(*words, f"--untracked-files={mode}").split("\0")
        return tuple(row[3:] for row in rows if row)

    def _output(self, *words: str) -> str:
        answer = self._run(*words, limit=1 << 30)
        if answer is None or answer.returncode != 0 or answer.truncated:
            raise UnavailableError(f"`git {words[0]}` gave no answer", "check that this is a git checkout with commits")
        return answer.stdout.decode("utf-8", "replace")


def create_tags(runner: Runner, program: Path, environment: Mapping[str, str], root: Path, names: list[str]) -> None:
    """Make annotated tags at HEAD, all of them or none; nothing is pushed. Whoever runs it is the tagger.

    Raises:
        UnavailableError: git refuses one (it exists, nobody is named as tagger, a signature fails); none is left.
    """
    made: list[str] = []
    git = [str(program), "-C", str(root), *_QUIET]
    for name in names:
        answer = runner.run([*git, "tag", "-a", "-m", name, "--", name], cwd=root, env=environment, timeout=60.0)
        if answer.returncode != 0:
            for done in made:
                runner.run([*git, "tag", "-d", "--", done], cwd=root, env=environment, timeout=60.0)
            why = answer.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UnavailableError(f"git made no tag {name}: {why[-1] if why else 'it gave no reason'}")
        made.append(name)
