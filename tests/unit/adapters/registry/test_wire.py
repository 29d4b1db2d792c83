"""Connections that serve several requests, and those that must not."""

from __future__ import annotations

import gc
import io
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.pool import KEPT
from go_release_gate.adapters.registry.wire import Ask, HttpWire

SECONDS = 20.0
CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
Serve = Callable[[Callable[[Asked], Iterable[Piece]]], RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that say what a script says."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(RawServer(script))


def in_turn(*answers: Iterable[Piece]) -> Callable[[Asked], Iterable[Piece]]:
    """One answer after the other, whoever asks."""
    left = iter(answers)
    return lambda _asked: next(left)


def got(wire: HttpWire, server: RawServer, method: str = "GET", **more: object) -> Answer:
    """The answer to one request."""
    return wire.send(Ask(method, f"{server.url}/v2/", **more), SECONDS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (answer(b"body"), b"body"),
        (answer(b""), b""),
        (answer(b"no", 404), b"no"),
        (answer(b"", 401, www_authenticate="Basic"), b""),
        (b"HTTP/1.1 204 X\r\n\r\n", b""),
        (CHUNKED + b"4\r\nbody\r\n0\r\n\r\n", b"body"),
        (b"HTTP/1.0 200 X\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody", b"body"),
    ],
)
def test_one_connection_for_many(serve: Serve, said: bytes, body: bytes) -> None:
    """Whatever way an answer tells its end, the next request comes on the same connection."""
    server = serve(lambda _asked: [said])
    wire = HttpWire()

    assert [got(wire, server).body for _ in range(3)] == [body] * 3
    assert (len(server.asked), server.connections) == (3, 1)


def test_all_methods_share(serve: Serve) -> None:
    """HEAD, PUT, POST and DELETE keep the connection too; one request's headers are not those of the next."""
    server = serve(lambda asked: [answer(b"")] if asked.method == "HEAD" else [answer(b"x", 201)])
    wire = HttpWire()
    got(wire, server, "PUT", headers={"Authorization": "Basic secret", "Content-Type": "text/plain"}, body=b"manifest")
    found = [got(wire, server, method).status for method in ("HEAD", "DELETE", "GET")]
    found.append(got(wire, server, "POST", body=b"").status)

    assert (found, server.connections) == ([200, 201, 201, 201], 1)
    assert [asked.body for asked in server.asked] == [b"manifest", b"", b"", b"", b""]
    assert ["authorization" in asked.headers for asked in server.asked] == [True, False, False, False, False]


def test_over_tls(tmp_path: Path) -> None:
    """What TLS says between the answers, such as tickets, is no reason for a new connection."""
    authority = Authority(tmp_path)
    with RawServer(lambda asked: [answer(asked.path.encode())], authority.server("127.0.0.1")) as server:
        wire = HttpWire(str(authority.file))
        assert [got(wire, server).body for _ in range(3)] == [b"/v2/"] * 3
        assert server.connections == 1


@pytest.mark.parametrize(
    "said",
    [
        [answer(b"whole"), CLOSE],
        [answer(b"whole", connection="close")],
        [b"HTTP/1.1 200 X\r\n\r\nwhole", CLOSE],
        [b"HTTP/1.0 200 X\r\nContent-Length: 5\r\n\r\nwhole"],
    ],
)
def test_a_server_that_closes_after_each_answer(serve: Serve, said: list[Piece]) -> None:
    """Said or not, that costs a new connection and nothing else; no request is lost or doubled."""
    server = serve(lambda _asked: said)
    wire = HttpWire()

    assert [got(wire, server).body for _ in range(4)] == [b"whole"] * 4
    assert (len(server.asked), server.connections) == (4, 4)


@pytest.mark.parametrize("end", [[CLOSE], [RESET], [b"out of step\r\n", CLOSE]])
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("HEAD", None), ("PUT", b"manifest"), ("POST", b"")])
def test_a_kept_connection_that_ends(serve: Serve, method: str, body: bytes | None, end: list[Piece]) -> None:
    """A server that gives up a connection while the next request is under way gets it again, on a new one."""
    server = serve(in_turn([answer(b"")], end, [answer(b"")]))
    wire = HttpWire()

    assert [got(wire, server, "GET").status, got(wire, server, method, body=body).status] == [200, 200]
    assert (len(server.asked), server.connections) == (3, 2)


def test_once_more_only(serve: Serve) -> None:
    """A new connection that ends without a word is told: another try is the asker's affair."""
    server = serve(in_turn([answer(b"")], [CLOSE], [CLOSE]))
    wire = HttpWire()

    assert got(wire, server).status == 200
    assert got(wire, server).trouble == "the connection failed (RemoteDisconnected)"
    assert len(server.asked) == 3


@pytest.mark.parametrize("body", [b"an alert!", io.BytesIO(b"an upload")])
def test_what_must_not_arrive_twice(serve: Serve, body: bytes | io.BytesIO) -> None:
    """A POST that says something, and a body that is read once, go over new connections, and go once."""
    server = serve(in_turn([answer(b"")], [CLOSE]))
    wire = HttpWire()
    got(wire, server)

    assert got(wire, server, "POST", headers={"Content-Length": "9"}, body=body).status == 0
    assert (len(server.asked), server.connections) == (2, 2)


@pytest.mark.parametrize(
    "half",
    [
        [b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc", CLOSE],
        [CHUNKED + b"9\r\nabc", CLOSE],
        [CHUNKED + b"not a number\r\n"],
        [answer(b"x" * 200_000)],
        [answer(b"x" * 200_000, 404)],
        [answer(b"packed", content_encoding="gzip")],
        [answer(b"x", 503)],
        [answer(b"x", 429)],
        [b"HTTP/1.1 103 X\r\n\r\n"],
        [b"HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"],
        [CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\n") + b"1\r\nx\r\n0\r\n\r\n"],
    ],
)
def test_what_ends_a_connection(serve: Serve, half: list[Piece]) -> None:
    """Half answers, those whose end is not sure, and those of a server in trouble: nothing comes on that connection."""
    server = serve(in_turn(half, [answer(b"right")]))
    wire = HttpWire()
    got(wire, server, limit=1000)

    assert got(wire, server).body == b"right"
    assert (len(server.asked), server.connections) == (2, 2)


def test_a_body_where_none_belongs(serve: Serve) -> None:
    """What a server sends behind its answer to HEAD is not taken for the next answer."""
    server = serve(lambda _asked: [answer(b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nwrong")])
    wire = HttpWire()
    got(wire, server, "HEAD")

    assert b"wrong" in got(wire, server).body
    assert got(wire, server).body.startswith(b"HTTP/1.1")
    assert server.connections == 2


@pytest.mark.parametrize("said", [answer(b"x"), CHUNKED + b"1\r\nx\r\n0\r\n\r\n"])
def test_bytes_behind_an_answer(serve: Serve, said: bytes) -> None:
    """What a server sends behind the end of an answer is not taken for the next one."""
    server = serve(in_turn([said + answer(b"wrong")], [answer(b"right")]))
    wire = HttpWire()

    assert [got(wire, server).body for _ in range(2)] == [b"x", b"right"]


def test_an_answer_that_came_too_late(serve: Serve) -> None:
    """The connection on which a thread was left alone serves nobody else meanwhile."""
    go_on = threading.Event()

    def script(asked: Asked) -> Iterable[Piece]:
        if asked.path == "/late":
            yield b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc"
            go_on.wait(SECONDS)
            yield b"defghi"
        else:
            yield answer(b"right")

    server = serve(script)
    wire = HttpWire()
    try:
        assert wire.send(Ask("GET", f"{server.url}/late"), 0.2).trouble == "no answer in time"
        assert got(wire, server).body == b"right"
        assert server.connections == 2
    finally:
        go_on.set()


def test_nothing_is_sent_when_time_is_over(serve: Serve) -> None:
    """A thread that was left alone does not try again: what it wrote late might undo what came after."""
    over = threading.Event()

    def script(_asked: Asked) -> Iterable[Piece]:
        if len(server.asked) == 1:
            yield answer(b"")
        else:
            over.wait(SECONDS)
            yield CLOSE

    server = serve(script)
    wire = HttpWire()
    got(wire, server)
    before = set(threading.enumerate())
    assert wire.send(Ask("PUT", f"{server.url}/v2/", body=b"manifest"), 0.02).status == 0
    left = set(threading.enumerate()) - before
    over.set()
    for each in left:
        each.join(SECONDS)

    assert server.connections == 1


def test_parallel_threads(serve: Serve) -> None:
    """Each thread gets the answers to its own requests; no more connections than threads, and few stay."""
    count, rounds = KEPT + 4, 5
    together = threading.Barrier(count, timeout=SECONDS)

    def script(asked: Asked) -> Iterable[Piece]:
        together.wait()
        return [answer(asked.path.encode())]

    server = serve(script)
    wire = HttpWire()
    wrong: list[Answer] = []

    def ask(number: int) -> None:
        for turn in range(rounds):
            found = wire.send(Ask("GET", f"{server.url}/{number}/{turn}"), SECONDS)
            if found.body != f"/{number}/{turn}".encode():
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []
    assert len(server.asked) == count * rounds
    assert server.connections < count * rounds
    assert len(wire._pool) <= KEPT


@pytest.mark.parametrize(("said", "connections"), [(answer(b"stream"), 1), (CHUNKED + b"6\r\nstream\r\n0\r\n\r\n", 1)])
def test_a_stream_that_was_read(serve: Serve, said: bytes, connections: int) -> None:
    """A stream has its connection for itself until it is closed; read to its end, others get it then."""
    server = serve(lambda _asked: [said])
    wire = HttpWire()
    stream = got(wire, server, is_stream=True).stream
    assert got(wire, server).body == b"stream"
    assert server.connections == connections + 1

    assert b"".join(iter(lambda: stream.read1(4), b"")) == b"stream"
    stream.close()
    stream.close()
    again = [got(wire, server, is_stream=True).stream for _ in range(2)]
    assert server.connections == connections + 1
    for each in again:
        each.close()


@pytest.mark.parametrize("read", [0, 3])
def test_a_stream_that_is_closed_early(serve: Serve, read: int) -> None:
    """What is left of it is not taken for the next answer."""
    server = serve(lambda _asked: [answer(b"stream")])
    wire = HttpWire()
    stream = got(wire, server, is_stream=True).stream
    assert len(stream.read1(read)) == read
    stream.close()

    assert got(wire, server).body == b"stream"
    assert server.connections == 2


def test_a_stream_that_is_closed_before_its_rest_was_sent(serve: Serve) -> None:
    """Nothing lies on the connection yet, and still it is not for anybody else."""
    go_on = threading.Event()

    def script(asked: Asked) -> Iterable[Piece]:
        if asked.path == "/late":
            yield answer(b"stream")[:-3]
            go_on.wait(SECONDS)
        else:
            yield answer(b"right")

    server = serve(script)
    wire = HttpWire()
    try:
        stream = wire.send(Ask("GET", f"{server.url}/late", is_stream=True), SECONDS).stream
        assert stream.read1(9) == b"str"
        stream.close()
        assert got(wire, server).body == b"right"
        assert server.connections == 2
    finally:
        go_on.set()


def test_a_stream_that_breaks(serve: Serve) -> None:
    """Where a chunk is cut short the reader hears of it, and the connection is gone."""
    server = serve(in_turn([CHUNKED + b"6\r\nstr", CLOSE], [answer(b"right")]))
    wire = HttpWire()
    stream = got(wire, server, is_stream=True).stream
    with pytest.raises(Exception, match="IncompleteRead"):
        b"".join(iter(lambda: stream.read1(6), b""))
    stream.close()

    assert got(wire, server).body == b"right"


def test_nothing_is_left_open(serve: Serve) -> None:
    """A wire, or a stream, that nobody has any more closes its sockets; Python would warn of them."""
    server = serve(lambda _asked: [answer(b"stream")])
    wire = HttpWire()
    for _ in range(2):
        got(wire, server)
    found = got(wire, server, is_stream=True)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        del wire, found
        gc.collect()
    assert [one for one in told if issubclass(one.category, ResourceWarning)] == []
