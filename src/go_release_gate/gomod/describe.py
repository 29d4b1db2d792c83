"""The nearest release of a module below a commit, as `git describe` names it, for one module of several. Pure.

https://git-scm.com/docs/git-describe: the tag with the fewest commits between it and the commit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.version import key

CANDIDATES = 10  # tags that are compared, as git compares
SHORT = 7  # characters of a commit at least, as git shows it

Parents = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Description:
    """Where a commit stands among the releases of one module.

    Attributes:
        version: of the nearest release (`v1.2.3`, without its directory); empty: none is below the commit.
        commits: since that release, or since the beginning.
        commit: the commit, whole.
        is_dirty: whether the work tree differs from it.
    """

    version: str
    commits: int
    commit: str
    is_dirty: bool = False

    @property
    def text(self) -> str:
        """`v1.2.3` at the release itself, else `v1.2.3-5-gabcdef0`; `v0.0.0-…` before the first one; `-dirty`."""
        away = f"-{self.commits}-g{self.commit[:SHORT]}" if self.commits or not self.version else ""
        return f"{self.version or 'v0.0.0'}{away}{'-dirty' if self.is_dirty else ''}"


def describe(parents: Parents, head: str, releases: Mapping[str, str], *, is_dirty: bool = False) -> Description:
    """Describe `head`.

    Args:
        parents: commit → its parents, for `head` and everything below that is known.
        releases: version → commit; what is no release version is passed over.
    """
    at: dict[str, str] = {}
    for version, commit in releases.items():
        if is_release(version) and key(version) > key(at.get(commit, "")):
            at[commit] = version
    below = set(_walk(head, parents))
    stops = frozenset(at)
    found = [commit for commit in _walk(head, parents, stops) if commit in stops][:CANDIDATES]
    ranked = [(len(below.difference(_walk(commit, parents))), commit) for commit in found]
    if not ranked:
        return Description("", len(below), head, is_dirty)
    fewest = min(count for count, _ in ranked)
    version = max((at[commit] for count, commit in ranked if count == fewest), key=key)
    return Description(version, fewest, head, is_dirty)


def _walk(start: str, parents: Parents, stops: frozenset[str] = frozenset()) -> Iterator[str]:
    """`start` and what lies below it, nearest first, each commit once; not beyond a commit of `stops`."""
    waiting, seen = deque([start]), {start}
    while waiting:
        commit = waiting.popleft()
        yield commit
        for parent in () if commit in stops else parents.get(commit, ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
