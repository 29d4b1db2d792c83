"""Where to ask, whom to trust, and what is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, RawServer, answer
from go_release_gate.adapters.github.client import Timing
from go_release_gate.adapters.github.connecting import connect
from go_release_gate.adapters.github.connection import Connection, connection_of
from go_release_gate.errors import UsageError

TOKEN = "t0ken-canary"


@pytest.mark.parametrize(
    "api",
    [
        "http://github.example.com",
        "http://127.0.0.1.example.com:80",
        "http://127.0.0.1:80@example.com",
        "https://ann:pass@github.example.com",
        "https://",
        "https://github.example.com:port",
        "https://github.example.com/api/v3?x=1",
        "file:///etc",
        "",
    ],
)
def test_a_token_never_leaves_in_the_clear(api: str) -> None:
    """Only https is asked, except on the loopback, and only an address that is nothing but one."""
    with pytest.raises(UsageError, match="https"):
        Connection(api, "acme/shop", TOKEN)


@pytest.mark.parametrize(
    "repository", ["", "acme", "acme/", "/shop", "acme/shop/x", "acme/..", "acme/sh op", "acme/s?x"]
)
def test_a_repository_is_owner_and_name(repository: str) -> None:
    """Nothing else reaches an address."""
    with pytest.raises(UsageError, match="OWNER/NAME"):
        Connection("https://api.github.com", repository, TOKEN)


def test_secrets_are_not_shown() -> None:
    """Neither the token nor a long certificate stands in the repr."""
    assert TOKEN not in repr(Connection("https://api.github.com", "acme/shop", TOKEN))


def test_the_environment_describes_the_connection(tmp_path: Path) -> None:
    """GitHub Enterprise's address, the public one where none is given, and the bundle that SSL_CERT_FILE names."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("x")
    environ = {"GITHUB_REPOSITORY": "acme/shop", "SSL_CERT_FILE": str(bundle)}
    public = connection_of(environ, token="")
    own = connection_of({**environ, "GITHUB_API_URL": "https://github.example.com/api/v3/"}, token=TOKEN)

    assert (public.base, public.verify, public.token) == ("https://api.github.com", str(bundle), "")
    assert (own.base, own.origin) == ("https://github.example.com/api/v3", "https://github.example.com")


@pytest.mark.parametrize("given", [{"verify": "/nonexistent"}, {"authorities": "no certificate"}])
def test_unreadable_authorities_are_told(given: dict[str, str]) -> None:
    """A bundle that cannot be read is the user's mistake, not a reason to trust somebody else."""
    with pytest.raises(UsageError, match="certificate authorities"):
        Connection("https://api.github.com", "acme/shop", **given).tls()


@pytest.mark.parametrize("how", ["input", "system"])
def test_connect_asks_with_the_company_authority(how: str, authority: Authority) -> None:
    """Both the input and the system's bundle make a company's GitHub answer; the client repeats as it should."""
    answers = iter([CLOSE, answer(b'{"id": 1}')])
    slept: list[float] = []
    with RawServer(lambda _: [next(answers)], authority.server("127.0.0.1")) as server:
        environ = {"GITHUB_API_URL": server.url, "GITHUB_REPOSITORY": "acme/shop"}
        environ |= {"SSL_CERT_FILE": str(authority.file)} if how == "system" else {}
        pem = authority.pem if how == "input" else ""
        client = connect(environ, token=TOKEN, ca_bundle_pem=pem, timing=Timing(sleep=slept.append))
        assert client.get("/repos/acme/shop") == {"id": 1}

    assert client.repository == "acme/shop"
    assert len(slept) == 1
