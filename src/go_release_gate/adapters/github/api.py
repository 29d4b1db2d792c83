"""GitHub's interface as the rest of the program sees it: three ways to ask, and how each can fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from go_release_gate.errors import UnavailableError

T = TypeVar("T")
Document = Mapping[str, Any]
Query = Mapping[str, str | int]


class GitHubError(UnavailableError):
    """Something could not be asked of GitHub, or told to it. The verdict of a check never depends on it."""


class AwayError(GitHubError):
    """No usable answer in the time there is: GitHub is down, unreachable, or asks to wait longer than we may.

    Once it was raised, every further call raises it at once.
    """


class DeniedError(GitHubError):
    """The token may not do this. `needs` is the permission that would, as a workflow grants it (`checks: write`)."""

    def __init__(self, message: str, needs: str = "") -> None:
        super().__init__(message, f"grant `{needs}` under permissions:" if needs else "")
        self.needs = needs


class MissingError(GitHubError):
    """There is no such thing, or none that the token may see (404)."""


class RejectedError(GitHubError):
    """GitHub understood the request and refused its content (400, 409, 410, 413, 422 …); `status` says which."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class LostWriteError(GitHubError):
    """A write whose fate is unknown: the answer was lost, or is no answer. Look before you write again."""


class Api(Protocol):
    """One repository at one GitHub. Paths begin with `/`; those of a repository with `/repos/OWNER/NAME`.

    Every method may raise any GitHubError; only `write` raises LostWriteError, and only when it is not `repeatable`.
    """

    @property
    def repository(self) -> str:
        """`OWNER/NAME`."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far, repetitions included."""

    def get(self, path: str, query: Query | None = None, *, is_fresh: bool = False) -> Document:
        """One object. `is_fresh`: it was made a moment ago, so that a 404 is asked again for a few seconds."""

    def pages(self, path: str, query: Query | None = None, *, key: str = "", most: int = 3000) -> list[Document]:
        """The objects of a list over all of its pages, at most `most`; `key`: where an answer holds the list."""

    def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        needs: str,
        repeatable: bool = False,
        is_fresh: bool = False,
    ) -> Document:
        """POST, PATCH, PUT or DELETE; an empty answer is `{}`.

        Args:
            needs: the permission it takes (`pull-requests: write`), for the message when it is refused.
            repeatable: whether doing it twice is the same as once; such a write is repeated after any failure.
        """

    def once(self, write: Callable[[], T], look: Callable[[], T | None]) -> T:
        """What `write` gives, done exactly once: after a LostWriteError, `look` says whether it is there already."""

    def viewer(self) -> str:
        """The login that our writes carry, `[bot]` included where GitHub says it; empty when it says nothing."""

    def hurry(self, seconds: float) -> None:
        """From now on there are only `seconds` left, also where GitHub was given up: the last words of a run."""
