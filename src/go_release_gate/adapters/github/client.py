"""The one retry layer: which requests are sent again, when, and for how long. Everything else asks through it.

PyGithub's own repetition is switched off: it repeats a POST whose fate is unknown, never a PATCH, not a 429 without
Retry-After, takes HTML for data and sleeps past any limit.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from go_release_gate.adapters.github.answers import Answer, Meaning, meaning, told_wait
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


class Client:
    """An `Api` over a Sender.

    Args:
        repository: `OWNER/NAME`.
        graphql: path of the GraphQL interface as seen from the base address.
    """

    def __init__(self, sender: Sender, repository: str, timing: Timing | None = None) -> None:
        self._sender = sender
        self._repository = repository
        self._timing = timing or Timing()
        self._end = self._timing.clock() + self._timing.deadline
        self._last_write = -self._timing.spacing
        self._away: AwayError | None = None
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
        document = self._call("GET", path, query, None, is_fresh=is_fresh, wanted=dict)
        return document if isinstance(document, dict) else {}

    def pages(self, path: str, query: Query | None = None, *, key: str = "", most: int = 3000) -> list[Document]:
        """See Api."""
        found: list[Document] = []
        for page in range(1, most // PAGE + 2):
            asked = {**(query or {}), "per_page": PAGE, "page": page}
            answer = self._call("GET", path, asked, None, wanted=dict if key else list)
            items = answer.get(key) if key else answer
            items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
            found += items
            if len(items) < PAGE or len(found) >= most:
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
        document = self._call(
            method, path, None, body, needs=needs, repeatable=repeatable, is_fresh=is_fresh, wanted=dict
        )
        return document if isinstance(document, dict) else {}

    def once(self, write: Callable[[], T], look: Callable[[], T | None]) -> T:
        """See Api."""
        attempt = 0
        while True:
            try:
                return write()
            except LostWriteError as error:
                attempt += 1
                self._wait(self._backoff(attempt), error.message)
                found = look()
                if found is not None:
                    return found

    def viewer(self) -> str:
        """See Api. https://docs.github.com/graphql/reference/queries#user (field `viewer`)"""
        answer = self._sender_graphql("query { viewer { login } }")
        viewer = (answer.get("data") or {}).get("viewer") if isinstance(answer.get("data"), dict) else None
        login = viewer.get("login") if isinstance(viewer, dict) else None
        return login.removesuffix("[bot]") if isinstance(login, str) else ""

    def hurry(self, seconds: float) -> None:
        """See Api."""
        last = self._timing.clock() + seconds
        self._end = last if self._away else min(self._end, last)
        self._away = None

    def _sender_graphql(self, query: str) -> Document:
        document = self._call("POST", "/graphql", None, {"query": query}, repeatable=True, wanted=dict, paced=False)
        return document if isinstance(document, dict) else {}

    def _call(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: Mapping[str, Any] | None,
        *,
        wanted: type,
        needs: str = "",
        repeatable: bool = False,
        is_fresh: bool = False,
        paced: bool = True,
    ) -> Any:
        """Send until the answer means something, the deadline is near, or a write's fate is unknown."""
        attempt, started = 0, self._timing.clock()
        while True:
            if self._away is not None:
                raise self._away
            if method != "GET" and paced:
                self._pace()
            answer = self._send(method, path, query, body)
            means = meaning(answer)
            if means is Meaning.DONE and not isinstance(answer.document, wanted):
                means = Meaning.UNSURE
            if means is Meaning.DONE:
                return answer.document
            is_young = is_fresh and self._timing.clock() - started < FRESH
            if means is Meaning.UNSURE and method != "GET" and not repeatable:
                raise LostWriteError(f"{method} {path}: {answer.said}")
            if means in (Meaning.DENIED, Meaning.REJECTED) or (means is Meaning.MISSING and not is_young):
                raise _refusal(means, answer, f"{method} {path}", needs)
            attempt += 1
            told = told_wait(answer, self._timing.now())
            self._wait(self._backoff(attempt) if told is None else told, answer.said)

    def _send(self, method: str, path: str, query: Query | None, body: Mapping[str, Any] | None) -> Answer:
        left = self._end - self._timing.clock()
        if left <= 0:
            self._give_up("the time for GitHub is used up")
        self._requests += 1
        return self._sender.send(method, path, query=query, body=body, seconds=left)

    def _pace(self) -> None:
        pause = self._last_write + self._timing.spacing - self._timing.clock()
        if pause > 0:
            self._wait(pause, "pacing")
        self._last_write = self._timing.clock()

    def _backoff(self, attempt: int) -> float:
        """Exponential with jitter: the second wait is about twice the first."""
        most = min(LONGEST_WAIT, SHORTEST_WAIT * 2.0**attempt)
        return self._timing.chance(most / 2, most)

    def _wait(self, seconds: float, why: str) -> None:
        if self._timing.clock() + seconds >= self._end:
            self._give_up(f"{why}; waiting {seconds:.0f} s more would pass the limit")
        self._timing.sleep(seconds)

    def _give_up(self, why: str) -> None:
        self._away = AwayError(f"GitHub did not answer as it should: {why}")
        raise self._away


def _refusal(means: Meaning, answer: Answer, asked: str, needs: str) -> Exception:
    if means is Meaning.MISSING:
        return MissingError(f"{asked}: {answer.said}")
    if means is Meaning.DENIED:
        said = "the token is not valid" if answer.status == 401 else answer.said
        return DeniedError(f"{asked}: {said}", needs)
    return RejectedError(f"{asked}: {answer.said}", answer.status)
