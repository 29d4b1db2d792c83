"""A request on its way to an operation, the answer on its way back, and the table of operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from fakes.github.state import Pull, Repository, State, Token

T = TypeVar("T")
DOCS = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Answer:
    """What is sent back: `body` is a JSON value, bytes as they are, or None for nothing."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """GitHub refuses. `is_violation`: a correct client would not have asked."""

    def __init__(
        self, status: int, message: str, errors: Iterable[Any] = (), headers: Mapping[str, str] | None = None,
        *, is_violation: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.is_violation = is_violation
        self.errors = list(errors)
        body = {"message": message, "documentation_url": DOCS, "status": str(status)}
        self.answer = Answer(status, {**body, **({"errors": self.errors} if self.errors else {})}, headers or {})


@dataclass
class Call:
    """A request to an operation.

    Attributes:
        web: root of the fake's pages (`http://127.0.0.1:1234`), api: root of its interface.
        created: ids made by this call; foreign: whom the thing it changed or deleted belongs to, when not to the token.
    """

    state: State
    repository: Repository
    login: str
    token: Token
    web: str
    api: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    accept: str
    body: dict[str, Any]
    created: list[int | str] = field(default_factory=list)
    foreign: str = ""

    @property
    def root(self) -> str:
        """Address of the repository."""
        return f"{self.api}/repos/{self.repository.full_name}"

    @property
    def page(self) -> str:
        """Address of the repository's page."""
        return f"{self.web}/{self.repository.full_name}"

    def new_id(self) -> int:
        """An id for something this call creates."""
        identity = self.state.next_id()
        self.created.append(identity)
        return identity

    def found(self, store: Mapping[int, T], parameter: str) -> T:
        """The object with the id in the path; RefusedError 404 when there is none, or it cannot be seen yet."""
        identity = int(self.parameters[parameter]) if self.parameters[parameter].isdecimal() else -1
        if identity not in store or self.state.is_hidden(identity):
            raise RefusedError(404, "Not Found")
        return store[identity]

    def pull(self) -> Pull:
        """The pull request in the path."""
        return self.found(self.repository.pulls, "pull_number")

    def commit(self, parameter: str) -> str:
        """The commit in the path; RefusedError 422 when it is none of the repository's."""
        ref = self.parameters[parameter]
        sha = self.repository.resolve(ref)
        if sha is None:
            raise RefusedError(422, f"No commit found for SHA: {ref}")
        return sha

    def owned(self, thing: T) -> T:
        """`thing`, which this call changes or deletes; notes when somebody else wrote it."""
        author = getattr(thing, "author", "")
        self.foreign = author if author != self.login else ""
        return thing

    def paged(self, things: Iterable[T], shown: Callable[[T], Any], key: str = "") -> Answer:
        """One page of `things`, with links to the others; `key` wraps the list in an object with `total_count`."""
        everything = list(things)
        seen = self.state.listed(getattr(thing, "id", id(thing)) for thing in everything)
        everything = [thing for thing in everything if getattr(thing, "id", id(thing)) in seen]
        size = min(max(int(self.query.get("per_page", 30)), 1), 100)
        number = max(int(self.query.get("page", 1)), 1)
        items = [shown(thing) for thing in everything[(number - 1) * size : number * size]]
        last = max(-(-len(everything) // size), 1)
        body = {"total_count": len(everything), key: items} if key else items
        return Answer(200, body, self._links(number, last))

    def _links(self, number: int, last: int) -> dict[str, str]:
        pages = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        wanted = [name for name in pages if (number < last) == (name in {"next", "last"}) or 1 < number < last]
        if last == 1 or number > last:
            wanted = []
        # GitHub's links name a repository by its number.
        root = f"{self.api}/repositories/{self.repository.id}" if self.path.startswith("/repos/") else self.api
        tail = re.sub(r"^/repos/[^/]+/[^/]+", "", self.path)
        links = [
            f'<{root}{tail}?{urlencode({**self.query, "page": pages[name]})}>; rel="{name}"' for name in wanted
        ]  # fmt: skip
        return {"Link": ", ".join(links)} if links else {}


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Operation:
    """An operation: what a token needs for it (`checks: write`), and what it does."""

    needs: str
    handle: Handler


OPERATIONS: dict[str, Operation] = {}


def serves(operation: str, needs: str) -> Callable[[Handler], Handler]:
    """Enter a function as the operation with that `operationId`."""

    def enter(handle: Handler) -> Handler:
        OPERATIONS[operation] = Operation(needs, handle)
        return handle

    return enter
