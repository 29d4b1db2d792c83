"""The fake GitHub's faults: each does to the connection, to the answer and to what is stored what its name says."""

from __future__ import annotations

import http.client
from collections.abc import Callable

import pytest

from fakes.github import GitHub, faults
from fakes.github.faults import Fault
from support.plainhttp import Plain

COMMENTS, BODY = "/issues/7/comments", {"body": "words"}


@pytest.fixture
def plain(github: GitHub) -> Plain:
    """Requests about a pull request 7."""
    github.open_pull_request(7)
    return Plain(github)


def _stored(github: GitHub) -> int:
    return len(github.repository.comments)


@pytest.mark.parametrize(
    ("fault", "status", "headers", "words"),
    [
        (faults.status(500), 500, {}, "status 500"),
        (faults.status(503, "down", {"Retry-After": "3"}), 503, {"Retry-After": "3"}, "down"),
        (faults.too_many(), 429, {"Retry-After": None}, "secondary rate limit"),
        (faults.too_many(7), 429, {"Retry-After": "7"}, "secondary rate limit"),
        (faults.secondary_limit(), 403, {"Retry-After": None}, "secondary rate limit"),
        (faults.secondary_limit(60), 403, {"Retry-After": "60"}, "secondary rate limit"),
        (faults.primary_limit(30), 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1030"}, "API rate limit"),
        (faults.html(), 200, {"Content-Type": "text/html; charset=utf-8"}, "Unicorn"),
        (faults.empty(), 200, {"Content-Length": "0"}, ""),
    ],
)
def test_an_answer_that_is_none(
    github: GitHub, plain: Plain, *, fault: Fault, status: int, headers: dict[str, str | None], words: str
) -> None:
    """The request is not carried out, and the next one is answered as ever."""
    github.clock = lambda: 1000.0
    github.plan(fault)
    got = plain("POST", COMMENTS, BODY)
    assert (got.status, _stored(github)) == (status, 0)
    assert {name: got.headers[name] for name in headers} == headers
    assert words in str(got.body)
    assert plain("POST", COMMENTS, BODY).status == 201
    assert [asked.fault for asked in github.requests] == ["answer", "fine"]


@pytest.mark.parametrize(
    "fault", [faults.status(502, after=True), faults.html(after=True), faults.empty(after=True, code=201)]
)
def test_an_answer_that_hides_what_was_done(github: GitHub, plain: Plain, fault: Fault) -> None:
    """The request is carried out, its answer is not shown."""
    github.plan(fault)
    assert b"words" not in bytes(str(plain("POST", COMMENTS, BODY).body), "utf-8")
    assert _stored(github) == 1


@pytest.mark.parametrize(("fault", "stored"), [(faults.reset(), 0), (faults.lost(), 1), (faults.hang(), 0),
                                               (faults.hang(after=True), 1)])  # fmt: skip
def test_no_answer_at_all(github: GitHub, plain: Plain, fault: Fault, stored: int) -> None:
    """A cut connection or one that hangs until the client gives up; the log has no status for it."""
    github.plan(fault)
    is_hanging = fault.kind == "hang"
    with pytest.raises(TimeoutError if is_hanging else ConnectionError):
        plain("POST", COMMENTS, BODY, 0.05 if is_hanging else 5)
    assert _stored(github) == stored
    assert [asked.status for asked in github.requests] == [0]


def test_half_an_answer(github: GitHub, plain: Plain) -> None:
    """The length is promised, half of it comes; an answer without a body is cut instead."""
    github.plan(faults.truncated(), faults.fine(), faults.truncated())
    with pytest.raises(http.client.IncompleteRead):
        plain("POST", COMMENTS, BODY)
    (comment,) = plain("GET", COMMENTS).body
    with pytest.raises(ConnectionError):
        plain("DELETE", f"/issues/comments/{comment['id']}")
    assert _stored(github) == 0


def test_what_is_fresh_may_not_be_found(github: GitHub, plain: Plain) -> None:
    """The next two reads or changes of the new object get 404; other objects are seen."""
    old = plain("POST", COMMENTS, BODY).body["id"]
    github.plan(faults.hidden(2))
    fresh = plain("POST", COMMENTS, BODY).body["id"]
    assert plain("GET", f"/issues/comments/{old}").status == 200
    assert plain("PATCH", f"/issues/comments/{fresh}", BODY).status == 404
    assert plain("GET", f"/issues/comments/{fresh}").status == 404
    assert plain("GET", f"/issues/comments/{fresh}").status == 200


def test_what_is_fresh_may_not_be_listed(github: GitHub, plain: Plain) -> None:
    """The next two lists lack the new object, which is there by its number, even when the answer was lost."""
    github.plan(faults.unlisted(2))
    fresh = plain("POST", COMMENTS, BODY).body["id"]
    assert plain("GET", f"/issues/comments/{fresh}").status == 200
    assert [len(plain("GET", COMMENTS).body) for _ in range(3)] == [0, 0, 1]
    github.plan(faults.lost(unlists=1))
    with pytest.raises(ConnectionError):
        plain("POST", COMMENTS, BODY)
    assert [len(plain("GET", COMMENTS).body) for _ in range(2)] == [1, 2]


def test_a_fault_waits_for_its_request(github: GitHub, plain: Plain) -> None:
    """Method and path choose; `fine` counts requests; what nobody met is left."""
    github.plan(faults.status(502).on("POST", "comments$"), faults.fine(), faults.status(503), faults.reset())
    statuses = [plain("GET", "").status, plain("POST", COMMENTS, BODY).status, plain("GET", COMMENTS).status]
    assert statuses == [200, 502, 503]
    assert github.faults.left == 1


@pytest.mark.parametrize("name", sorted(faults.TRANSIENT))
def test_after_every_fault_all_is_well(github: GitHub, plain: Plain, name: str) -> None:
    """Each fault of the table is taken once, by whichever request, and then the fake answers."""
    make: Callable[[], Fault] = faults.TRANSIENT[name]
    github.plan(make())
    try:
        plain("POST", COMMENTS, BODY)
    except (OSError, http.client.HTTPException):
        assert name in {"reset", "lost", "truncated"}
    assert github.faults.left == 0
    assert plain("GET", "/pulls/7").status == 200
