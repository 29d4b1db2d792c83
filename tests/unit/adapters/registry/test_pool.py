"""Which connections wait, for whom, and how long."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection

import pytest

from go_release_gate.adapters.registry.pool import IDLE, KEPT, Pool
from go_release_gate.adapters.registry.routes import Route

ROUTE = Route("https", "registry.example.com", 443)


@dataclass
class Ends:
    """Connections, and the servers' ends of them."""

    far: list[socket.socket]
    near: list[HTTPConnection]

    def new(self) -> HTTPConnection:
        """A connection that is open."""
        near, far = socket.socketpair()
        connection = HTTPConnection("registry.example.com")
        connection.sock = near
        self.far.append(far)
        self.near.append(connection)
        return connection


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Where connections come from."""
    found = Ends([], [])
    yield found
    for each in (*found.far, *found.near):
        each.close()


def test_the_newest_comes_first(ends: Ends) -> None:
    """The one that waited least is the likeliest to be alive; each is given out once."""
    pool = Pool()
    first, second = ends.new(), ends.new()
    pool.give(ROUTE, first)
    pool.give(ROUTE, second)

    assert [pool.take(ROUTE) for _ in range(3)] == [second, first, None]


@pytest.mark.parametrize(
    "other",
    [{"scheme": "http"}, {"host": "other.example.com"}, {"port": 5000}, {"proxy": "http://proxy.example.com:3128"}],
)
def test_each_way_has_its_own(ends: Ends, other: dict[str, object]) -> None:
    """No part of a route may differ: a login goes to the host that it is for."""
    pool = Pool()
    pool.give(ROUTE, ends.new())

    assert pool.take(replace(ROUTE, **other)) is None  # type: ignore[arg-type]
    assert pool.take(ROUTE) is not None


def test_no_more_than_a_few(ends: Ends) -> None:
    """Of too many, those that waited longest are closed."""
    pool = Pool()
    connections = [ends.new() for _ in range(KEPT + 2)]
    for each in connections:
        pool.give(ROUTE, each)

    assert len(pool) == KEPT
    assert [each.sock is None for each in connections] == [True] * 2 + [False] * KEPT


def test_not_for_long(ends: Ends) -> None:
    """One that waited too long is closed, not used: what stands in between may have forgotten it."""
    now = [1000.0]
    pool = Pool(lambda: now[0])
    old, new = ends.new(), ends.new()
    pool.give(ROUTE, old)
    now[0] += IDLE - 1
    pool.give(ROUTE, new)
    now[0] += 1

    assert [pool.take(ROUTE), pool.take(ROUTE)] == [new, None]
    assert old.sock is None


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 408 X\r\n\r\n"])
def test_those_that_said_something(ends: Ends, said: bytes) -> None:
    """A connection that its server closed, or on which something came unasked, serves nobody."""
    pool = Pool()
    connection = ends.new()
    pool.give(ROUTE, connection)
    ends.far[0].sendall(said)
    if not said:
        ends.far[0].close()

    assert pool.take(ROUTE) is None
    assert connection.sock is None


def test_it_closes_what_it_has(ends: Ends) -> None:
    """With the pool go its connections."""
    pool = Pool()
    connection = ends.new()
    pool.give(ROUTE, connection)
    del pool

    assert connection.sock is None
