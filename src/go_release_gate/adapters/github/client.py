"""The one retry layer: which requests are sent again, when, and for how long. Everything else asks through it.

PyGithub's own repetition is switched off: it repeats a POST whose fate is unknown, never a PATCH, not a 429 without
Retry-After, takes HTML for data and sleeps past any limit.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeVar

from go_release_gate.adapters.github.answers import Answer, Meaning, meaning, next_page, told_wait
from go_release_gate.adapters.github.api import (
    AwayError,
    DeniedError,
    Document,
    LostWriteError,
    MissingError,
    Query,
    RejectedError,
)

T = TypeVar("T")
DEADLINE = 90.0  # seconds of one run spent with GitHub, waiting included
SPACING = 1.0  # seconds between writes, as GitHub's best practices ask for
FRESH = 10.0  # seconds in which a thing made a moment ago may still be missing
PATIENCE = 30.0  # seconds for one answer, so that a hanging one leaves time to ask again
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 20.0
PAGE = 100  # the most that GitHub gives on one page


class Sender(Protocol):
    """What sends one request: a Wire, or a stand-in."""

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Mapping[str, Any] | None = None,
        seconds: float,
    ) -> Answer:
        """One request, one answer; never raises for what the network does."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Clock, sleep and chance, and the limits in seconds."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    chance: Callable[[float, float], float] = random.uniform
    deadline: float = DEADLINE
    spacing: float = SPACING


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked, and how its answers are to be taken.

    Attributes:
        is_usable: whether a document is what was asked for; anything else counts as a lost answer.
        is_write: whether it changes something, so that it keeps its distance from the one before.
    """

    method: str
    path: str
    query: Query | None = None
    body: Mapping[str, Any] | None = None
    needs: str = ""
    is_usable: Callable[[Any], bool] = lambda document: isinstance(document, dict)
    is_write: bool = False
    repeatable: bool = True
    is_fresh: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Client:
    """An `Api` over a Sender.

    Args:
        repository: `OWNER/NAME`.
    """

    def __init__(self, sender: Sender, repository: str, timing: Timing | None = None) -> None:
        self._sender = sender
        self._repository = repository
        self._timing = timing or Timing()
        self._end = self._timing.clock() + self._timing.deadline
        self._next = self._next_write = self._timing.clock()
        self._away = ""
        self._requests = 0

    @property
    def repository(self) -> str:
        """`OWNER/NAME`."""
        return self._repository

    @property
    def requests(self) -> int:
        """How many requests were sent, repetitions included."""
        return self._requests

    def get(self, path: str, query: Query | None = None, *, is_fresh: bool = False) -> Document:
        """See Api."""
        return self._object(_Request("GET", path, query, is_fresh=is_fresh))

    def pages(self, path: str, query: Query | None = None, *, key: str = "", most: int = 3000) -> list[Document]:
        """See Api."""
        found: list[Document] = []
        for page in range(1, -(-most // PAGE) + 1):
            asked = {**(query or {}), "per_page": PAGE, "page": page}
            answer = self._answer(_Request("GET", path, asked, is_usable=lambda item: _items(item, key) is not None))
            items = _items(answer.document, key) or []
            found += [item for item in items if isinstance(item, dict)]
            is_more = next_page(answer)
            if is_more is False or (is_more is None and len(items) != PAGE):
                break
        return found[:most]

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
        """See Api."""
        request = _Request(
            method, path, body=body, needs=needs, is_write=True, repeatable=repeatable, is_fresh=is_fresh
        )
        return self._object(request)

    def once(self, write: Callable[[], T], look: Callable[[], T | None]) -> T:
        """See Api."""
        attempt = 0
        while True:
            try:
                return write()
            except LostWriteError as error:
                attempt = min(attempt + 1, 10)
                self._wait(self._backoff(attempt), error.message)
                found = look()
                if found is not None:
                    return found

    def viewer(self) -> str:
        """See Api. https://docs.github.com/graphql/reference/queries (field `viewer`)"""
        document = self._object(_Request("POST", "/graphql", body={"query": "query { viewer { login } }"}))
        data = document.get("data")
        viewer = data.get("viewer") if isinstance(data, dict) else None
        login = viewer.get("login") if isinstance(viewer, dict) else None
        return login if isinstance(login, str) else ""

    def hurry(self, seconds: float) -> None:
        """See Api."""
        last = self._timing.clock() + seconds
        self._end = last if self._away else min(self._end, last)
        self._away = ""

    def _object(self, request: _Request) -> Document:
        document: Document = self._answer(request).document
        return document

    def _answer(self, request: _Request) -> Answer:
        """Ask until the answer means something, the deadline is near, or a write's fate is unknown."""
        attempt, started = 0, self._timing.clock()
        while True:
            answer = self._send(request)
            means = meaning(answer)
            if means is Meaning.DONE and request.is_usable(answer.document):
                return answer
            attempt += 1
            pause = self._note_pause(answer, attempt)
            if means is Meaning.HOPELESS:
                self._give_up(answer.said)
            if means in {Meaning.DONE, Meaning.UNSURE} and not request.repeatable:
                raise LostWriteError(f"{request}: {answer.said}")
            is_young = request.is_fresh and self._timing.clock() + pause - started <= FRESH
            if means in {Meaning.DENIED, Meaning.REJECTED} or (means is Meaning.MISSING and not is_young):
                raise _refusal(means, answer, request)
            self._wait(pause, answer.said)

    def _send(self, request: _Request) -> Answer:
        """Send once, not before GitHub wants to be asked again, and a write not too soon after the last one."""
        if self._away:
            raise AwayError(self._away)
        start = max(self._next, self._next_write) if request.is_write else self._next
        self._wait(start - self._timing.clock(), "the time for GitHub is used up")
        left = self._end - self._timing.clock()
        self._requests += 1
        answer = self._sender.send(
            request.method, request.path, query=request.query, body=request.body, seconds=min(left, PATIENCE)
        )
        if request.is_write:
            self._next_write = self._timing.clock() + self._timing.spacing
        return answer

    def _note_pause(self, answer: Answer, attempt: int) -> float:
        """Seconds to the next attempt; what GitHub itself asks for holds for every request to come."""
        told = told_wait(answer, self._timing.now())
        if told is not None:
            self._next = max(self._next, self._timing.clock() + told)
        return max(self._backoff(attempt), told or 0.0)

    def _backoff(self, attempt: int) -> float:
        """Exponential with jitter: the second wait is about twice the first."""
        most = min(LONGEST_WAIT, SHORTEST_WAIT * 2.0**attempt)
        return self._timing.chance(most / 2, most)

    def _wait(self, seconds: float, why: str) -> None:
        if self._timing.clock() + max(seconds, 0.0) >= self._end:
            self._give_up(f"{why}; waiting {seconds:.0f} s more would pass the limit" if seconds >= 1 else why)
        if seconds > 0:
            self._timing.sleep(seconds)

    def _give_up(self, why: str) -> NoReturn:
        self._away = f"GitHub did not answer as it should: {why}"
        raise AwayError(self._away)


def _items(document: Any, key: str) -> list[Any] | None:
    """The list in an answer; None where there is none."""
    if key:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, list) else None


def _refusal(means: Meaning, answer: Answer, request: _Request) -> Exception:
    if means is Meaning.MISSING:
        return MissingError(f"{request}: {answer.said}")
    if means is Meaning.DENIED:
        said = "the token is not valid" if answer.status == 401 else answer.said
        return DeniedError(f"{request}: {said}", request.needs)
    return RejectedError(f"{request}: {answer.said}", answer.status)
