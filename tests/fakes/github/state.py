"""What the fake knows: repositories, commits, pull requests, and everything that was written to them.

Tests read these values; only the operations write them, under the fake's lock.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fakes.github.diffs import Changed, Side

BOT = "github-actions[bot]"
LEVELS = {"read": 1, "write": 2}


def sha_of(name: str) -> str:
    """A commit's name, the same for the same word."""
    return hashlib.sha1(name.encode()).hexdigest()  # noqa: S324 - as long as git's


@dataclass(frozen=True)
class Token:
    """Who writes with a token, and what it may: names as in a workflow (`pull-requests`), values `read` or `write`."""

    login: str = BOT
    permissions: Mapping[str, str] = field(default_factory=dict)

    def may(self, needs: str) -> bool:
        """Whether the token grants `checks: write`; of `a: write|b: write` one is enough."""
        wanted = [item.strip().split(": ") for item in needs.split("|")]
        return any(LEVELS.get(self.permissions.get(name, ""), 0) >= LEVELS[level] for name, level in wanted)


@dataclass
class Commit:
    """A commit with all of its files."""

    sha: str
    files: dict[str, bytes]
    parents: tuple[str, ...] = ()
    modes: dict[str, str] = field(default_factory=dict)


@dataclass
class Pull:
    """A pull request; `versions` holds what changed at each head it has had, the newest last."""

    number: int
    id: int
    head_ref: str
    head_repository: str | None
    base_ref: str
    base_sha: str
    author: str
    versions: dict[str, dict[str, Changed]]
    state: str = "open"
    is_locked: bool = False
    title: str = ""
    body: str | None = None
    edits: int = 0

    @property
    def head_sha(self) -> str:
        """The newest head."""
        return list(self.versions)[-1]

    @property
    def merge_sha(self) -> str:
        """The commit of refs/pull/NUMBER/merge: what a workflow's checkout and GITHUB_SHA are."""
        return sha_of(f"merge {self.number} {self.head_sha}")

    @property
    def files(self) -> dict[str, Changed]:
        """What the pull request changes now."""
        return self.versions[self.head_sha]


@dataclass
class CheckRun:
    """A check run; `annotations` are all that were ever sent, in order."""

    id: int
    at: str
    name: str
    head_sha: str
    author: str
    suite: int
    status: str = "queued"
    conclusion: str | None = None
    external_id: str = ""
    details_url: str = ""
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    started_at: str | None = None
    completed_at: str | None = None


@dataclass
class Comment:
    """A comment below a pull request or issue."""

    id: int
    at: str
    number: int
    author: str
    body: str
    edits: int = 0


@dataclass
class Issue:
    """An issue; its number is its id. `edits` counts changes of title, body, labels and state."""

    id: int
    at: str
    author: str
    title: str
    body: str
    labels: list[str] = field(default_factory=list)
    state: str = "open"
    state_reason: str | None = None
    is_locked: bool = False
    edits: int = 0

    @property
    def number(self) -> int:
        """As pages and paths have it."""
        return self.id


@dataclass
class Review:
    """A review: state PENDING, COMMENTED, APPROVED or CHANGES_REQUESTED."""

    id: int
    at: str
    number: int
    author: str
    body: str
    state: str
    commit_id: str


@dataclass
class ReviewComment:
    """A comment on lines of a diff. `line` is None once the line is no more; `original_line` stays."""

    id: int
    at: str
    number: int
    review: int
    author: str
    body: str
    path: str
    side: Side
    line: int | None
    start_line: int | None
    original_line: int | None
    original_start_line: int | None
    commit_id: str
    original_commit_id: str
    hunk: str
    is_on_file: bool = False
    in_reply_to: int | None = None
    edits: int = 0


@dataclass
class Sarif:
    """An upload of SARIF; `document` is what was inside."""

    id: str
    commit_sha: str
    ref: str
    document: dict[str, Any]
    reads: int = 0


@dataclass
class PackageVersion:
    """A manifest of a container package: `name` is its digest."""

    id: int
    at: str
    name: str
    tags: tuple[str, ...] = ()


@dataclass
class Deployment:
    """A deployment and its statuses."""

    id: int
    at: str
    sha: str
    author: str
    asked: dict[str, Any]
    statuses: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Repository:
    """A repository. `comments` and the like go by id, in the order of creation.

    Attributes:
        code_scanning: whether code scanning is on; else uploads get 403.
        sarif_errors: what GitHub finds wrong while it processes an upload; empty: nothing.
        sarif_reads: how many times an upload is `pending` before it is complete.
        tree_limit: entries after which a recursive tree is truncated.
        lists_pulls_by_commit: whether commits/SHA/pulls knows the heads of forks.
        packages: versions of the owner's container packages by name. is_owned_by_person: no organization owns them.
        origin: bare repository on disk that holds further branches, and takes what the git data interface writes;
            empty: none. refused_refs: ref → what GitHub answers (422) to whoever changes it. branch_rules: branch →
            rules that count for it. rulesets: id → what is answered for it (`current_user_can_bypass` among it).
    """

    full_name: str
    id: int
    is_private: bool = False
    default_branch: str = "main"
    code_scanning: bool = True
    sarif_errors: tuple[str, ...] = ()
    sarif_reads: int = 0
    tree_limit: int = 100_000
    lists_pulls_by_commit: bool = True
    origin: str = ""
    refused_refs: dict[str, str] = field(default_factory=dict)
    branch_rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    review_comments: dict[int, ReviewComment] = field(default_factory=dict)
    sarifs: dict[str, Sarif] = field(default_factory=dict)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    packages: dict[str, dict[int, PackageVersion]] = field(default_factory=dict)
    is_owned_by_person: bool = False
    statuses: list[dict[str, Any]] = field(default_factory=list)
    dispatches: list[dict[str, Any]] = field(default_factory=list)

    def resolve(self, ref: str) -> str | None:
        """The commit that a sha, branch, tag or `refs/…` names."""
        names = (ref, f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/{ref}")
        named = next((self.refs[name] for name in names if name in self.refs), None)
        return named or (ref if ref in self.commits else None)


class State:
    """All repositories and tokens, ids and times that rise by one, and what is not visible yet."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self.not_found_yet: dict[int | str, int] = {}
        self.not_listed_yet: dict[int | str, int] = {}
        self._ids = itertools.count(1001)
        self._seconds = itertools.count()

    def next_id(self) -> int:
        """An id nothing else has."""
        return next(self._ids)

    def now(self) -> str:
        """A time one second later than the last."""
        minute, second = divmod(next(self._seconds), 60)
        hour, minute = divmod(minute, 60)
        return f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:{minute:02}:{second:02}Z"

    def is_hidden(self, identity: int | str) -> bool:
        """Whether a read of a fresh object still gets 404; counts the read."""
        return _counted_down(self.not_found_yet, identity)

    def listed(self, identities: Iterator[int | str]) -> set[int | str]:
        """Which of the objects a listing shows; counts the listing."""
        return {identity for identity in list(identities) if not _counted_down(self.not_listed_yet, identity)}


def _counted_down(counters: dict[int | str, int], identity: int | str) -> bool:
    left = counters.get(identity, 0)
    counters[identity] = max(left - 1, 0)
    return left > 0
