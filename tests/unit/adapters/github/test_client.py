"""The one retry layer, with answers and a clock of our own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.api import (
    Api,
    AwayError,
    DeniedError,
    GitHubError,
    LostWriteError,
    MissingError,
    RejectedError,
)
from go_release_gate.adapters.github.client import DEADLINE, FRESH, PATIENCE, SPACING, Client, Timing

PATH = "/repos/acme/shop/check-runs"
NEEDS = "checks: write"
LOST = Answer(0, trouble="reset")
LIMITED = Answer(429, {"retry-after": "3"})


def ok(document: Any, **headers: str) -> Answer:
    return Answer(200, headers, json.dumps(document))


class World:
    """A clock that only sleeping and slow answers move, and a GitHub that gives prepared answers, then `rest`."""

    def __init__(self, answers: Iterable[Answer] = (), rest: Answer | None = None, takes: float = 0.0) -> None:
        self.answers = list(answers)
        self.rest = rest or ok({"id": 1})
        self.takes = takes
        self.time = 5000.0
        self.slept: list[float] = []
        self.sent: list[tuple[str, str, Mapping[str, Any] | None, float, float]] = []
        self.timing = Timing(lambda: self.time, self.sleep, lambda: 1_000_000.0 + self.time, lambda _, high: high)
        self.client = Client(self, "acme/shop", self.timing)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.time += seconds

    def send(self, method: str, path: str, *, query: Any = None, body: Any = None, seconds: float) -> Answer:
        self.sent.append((method, path, query if body is None else body, self.time, seconds))
        self.time += min(self.takes, seconds)
        return self.answers.pop(0) if self.answers else self.rest

    def post(self) -> Mapping[str, Any]:
        return self.client.write("POST", PATH, {"name": "x"}, needs=NEEDS)

    def patch(self, **how: bool) -> Mapping[str, Any]:
        return self.client.write("PATCH", f"{PATH}/1", {"name": "x"}, needs=NEEDS, repeatable=True, **how)


def test_the_client_is_an_api() -> None:
    """It says which repository it asks about and counts its requests, repetitions too."""
    world = World([LOST])
    api: Api = world.client

    assert api.repository == "acme/shop"
    assert api.get("/x") == {"id": 1}
    assert api.requests == 2


TRANSIENT = {
    "reset": LOST,
    "nobody there": Answer(0, is_sent=False),
    "429": LIMITED,
    "429 without time": Answer(429),
    "secondary": Answer(403, body='{"message": "You have exceeded a secondary rate limit"}'),
    "502": Answer(502, body="<html>"),
    "503": Answer(503, {"retry-after": "2"}),
    "HTML": Answer(200, body="<html>"),
    "empty": Answer(200),
    "truncated": Answer(200, body='{"id'),
    "a list instead": Answer(200, body="[]"),
}


@pytest.mark.parametrize("fault", TRANSIENT.values(), ids=TRANSIENT)
def test_reading_and_repeatable_writes_outlive_a_fault(fault: Answer) -> None:
    """GET, and PATCH with the same content, are asked again after a wait whatever happened to the first try."""
    world = World([fault])
    assert world.client.get("/x") == {"id": 1}

    again = World([fault])
    assert again.patch() == {"id": 1}
    assert [method for method, *_ in again.sent] == ["PATCH", "PATCH"]
    assert sum(world.slept) >= 1
    assert sum(again.slept) >= 1


UNSURE = {name: TRANSIENT[name] for name in ("reset", "502", "503", "HTML", "empty", "truncated", "a list instead")}


@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
def test_a_write_of_unknown_fate_is_told(fault: Answer) -> None:
    """What may have been created already is not created again by this layer."""
    world = World([fault])

    with pytest.raises(LostWriteError, match="POST /repos/acme/shop/check-runs"):
        world.post()
    assert len(world.sent) == 1


@pytest.mark.parametrize("name", sorted(set(TRANSIENT) - set(UNSURE)))
def test_a_write_that_surely_failed_is_repeated(name: str) -> None:
    """A rate limit and a connection that was never made leave nothing behind."""
    world = World([TRANSIENT[name]])

    assert world.post() == {"id": 1}
    assert len(world.sent) == 2


@pytest.mark.parametrize("is_there", [True, False])
def test_once_looks_before_it_writes_again(is_there: bool) -> None:
    """After a lost answer the thing is looked for: what is there is taken, what is not is written again."""
    world = World([LOST])
    looks: list[float] = []

    def look() -> Mapping[str, Any] | None:
        looks.append(world.time)
        return {"id": 9} if is_there else None

    assert world.client.once(world.post, look) == ({"id": 9} if is_there else {"id": 1})
    assert len(looks) == 1
    assert looks[0] > 5000.0, "GitHub gets a moment to show it"
    assert len(world.sent) == (1 if is_there else 2)


def test_once_ends() -> None:
    """A GitHub that loses every answer is given up within the deadline."""
    world = World(rest=LOST)

    with pytest.raises(AwayError):
        world.client.once(world.post, lambda: None)
    assert sum(world.slept) <= DEADLINE
    assert len(world.sent) < 20


def test_writes_keep_their_distance() -> None:
    """A second between the end of one write and the next, none between reads."""
    world = World(takes=0.2)
    for _ in range(3):
        world.post()
        world.client.get("/x")

    posts = [time for method, _, _, time, _ in world.sent if method == "POST"]
    assert [later - earlier for earlier, later in pairwise(posts)] == pytest.approx([SPACING + 0.2] * 2)


@pytest.mark.parametrize(
    "fault",
    [
        Answer(429, {"retry-after": str(DEADLINE + 1)}),
        Answer(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(10**7)}),
        Answer(0, is_sent=False, is_final=True, trouble="TLS"),
    ],
    ids=["retry-after", "reset", "tls"],
)
def test_what_cannot_be_waited_for_ends_at_once(fault: Answer) -> None:
    """GitHub is given up without sleeping, and from then on without a request."""
    world = World([fault])
    for attempt in (lambda: world.client.get("/x"), world.post, lambda: world.client.pages("/x"), world.client.viewer):
        with pytest.raises(AwayError, match="did not answer as it should"):
            attempt()

    assert (world.slept, len(world.sent)) == ([], 1)


def test_a_told_wait_holds_for_all() -> None:
    """What a lost write was told to wait for delays the look that follows."""
    world = World([Answer(503, {"retry-after": "30"})])
    with pytest.raises(LostWriteError):
        world.post()
    world.client.get("/x")

    assert world.sent[1][3] - world.sent[0][3] == pytest.approx(30)


@pytest.mark.parametrize("told", ["0", "0.0", "0.25"])
def test_a_wait_of_nothing_is_not_taken_at_its_word(told: str) -> None:
    """A GitHub that says "again, now" for ever is asked a few times, not thousands."""
    world = World(rest=Answer(429, {"retry-after": told}))

    with pytest.raises(AwayError):
        world.client.get("/x")
    assert len(world.sent) < 12


def test_one_answer_does_not_take_all_the_time() -> None:
    """A hanging answer is cut off so that there is time for another attempt, and the last gets only what is left."""
    world = World(rest=LOST, takes=10**6)

    with pytest.raises(AwayError):
        world.client.get("/x")
    given = [seconds for *_, seconds in world.sent]
    assert given[0] == PATIENCE
    assert len(given) >= 3
    assert world.time - 5000.0 <= DEADLINE


def test_what_was_just_made_may_still_be_missing() -> None:
    """A fresh 404 is asked again, for FRESH seconds at most; one that is not fresh is an answer."""
    missing = Answer(404, body='{"message": "Not Found"}')
    assert World([missing]).patch(is_fresh=True) == {"id": 1}

    world = World(rest=missing)
    with pytest.raises(MissingError):
        world.client.get("/x", is_fresh=True)
    assert len(world.sent) > 1
    assert sum(world.slept) <= FRESH

    stale = World([missing])
    with pytest.raises(MissingError):
        stale.client.get("/x")
    assert len(stale.sent) == 1


def test_refusals_say_what_would_help() -> None:
    """A refused permission names the one it takes; a refused content carries its status and GitHub's words."""
    world = World(
        [
            Answer(403, body='{"message": "Resource not accessible by integration"}'),
            Answer(401, body='{"message": "Bad credentials"}'),
            Answer(422, body='{"message": "Validation Failed"}'),
        ]
    )
    with pytest.raises(DeniedError, match="not accessible") as denied:
        world.post()
    assert denied.value.needs == NEEDS
    assert NEEDS in denied.value.hint
    with pytest.raises(DeniedError, match="the token is not valid"):
        world.post()
    with pytest.raises(RejectedError, match="Validation Failed") as rejected:
        world.post()
    assert rejected.value.status == 422
    assert len(world.sent) == 3


def numbers(start: int, count: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(start, start + count)]


@pytest.mark.parametrize(
    ("answers", "count", "requests"),
    [
        ([ok(numbers(0, 3))], 3, 1),
        ([ok([])], 0, 1),
        ([ok(numbers(0, 100)), ok(numbers(100, 100)), ok([])], 200, 3),
        ([ok(numbers(0, 100)), ok(numbers(100, 5))], 105, 2),
        ([ok(numbers(0, 90), link='<x>; rel="next"'), ok(numbers(90, 100), link='<x>; rel="prev"')], 190, 2),
        ([ok(numbers(0, 250))], 250, 1),
    ],
    ids=["short", "none", "full", "last is short", "announced", "all at once"],
)
def test_pages_end(answers: list[Answer], count: int, requests: int) -> None:
    """Pages are asked for while the header announces one, or, without the header, while they are full."""
    world = World(answers)

    assert world.client.pages("/x", {"filter": "all"}) == numbers(0, count)
    assert len(world.sent) == requests
    assert world.sent[0][2] == {"filter": "all", "per_page": 100, "page": 1}


@pytest.mark.parametrize(("most", "requests"), [(1, 1), (100, 1), (101, 2), (250, 3)])
def test_endless_pages_have_an_end(most: int, requests: int) -> None:
    """No more objects than wished for, and no more pages than they need."""
    world = World(rest=ok(numbers(0, 100), link='<x>; rel="next"'))

    assert len(world.client.pages("/x", most=most)) == most
    assert len(world.sent) == requests


def test_pages_of_an_object() -> None:
    """`key` says where the list is; an answer without it is no answer, and never an empty list."""
    world = World([ok({}), ok([]), ok({"check_runs": [{"id": 1}, "noise"]})])

    assert world.client.pages("/x", key="check_runs") == [{"id": 1}]
    assert len(world.sent) == 3


@pytest.mark.parametrize(
    ("document", "login"),
    [
        ({"data": {"viewer": {"login": "github-actions[bot]"}}}, "github-actions[bot]"),
        ({"data": {"viewer": {"login": "ann"}}}, "ann"),
        ({"data": None, "errors": [{"type": "FORBIDDEN"}]}, ""),
        ({"data": {"viewer": None}}, ""),
        ({}, ""),
    ],
)
def test_the_viewer_is_who_we_write_as(document: Any, login: str) -> None:
    """The login comes as GitHub says it, `[bot]` included; a GitHub that does not say it gives nothing."""
    world = World([LOST, ok(document)])

    assert world.client.viewer() == login
    assert [path for _, path, *_ in world.sent] == ["/graphql"] * 2


def test_hurry_leaves_little_time() -> None:
    """After a signal only the given seconds are left, never more than there were."""
    world = World(rest=LOST)
    world.client.hurry(5)
    with pytest.raises(AwayError):
        world.client.get("/x")
    assert sum(world.slept) < 5
    assert world.sent[0][4] == 5

    late = World()
    late.time += DEADLINE - 2
    late.client.hurry(60)
    late.client.get("/x")
    assert late.sent[0][4] == pytest.approx(2)


def test_hurry_gives_last_words_where_github_was_given_up() -> None:
    """A GitHub that was given up is asked once more within the new limit; if it asked for rest, it has it."""
    world = World([LOST] * 3, takes=PATIENCE)
    with pytest.raises(AwayError):
        world.client.get("/x")
    world.client.hurry(5)
    assert world.client.get("/x") == {"id": 1}

    limited = World([Answer(429)] * 2)
    with pytest.raises(AwayError):
        limited.client.get("/x")
    count = len(limited.sent)
    limited.client.hurry(5)
    with pytest.raises(AwayError):
        limited.client.get("/x")
    assert len(limited.sent) == count


ANSWERS = st.builds(
    Answer,
    st.sampled_from([0, 200, 201, 202, 204, 301, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503]),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "link"]),
        st.sampled_from(["0", "1", "59", "3600", "1005100", "-1", "nan", "", '<x>; rel="next"']),
    ),
    st.sampled_from(["", "{}", "[]", '{"id": 1}', '{"message": "secondary rate limit"}', "<html>", '{"a', "7", "null"]),
    st.booleans(),
)
CALLS: dict[str, Callable[[World], object]] = {
    "get": lambda world: world.client.get("/x", is_fresh=True),
    "pages": lambda world: world.client.pages("/x", most=300),
    "keyed": lambda world: world.client.pages("/x", key="runs", most=300),
    "post": World.post,
    "patch": lambda world: world.patch(is_fresh=True),
    "once": lambda world: world.client.once(world.post, lambda: world.client.get("/look").get("found")),
    "viewer": lambda world: world.client.viewer(),
}


@given(st.lists(ANSWERS, max_size=8), ANSWERS, st.lists(st.sampled_from(sorted(CALLS)), max_size=6), st.floats(0, 40))
def test_whatever_github_does_it_ends(answers: list[Answer], rest: Answer, calls: list[str], takes: float) -> None:
    """For any answers every call ends in a value or a known error, within the deadline and a bounded number of
    requests."""
    world = World(answers, rest, takes)
    for call in calls:
        with contextlib.suppress(GitHubError):
            CALLS[call](world)

    assert world.time - 5000.0 <= DEADLINE + 1e-6
    assert len(world.sent) == world.client.requests <= 3 * len(calls) + 2 * DEADLINE
