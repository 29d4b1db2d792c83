"""Streams from GitHub: the token stays with its host, and every stream has an end."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.opening import RefusedError, opened
from go_release_gate.errors import UnavailableError

TOKEN = "t0ken-canary"
CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"


def fetch(server: RawServer, path: str = "/x", seconds: float = 20.0, timeout: float = 15.0) -> bytes:
    place = Connection(server.url, "acme/shop", TOKEN, timeout=timeout)
    with opened(place, path, accept="*/*", limit=1 << 16, seconds=seconds) as stream:
        return stream.whole()


def test_the_token_stays_with_its_host() -> None:
    """A redirect within the host keeps the token; to anywhere else that is not https nothing is sent at all."""
    with RawServer(lambda _: [answer(b"stolen")]) as other:

        def script(asked: Asked) -> Iterable[Piece]:
            target = {"/old": "/new", "/away": f"{other.url}/x", "/file": "file:///etc/passwd"}.get(asked.path)
            return [answer(b"", 302, location=target) if target else answer(b"found")]

        with RawServer(script) as server:
            assert fetch(server, "/old") == b"found"
            for path in ("/away", "/file"):
                with pytest.raises(UnavailableError, match=r"not https|HTTP 302"):
                    fetch(server, path)

    assert [asked.headers.get("authorization") for asked in server.asked] == [f"Bearer {TOKEN}"] * 4
    assert other.asked == []


def test_another_host_does_not_see_the_token(authority: Authority) -> None:
    """Archives lie on another host of GitHub's: it is asked without the token."""
    with (
        RawServer(lambda _: [answer(b"archive")], authority.server("127.0.0.1")) as other,
        RawServer(lambda _: [answer(b"", 302, location=f"{other.url}/x?own=1")]) as server,
    ):
        place = Connection(server.url, "acme/shop", TOKEN, authorities=authority.pem)
        with opened(place, "/x", accept="*/*", limit=100, seconds=20) as stream:
            assert stream.whole() == b"archive"

    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert other.asked[0].path == "/x?own=1"
    assert TOKEN not in repr(other.asked)


def test_an_endless_redirect_ends() -> None:
    """A server that sends us round in a circle is left."""
    with RawServer(lambda _: [answer(b"", 302, location="/x")]) as server, pytest.raises(RefusedError) as caught:
        fetch(server)

    assert caught.value.status == 302
    assert len(server.asked) < 20


BROKEN: dict[str, list[Piece]] = {
    "reset": [RESET],
    "closed": [CLOSE],
    "reset in the body": [b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc", RESET],
    "shorter than said": [b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc", CLOSE],
    "chunk cut": [CHUNKED + b"8\r\nabc", CLOSE],
    "no last chunk": [CHUNKED + b"3\r\nabc\r\n", CLOSE],
    "no HTTP": [b"SSH-2.0-x\r\n\r\n", CLOSE],
    "too large": [answer(b"x" * (1 << 16) + b"y")],
    "length is no number": [b"HTTP/1.1 200 X\r\nContent-Length: many\r\n\r\nabc", CLOSE],
}


@pytest.mark.parametrize("pieces", BROKEN.values(), ids=BROKEN)
def test_a_broken_stream_is_unavailable(pieces: list[Piece]) -> None:
    """Whatever breaks, the error is ours, and it does not tell the token."""
    with RawServer(lambda _: pieces) as server, pytest.raises(UnavailableError) as caught:
        fetch(server)

    assert TOKEN not in repr(caught.value)


def test_a_slow_stream_is_cut_off() -> None:
    """A body that comes byte by byte does not take longer than it may."""
    with RawServer(lambda _: [CHUNKED, *[b"1\r\nx\r\n", 0.02] * 2000]) as server:
        start = monotonic()
        with pytest.raises(UnavailableError, match="too long"):
            fetch(server, seconds=0.2)

    assert monotonic() - start < 10


def test_a_silent_server_is_left() -> None:
    """Silence ends with the connection's time limit."""
    with RawServer(lambda _: [60.0]) as server, pytest.raises(UnavailableError, match="could not be asked"):
        fetch(server, timeout=0.1)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_refusal_has_its_status(status: int) -> None:
    """The caller decides what a status means."""
    with RawServer(lambda _: [answer(b"{}", status)]) as server, pytest.raises(RefusedError) as caught:
        fetch(server)

    assert caught.value.status == status
