"""Proxies of the environment: who is asked through them, and what they get to see."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from fakes.authority import Authority
from fakes.rawserver import CLOSE, RawServer, answer
from fakes.tlsproxy import Answer, Internet
from go_release_gate.adapters.registry.routes import route_of
from go_release_gate.adapters.registry.wire import Ask, HttpWire

SECONDS = 20.0
LOGIN = f"Basic {base64.b64encode(b'ann:s/cret').decode()}"
TOKEN = {"Authorization": "Bearer token"}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy but the test's."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_tunnel_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy, https is one tunnel for several requests to a host, and another for another host."""
    authority = Authority(tmp_path)
    hosts = ("registry.example.com", "tokens.example.com")
    with Internet(authority, {host: lambda asked: Answer(body=asked.host.encode()) for host in hosts}).running() as net:
        monkeypatch.setenv("HTTPS_PROXY", net.url)
        wire = HttpWire(str(authority.file))
        found = [wire.send(Ask("GET", f"https://{hosts[number]}/v2/"), SECONDS).body for number in (0, 0, 1, 0, 1)]
        del wire

    assert found == [hosts[number].encode() for number in (0, 0, 1, 0, 1)]
    assert net.tunnels == list(hosts)


def test_a_tunnel_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy gets its own login and the host's name; what is for the host it never sees."""
    with RawServer(lambda _asked: [answer(b"", 407), CLOSE]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("://", "://ann:s%2Fcret@"))
        found = HttpWire().send(Ask("GET", "https://registry.example.com/v2/", TOKEN), SECONDS)

    assert found.trouble == "the connection failed (OSError)"
    assert [(asked.method, asked.path) for asked in proxy.asked] == [("CONNECT", "registry.example.com:443")]
    assert proxy.asked[0].headers.get("proxy-authorization") == LOGIN
    assert "authorization" not in proxy.asked[0].headers


def test_a_proxy_that_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over plain http the proxy gets whole addresses, each with its login, over one connection for a host."""
    with RawServer(lambda _asked: [answer(b"via")]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "ann:s%2Fcret@"))
        wire = HttpWire()
        for path in ("", "/v2/?n=1#part"):
            assert wire.send(Ask("GET", f"http://registry.example.com:5000{path}", TOKEN), SECONDS).body == b"via"
        assert proxy.connections == 1

    asked = [(each.path, each.headers["host"], each.headers["proxy-authorization"]) for each in proxy.asked]
    origin = "registry.example.com:5000"
    assert asked == [(f"http://{origin}/", origin, LOGIN), (f"http://{origin}/v2/?n=1", origin, LOGIN)]


def test_who_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine itself, and whom no_proxy names; neither gets the proxy's login."""
    monkeypatch.setenv("http_proxy", "http://ann:secret@127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "near.example.com")
    with RawServer(lambda _asked: [answer(b"straight")]) as server:
        assert HttpWire().send(Ask("GET", f"{server.url}/v2/"), SECONDS).body == b"straight"

    assert "proxy-authorization" not in server.asked[0].headers
    assert route_of("http://near.example.com:5000/v2/").proxy == ""
    assert route_of("http://far.example.com/v2/").proxy == "http://ann:secret@127.0.0.1:9"
    assert "secret" not in repr(route_of("http://far.example.com/v2/"))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://registry.example.com/", "http://", "http://ann:pw@127.0.0.1:9/", "//host/v2/"]
)
def test_what_is_not_asked(url: str) -> None:
    """Other schemes, no host, or a user in the address: said as ever, and nothing is sent."""
    assert HttpWire().send(Ask("GET", url), SECONDS).trouble == "the connection failed (URLError)"


def test_a_proxy_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that speaks no HTTP is not asked as if it did."""
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    found = HttpWire().send(Ask("GET", "http://registry.example.com/v2/"), SECONDS)
    assert found.trouble == "the connection failed (URLError)"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://registry.example.com", "/"),
        ("https://registry.example.com?a=b", "/?a=b"),
        ("https://registry.example.com/v2/;x?a=%2F&b#c", "/v2/;x?a=%2F&b"),
    ],
)
def test_targets(url: str, target: str) -> None:
    """The address as it is, without host and fragment: those that are signed must not change."""
    assert route_of(url).target(url) == target
