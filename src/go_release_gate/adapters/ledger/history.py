"""What git knows of two releases' commits: what lies between them, and which paths changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from go_release_gate.adapters.githistory import GitHistory

MOST_TITLES = 1000
_LEFT, _RIGHT = "<", ">"


@dataclass(frozen=True, slots=True)
class Lying:
    """Commits that one side has and the other lacks, newest first, as `name title`."""

    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


class ReleaseHistory(GitHistory):
    """The repository at or above `root`, asked about releases."""

    def identity(self) -> str:
        """The mail address that git would commit with; empty where none is set."""
        return self._line("config", "--get", "user.email")

    _common: Path | None = None

    def is_repository(self) -> bool:
        """Whether `root` lies in a work tree that git is ready to read; the same look finds the common directory."""
        said = self._line("rev-parse", "--is-inside-work-tree", "--path-format=absolute", "--git-common-dir")
        first, _, second = said.partition("\n")
        self._common = Path(second) if second else None
        return first == "true"

    def common_directory(self) -> Path:
        """The directory that git keeps for all work trees of the clone."""
        return self._common or Path(self._line("rev-parse", "--path-format=absolute", "--git-common-dir"))

    def lying(self, before: str, after: str) -> Lying:
        """The commits between: `gone` are those of `before` alone, `come` those of `after` alone; merges left out.

        Raises:
            UnavailableError: one of the commits is not here.
        """
        range_ = f"{self._known(before)}...{self._known(after)}"
        shape = ("--no-merges", "--left-right", f"--max-count={MOST_TITLES}", "--no-show-signature")
        rows = self._output("log", *shape, "--format=%m%h %s", "--end-of-options", range_, "--").splitlines()
        return Lying(
            tuple(row[1:] for row in rows if row.startswith(_LEFT)),
            tuple(row[1:] for row in rows if row.startswith(_RIGHT)),
        )

    def changed_paths(self, before: str, after: str) -> tuple[str, ...]:
        """Paths below the root that differ between two commits. Raises UnavailableError: one is not here."""
        words = ("--no-renames", "--relative", "--no-ext-diff", "--name-only", "-z", "--end-of-options")
        found = self._output("diff", *words, self._known(before), self._known(after), "--")
        return tuple(path for path in found.split("\0") if path)

    def tag_at(self, tag: str) -> str:
        """The commit that a tag names; empty: there is no such tag."""
        return self.commit(f"refs/tags/{tag}")
