"""One request, one answer, on real sockets: whatever the other side does, it ends and nothing leaks."""

from __future__ import annotations

import gzip
import itertools
import json
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.github import wire as module
from go_release_gate.adapters.github.answers import Answer, Meaning, meaning
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.wire import Wire

TOKEN = "t0ken-canary-0123456789"
SECONDS = 20.0  # more than any answer here takes that is not cut off
HEAD = b"HTTP/1.1 200 X\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


def connection(server: RawServer, prefix: str = "", **more: str) -> Connection:
    return Connection(f"{server.url}{prefix}", "acme/shop", TOKEN, **more)


def ask(pieces: Iterable[Piece], method: str = "GET", seconds: float = SECONDS) -> Answer:
    """The answer to one request, where the server says `pieces` to each."""
    kept = list(pieces)
    with RawServer(lambda _: kept) as server:
        return Wire(connection(server)).send(method, "/x", body=None if method == "GET" else {}, seconds=seconds)


def test_a_request_carries_what_github_wants() -> None:
    """Method, path, query, body, token, and the headers that GitHub's documentation asks for; the answer is whole."""
    with RawServer(lambda _: [answer(b'{"id": 1}', 201, X_RateLimit_Remaining="7")]) as server:
        query = {"page": 2, "q": "a b"}
        found = Wire(connection(server, "/api/v3")).send("POST", "/x", query=query, body={"n": "ü"}, seconds=SECONDS)

    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/api/v3/x?page=2&q=a+b")
    assert json.loads(asked.body) == {"n": "ü"}
    assert asked.headers["authorization"] == f"token {TOKEN}"
    assert asked.headers["accept"] == "application/vnd.github+json"
    assert asked.headers["x-github-api-version"] == "2022-11-28"
    assert asked.headers["user-agent"] == "go-release-gate"
    assert (found.status, found.headers["x-ratelimit-remaining"], found.document) == (201, "7", {"id": 1})


def test_without_a_token_nobody_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token, no header: a netrc file of this machine is not used either."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password s3cr3t\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with RawServer(lambda _: [answer()]) as server:
        Wire(Connection(server.url, "acme/shop")).send("GET", "/x", seconds=SECONDS)

    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    ("prefix", "path"), [("", "/graphql"), ("/api/v3", "/api/graphql"), ("/api/v3/", "/api/graphql")]
)
def test_graphql_lies_beside_the_rest(prefix: str, path: str) -> None:
    """GitHub Enterprise keeps it at /api/graphql."""
    with RawServer(lambda _: [answer()]) as server:
        Wire(connection(server, prefix)).send("POST", "/graphql", body={}, seconds=SECONDS)

    assert server.asked[0].path == path


def test_one_connection_for_many_requests() -> None:
    """The connection is kept, also after an error and an empty answer."""
    answers = itertools.cycle([answer(), answer(b"{}", 422), answer(b"", 204), answer(b"[]")])
    with RawServer(lambda _: [next(answers)]) as server:
        wire = Wire(connection(server))
        statuses = [wire.send(method, "/x", seconds=SECONDS).status for method in ("GET", "POST", "DELETE", "GET") * 2]

    assert statuses == [200, 422, 204, 200] * 2
    assert server.connections == 1


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"


def test_compressed_and_chunked_answers_are_read_whole() -> None:
    """gzip inside chunks, in any cut, gives the text it was made from."""
    document = {"text": "".join(chr(97 + number * number % 23) for number in range(5000))}
    body = gzip.compress(json.dumps(document).encode())
    for size in (1, 7, 4096):
        found = ask([CHUNKED + b"Content-Encoding: gzip\r\n\r\n", *chunks(body, size)])
        assert (found.status, found.document) == (200, document)


BROKEN: dict[str, list[Piece]] = {
    "reset": [RESET],
    "closed": [CLOSE],
    "reset in the head": [HEAD, RESET],
    "no HTTP": [b"SSH-2.0-x\r\n\r\n", CLOSE],
    "shorter than said": [HEAD + b'Content-Length: 10\r\n\r\n{"id"', CLOSE],
    "chunk cut": [CHUNKED + b'\r\n8\r\n{"id"', CLOSE],
    "no last chunk": [CHUNKED + b"\r\n2\r\n{}\r\n", CLOSE],
    "chunk without size": [CHUNKED + b"\r\nzz\r\n{}\r\n", CLOSE],
    "gzip damaged": [HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"],
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("pieces", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_leaves_the_fate_open(pieces: list[Piece], method: str) -> None:
    """The request had been sent; what came back is no answer, and no exception."""
    found = ask(pieces, method)

    assert (found.status, found.is_sent) == (0, True)
    assert meaning(found) is Meaning.UNSURE
    assert found.said.startswith("no usable answer")
    assert TOKEN not in repr(found)


def test_gzip_cut_short_is_no_document() -> None:
    """A compressed answer whose end is missing is never taken for the whole."""
    body = gzip.compress(json.dumps([{"id": number * number % 977} for number in range(2000)]).encode())
    found = ask([answer(body[:-40], content_encoding="gzip")])

    assert meaning(found) is Meaning.UNSURE


DRIPPING = {
    "head": [HEAD, *itertools.chain.from_iterable((f"X-{n}: y\r\n".encode(), 0.05) for n in range(100))],
    "body": [HEAD + b"Content-Length: 500\r\n\r\n", *[b" ", 0.05] * 500],
    "chunks": [CHUNKED + b"\r\n", *[b"1\r\n \r\n", 0.05] * 500],
    "silence": [HEAD, 25.0],
}


@pytest.mark.parametrize("pieces", DRIPPING.values(), ids=DRIPPING)
def test_a_slow_answer_is_cut_off(pieces: list[Piece]) -> None:
    """Neither silence nor an answer that comes byte by byte takes longer than it may."""
    start = monotonic()
    found = ask(pieces, "POST", seconds=0.2)

    assert (found.status, found.is_sent) == (0, True)
    assert monotonic() - start < 5


def test_nothing_is_sent_after_its_time(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is found too late: the write was given up, perhaps repeated, and is not sent behind our back."""
    known, is_given_up = socket.getaddrinfo, threading.Event()

    def slow(*args: Any, **kwargs: Any) -> Any:
        is_given_up.wait(30)
        return known(*args, **kwargs)

    with RawServer(lambda _: [answer()], authority.server("127.0.0.1")) as server:
        wire = Wire(connection(server, authorities=authority.pem))
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        before = set(threading.enumerate())
        assert wire.send("POST", "/x", body={}, seconds=0.05).status == 0
        left = set(threading.enumerate()) - before
        is_given_up.set()
        for thread in left:
            thread.join(30)

    assert left
    assert server.connections == 1
    assert server.asked == []


def test_an_answer_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than BODY_LIMIT bytes are not kept, also where a few compressed ones make them."""
    monkeypatch.setattr(module, "BODY_LIMIT", 1 << 18)
    bomb = gzip.compress(b'"' + b"x" * (1 << 22) + b'"')

    assert ask([answer(b'"' + b"x" * (1 << 18) + b'"')]).status == 0
    assert ask([answer(bomb, content_encoding="gzip")]).status == 0
    assert ask([answer(b'"' + b"x" * (1 << 17) + b'"')]).status == 200


def test_nobody_there_is_surely_not_sent() -> None:
    """A refused connection leaves nothing behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refused = Wire(Connection(f"http://127.0.0.1:{taken.getsockname()[1]}", "acme/shop", TOKEN))
        found = refused.send("POST", "/x", body={}, seconds=SECONDS)

    assert (found.status, found.is_sent, found.is_final) == (0, False, False)
    assert meaning(found) is Meaning.NOT_DONE


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_stay_on_the_host(status: int) -> None:
    """A read follows within the same host, a few times; another host gets neither request nor token."""
    with RawServer(lambda _: [answer()]) as other:

        def script(asked: Asked) -> Iterable[Piece]:
            target = {"/old": "/new", "/away": f"{other.url}/x", "/round": "/round"}.get(asked.path)
            return [answer(b'{"message": "Moved"}', status, location=target) if target else answer(b'{"id": 1}')]

        with RawServer(script) as server:
            wire = Wire(connection(server))
            assert wire.send("GET", "/old", seconds=SECONDS).document == {"id": 1}
            assert wire.send("GET", "/away", seconds=SECONDS).status == status
            assert wire.send("GET", "/round", seconds=SECONDS).status == status
            written = wire.send("POST", "/old", body={"n": 1}, seconds=SECONDS)

    assert other.asked == []
    assert written.status == (200 if status in {307, 308} else status)
    moved = [(asked.method, asked.body) for asked in server.asked if asked.path == "/new"]
    assert moved == [("GET", b""), ("POST", b'{"n": 1}')][: 2 if status in {307, 308} else 1]
    assert [asked.path for asked in server.asked].count("/round") == 1 + module.REDIRECT_LIMIT


def test_not_ready_is_asked_again_by_us() -> None:
    """A 202 to a read is no answer yet (PyGithub would wait for it by itself); to a write it is."""
    assert meaning(ask([answer(b"{}", 202)])) is Meaning.UNSURE
    assert meaning(ask([answer(b"{}", 202)], "POST")) is Meaning.DONE


def test_strange_headers_do_no_harm() -> None:
    """Numbers that are none, where PyGithub expects some, are no reason to lose an answer."""
    odd = {"X_RateLimit_Remaining": "inf", "X_RateLimit_Limit": "many", "X_RateLimit_Reset": ""}

    assert ask([answer(b'{"id": 1}', **odd)]).document == {"id": 1}


def test_nothing_tells_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """It is in no repr, no log at the usual level, and in no answer, even where the other side repeats it."""
    with RawServer(
        lambda asked: [answer(json.dumps({"message": asked.headers["authorization"]}).encode(), 400)]
    ) as server:
        place = connection(server)
        with caplog.at_level(logging.INFO):
            found = Wire(place).send("GET", "/x", seconds=SECONDS)

    assert found.said == "HTTP 400: token ***"
    assert TOKEN not in repr(found) + repr(place) + caplog.text


@pytest.mark.parametrize("how", ["verify", "authorities"])
def test_a_company_authority_is_trusted(how: str, authority: Authority) -> None:
    """A server that the system's bundle file, or the input's text, vouches for is asked."""
    given = {"verify": str(authority.file)} if how == "verify" else {"authorities": authority.pem}
    with RawServer(lambda _: [answer()], authority.server("127.0.0.1")) as server:
        assert Wire(connection(server, **given)).send("GET", "/x", seconds=SECONDS).status == 200


def test_the_named_bundle_counts_alone(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUESTS_CA_BUNDLE does not widen what the connection was told to trust."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    other = Authority(tmp_path / "other")
    with RawServer(lambda _: [answer()], authority.server("127.0.0.1")) as server:
        assert Wire(connection(server, verify=str(other.file))).send("GET", "/x", seconds=SECONDS).status == 0


@pytest.mark.parametrize("fault", ["signer", "name"])
def test_a_stranger_is_told_nothing(fault: str, authority: Authority, tmp_path: Path) -> None:
    """A certificate of an unknown signer, or for another name: no request, and no reason to try again."""
    signer = Authority(tmp_path / "other") if fault == "signer" else authority
    tls = signer.server("github.example.com" if fault == "name" else "127.0.0.1")
    with RawServer(lambda _: [answer()], tls) as server:
        found = Wire(connection(server, verify=str(authority.file))).send("POST", "/x", body={}, seconds=SECONDS)

    assert (found.status, found.is_sent, found.is_final) == (0, False, True)
    assert meaning(found) is Meaning.HOPELESS
    assert "ca-bundle" in found.said
    assert server.asked == []


def test_a_tls_connection_that_breaks_later_leaves_the_fate_open(authority: Authority) -> None:
    """Only what fails before the request is surely not sent."""
    with RawServer(lambda _: [HEAD, RESET], authority.server("127.0.0.1")) as server:
        found = Wire(connection(server, verify=str(authority.file))).send("POST", "/x", body={}, seconds=SECONDS)

    assert meaning(found) is Meaning.UNSURE
    assert len(server.asked) == 1


def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the surroundings is asked, and one that is away means that nothing was sent."""
    with RawServer(lambda _: [answer(b'{"via": "proxy"}')]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        wire = Wire(Connection("http://127.0.0.1:9", "acme/shop", TOKEN))
        assert wire.send("GET", "/x", seconds=SECONDS).document == {"via": "proxy"}
    assert proxy.asked[0].path == "http://127.0.0.1:9/x"

    away = wire.send("POST", "/x", body={}, seconds=SECONDS)
    assert (away.status, away.is_sent) == (0, False)


def test_https_goes_through_a_proxy_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy, https is a tunnel: the proxy sees the host, never the token."""
    with RawServer(lambda _: [answer(b"", 407), CLOSE]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        found = Wire(Connection("https://github.example.com", "acme/shop", TOKEN)).send("GET", "/x", seconds=SECONDS)

    assert found.status == 0
    assert [(asked.method, asked.path) for asked in proxy.asked] == [("CONNECT", "github.example.com:443")]
    assert TOKEN not in repr(proxy.asked) + repr(found)
