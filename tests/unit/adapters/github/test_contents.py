"""One file of the base commit, asked of a GitHub that a loopback server plays."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from go_release_gate.adapters.github.contents import read_contents
from go_release_gate.errors import UnavailableError

FILE = "/repos/acme/shop/contents/sub%20dir/.go-release-gate.yml?ref=abc"


class Handler(BaseHTTPRequestHandler):
    """Knows one file; remembers what it was asked."""

    asked: list[tuple[str, str | None, str | None]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"], self.headers["Accept"]))
        status = 200 if self.path == FILE else 403 if "forbidden" in self.path else 404
        self.send_response(status)
        self.end_headers()
        if status == 200:
            self.wfile.write(b"jobs: 1\n")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of the server."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Handler.asked = []
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_is_read_raw_with_the_token(github: str) -> None:
    """Path and commit are quoted, the raw form is asked for, the token is sent."""
    data = read_contents(github, "acme/shop", "sub dir/.go-release-gate.yml", commit="abc", token="t0ken")

    assert data == b"jobs: 1\n"
    assert Handler.asked == [(FILE, "Bearer t0ken", "application/vnd.github.raw+json")]


def test_a_file_that_is_not_there_is_none(github: str) -> None:
    """Not found is an answer; no token sends no header."""
    assert read_contents(github, "acme/shop", "nope", commit="abc", token="") is None
    assert Handler.asked[0][1] is None


def test_a_refusal_is_unavailable(github: str) -> None:
    """Anything else is no answer, and the message carries no token."""
    with pytest.raises(UnavailableError, match="HTTP 403") as caught:
        read_contents(github, "acme/shop", "forbidden", commit="abc", token="t0ken")

    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("api", ["http://github.example.com", "file:///etc", "ftp://x"])
def test_a_token_never_leaves_in_the_clear(api: str) -> None:
    """Only https is asked, except on the loopback."""
    with pytest.raises(UnavailableError, match="https"):
        read_contents(api, "acme/shop", "x", commit="abc", token="t0ken")


def test_no_server_is_unavailable() -> None:
    """A refused connection is told as such."""
    with pytest.raises(UnavailableError, match="could not be asked"):
        read_contents("http://127.0.0.1:9", "acme/shop", "x", commit="abc", token="")
