"""The fake itself: what a test sets up, asks and reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from fakes.github.diffs import Changed
from fakes.github.faults import Fault, Plan
from fakes.github.outdating import carried
from fakes.github.server import Server
from fakes.github.state import BOT, Comment, Commit, Pull, Repository, Review, State, Token, sha_of

EVERYTHING = dict.fromkeys(
    (
        "checks",
        "pull-requests",
        "issues",
        "contents",
        "security-events",
        "deployments",
        "statuses",
        "metadata",
        "packages",
    ),
    "write",
)
Contents = Mapping[str, bytes | str]


@dataclass(frozen=True)
class Asked:
    """A request that arrived. `status` is 0 when no whole answer was sent; `fault` says which fault it met."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int
    login: str = ""
    fault: str = "fine"
    agent: str = ""

    @property
    def is_write(self) -> bool:
        """Whether it could change something."""
        return self.method != "GET" and not self.path.endswith("graphql")


@dataclass(frozen=True)
class Violation:
    """Something a correct client does not do.

    Attributes:
        kind: `description` (against OpenAPI), `rule` (against rules.py), `foreign` (changed what others wrote).
    """

    kind: str
    method: str
    path: str
    text: str


class GitHub:
    """A GitHub with one repository and one token that may do everything; see the package for how to use it.

    Args:
        base_path: empty as api.github.com has it, or `/api/v3` as GitHub Enterprise Server has it.
        host: address to listen on; `0.0.0.0` for containers.
        clock: seconds since 1970, for the headers about rate limits.
    """

    def __init__(
        self, base_path: str = "", host: str = "127.0.0.1", clock: Callable[[], float] = time.time,
        repository: str = "acme/shop",
    ) -> None:  # fmt: skip
        self.base_path = base_path
        self.clock = clock
        self.lock = threading.RLock()
        self.state = State()
        self.faults = Plan()
        self.requests: list[Asked] = []
        self.violations: list[Violation] = []
        self.broken: list[str] = []
        self.token = self.add_token("ghs_everything")
        self.repository = self.add_repository(repository)
        self.base = self.commit("base")
        self._server = Server(self, host)
        self.web_url = self._server.url
        self.api_url = self.web_url + base_path
        self.graphql_url = f"{self.web_url}{'/api' if base_path else ''}/graphql"

    def add_token(self, token: str, login: str = BOT, permissions: Mapping[str, str] | None = None) -> str:
        """Make a token known; without `permissions` it may do everything."""
        self.state.tokens[token] = Token(login, dict(EVERYTHING if permissions is None else permissions))
        return token

    def restrict(self, **permissions: str) -> None:
        """Leave the token only these: `restrict(checks="write", pull_requests="read")`; the rest is none."""
        named = {name.replace("_", "-"): level for name, level in permissions.items()}
        self.state.tokens[self.token] = Token(self.state.tokens[self.token].login, named)

    def add_repository(self, full_name: str) -> Repository:
        """Make a repository known."""
        repository = Repository(full_name, self.state.next_id())
        self.state.repositories[full_name.lower()] = repository
        return repository

    def commit(
        self, word: str, files: Contents | None = None, *, branch: str = "main", parents: tuple[str, ...] = (),
        modes: Mapping[str, str] | None = None,
    ) -> str:  # fmt: skip
        """A commit named after a word (or by a sha), at the tip of a branch; returns its sha.

        `modes`: path → git's mode, of what is no ordinary file: 120000 (a link, to what the content names), 100755.
        """
        sha = word if len(word) == 40 else sha_of(word)
        contents = {path: _bytes(content) or b"" for path, content in (files or {}).items()}
        self.repository.commits[sha] = Commit(sha, contents, parents, dict(modes or {}))
        if branch:
            self.repository.refs[f"refs/heads/{branch}"] = sha
        return sha

    def open_pull_request(
        self, number: int = 1, head: str = "head", base: str = "", files: Mapping[str, Any] | None = None, *,
        fork: bool | str = False, author: str = "mona", branch: str = "topic",
    ) -> Pull:  # fmt: skip
        """A pull request from a commit `head` that changes `files`: path → (old, new), None for "not there".

        Args:
            head, base: shas, or words for commits; the base by default `fake.base`.
            fork: True for `AUTHOR/NAME`, or the full name of the repository it comes from.
        """
        base = base or self.base
        base = base if len(base) == 40 else sha_of(base)
        if base not in self.repository.commits:
            self.commit(base)
        source = fork if isinstance(fork, str) else f"{author}/{self.repository.full_name.partition('/')[2]}"
        head_repository = source if fork else self.repository.full_name
        identity = self.state.next_id()
        pull = Pull(number, identity, branch, head_repository, "main", base, author, {})
        self.repository.pulls[number] = pull
        self.push(number, head, files or {})
        return pull

    def push(self, number: int, head: str, files: Mapping[str, Any]) -> str:
        """Give a pull request a new head, with `files` as all it changes now; comments become outdated as they do."""
        pull = self.repository.pulls[number]
        changes = {path: Changed(path, _bytes(old), _bytes(new)) for path, (old, new) in files.items()}
        base = self.repository.commits[pull.base_sha]
        base.files |= {path: change.old for path, change in changes.items() if change.old is not None}
        kept = {path: data for path, data in base.files.items() if path not in changes}
        new = {path: change.new for path, change in changes.items() if change.new is not None}
        is_here = pull.head_repository == self.repository.full_name
        sha = self.commit(head, {**kept, **new}, branch=pull.head_ref if is_here else "", parents=(base.sha,))
        self.repository.refs[f"refs/pull/{number}/head"] = sha
        pull.versions[sha] = changes
        merge = self.commit(pull.merge_sha, {**kept, **new}, branch="", parents=(base.sha, sha))
        self.repository.refs[f"refs/pull/{number}/merge"] = merge
        for comment in self.repository.review_comments.values():
            if comment.number == number:
                carried(comment, pull)
        return sha

    def say(self, number: int, body: str, author: str = "mona") -> int:
        """A comment of somebody else below a pull request; returns its id."""
        comment = Comment(self.state.next_id(), self.state.now(), number, author, body)
        self.repository.comments[comment.id] = comment
        return comment.id

    def reply(self, comment: int, body: str, author: str = "mona") -> int:
        """Somebody's reply to a comment on a line; returns its id."""
        above = self.repository.review_comments[comment]
        first = above.in_reply_to or above.id
        review = Review(
            self.state.next_id(), self.state.now(), above.number, author, "", "COMMENTED", above.commit_id
        )  # fmt: skip
        self.repository.reviews[review.id] = review
        made = replace(
            above, id=self.state.next_id(), at=review.at, review=review.id, author=author, body=body, in_reply_to=first
        )  # fmt: skip
        self.repository.review_comments[made.id] = made
        return made.id

    def plan(self, *faults: Fault) -> None:
        """Let the next requests go wrong, each fault once."""
        self.faults.add(faults)

    @property
    def writes(self) -> list[Asked]:
        """The requests that could change something."""
        return [asked for asked in self.requests if asked.is_write]

    def forgive(self, text: str = "", kind: str = "") -> list[Violation]:
        """Take back the violations that hold a text; a test that expects them calls this and looks at them."""
        found = [item for item in self.violations if text in item.text and kind in item.kind]
        self.violations = [item for item in self.violations if item not in found]
        return found

    def check(self) -> None:
        """Raise AssertionError when the client did something wrong, or the fake did."""
        assert not self.broken, f"the fake broke: {self.broken}"
        assert not self.violations, f"the client asked for what GitHub does not allow: {self.violations}"

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()
        if kind is None:
            self.check()


def _bytes(content: bytes | str | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content
