"""One file of the base commit, asked of a GitHub that a loopback server plays."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from subprocess import run

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, Asked, Piece, RawServer, answer
from go_release_gate.adapters.github import contents
from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.contents import read_contents
from go_release_gate.errors import UnavailableError

FILE = "/repos/acme/shop/contents/sub%20dir/.go-release-gate.yml?ref=abc"


def known(asked: Asked) -> Iterable[Piece]:
    """One file, one that nobody may see, and nothing else."""
    if "forbidden" in asked.path:
        return [answer(b"secret", 403)]
    return [answer(b"jobs: 1\n")] if asked.path == FILE else [answer(b"", 404)]


def test_a_file_is_read_raw_with_the_token() -> None:
    """Path and commit are quoted, the raw form is asked for, the token is sent."""
    with RawServer(known) as github:
        place = Connection(github.url, "acme/shop", "t0ken")
        assert read_contents(place, "sub dir/.go-release-gate.yml", commit="abc") == b"jobs: 1\n"

    (asked,) = github.asked
    assert asked.path == FILE
    assert asked.headers["authorization"] == "Bearer t0ken"
    assert asked.headers["accept"] == "application/vnd.github.raw+json"


def test_a_file_that_is_not_there_is_none() -> None:
    """Not found is an answer; no token sends no header."""
    with RawServer(known) as github:
        assert read_contents(Connection(github.url, "acme/shop"), "nope", commit="abc") is None

    assert "authorization" not in github.asked[0].headers


def test_a_refusal_is_unavailable() -> None:
    """Anything else is no answer, and the message carries no token."""
    with RawServer(known) as github, pytest.raises(UnavailableError, match="HTTP 403") as caught:
        read_contents(Connection(github.url, "acme/shop", "t0ken"), "forbidden", commit="abc")

    assert "t0ken" not in str(caught.value)


def test_a_file_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit is not taken, and no part of it."""
    monkeypatch.setattr(contents, "SIZE_LIMIT", 7)
    with RawServer(known) as github, pytest.raises(UnavailableError, match="too large"):
        read_contents(Connection(github.url, "acme/shop"), "sub dir/.go-release-gate.yml", commit="abc")


def test_a_file_cut_short_is_no_file() -> None:
    """A configuration that lost its end is not taken for the whole."""
    short = answer(b"jobs: 1\nfail-on: never\n")[:-10]
    with (
        RawServer(lambda _: [short, CLOSE]) as github,
        pytest.raises(UnavailableError, match=r"cut short|IncompleteRead"),
    ):
        read_contents(Connection(github.url, "acme/shop"), "x", commit="abc")


def test_a_company_authority_is_trusted(authority: Authority) -> None:
    """The input `ca-bundle` counts here, too; without it the server is a stranger."""
    with RawServer(lambda _: [answer(b"jobs: 1\n")], authority.server("127.0.0.1")) as github:
        known_place = Connection(github.url, "acme/shop", "t0ken", authorities=authority.pem)
        assert read_contents(known_place, "x", commit="abc") == b"jobs: 1\n"
        with pytest.raises(UnavailableError, match="SSLCertVerificationError"):
            read_contents(Connection(github.url, "acme/shop", "t0ken"), "x", commit="abc")

    assert len(github.asked) == 1


def test_the_start_stays_light() -> None:
    """Reading the base commit's configuration loads no HTTP library of others."""
    program = (
        "import sys\n"
        "from go_release_gate.adapters.github.connection import Connection\n"
        "from go_release_gate.adapters.github.contents import read_contents\n"
        "try:\n    read_contents(Connection('http://127.0.0.1:9', 'acme/shop'), 'x', commit='abc')\n"
        "except Exception as error:\n    print(type(error).__name__)\n"
        "print([name for name in ('github', 'requests', 'urllib3') if name in sys.modules])"
    )
    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"})

    assert done.stdout.split("\n")[:2] == ["UnavailableError", "[]"]
