"""Registries that answer oddly or with bad intent: harmless, and said."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fakes.rawserver import CLOSE, RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.registry import client
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.credentials import parse as parse_lines
from go_release_gate.adapters.registry.dockerconfig import DockerConfig
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError, RegistryError
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference, parse

MANIFEST = b'{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json"}'
Serve = Callable[[Callable[[Asked], Iterable[Piece]]], RawServer]
SECRET = "hunter2-is-secret"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that say what a script says."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(RawServer(script))


def to(server: RawServer, lines: str = "", refresh: str = "", **timing: Any) -> Registries:
    """Registries with the logins of some lines, `HOST` in them being the server's, or with a refresh token."""
    docker = DockerConfig({"auths": {domain(server): {"identitytoken": refresh}}})
    logins = Logins([parse_lines(lines.replace("HOST", domain(server))), docker])
    return Registries(Access(Asker(HttpWire(), Timing(**{"sleep": lambda _seconds: None, **timing})), logins))


def domain(server: RawServer) -> str:
    """The server as references name it."""
    return server.url.removeprefix("http://")


def image(server: RawServer, name: str = "acme/shop:v1") -> Reference:
    """A reference at the server."""
    return parse(f"{domain(server)}/{name}")


def always(piece: bytes) -> Callable[[Asked], Iterable[Piece]]:
    """The same for every request; a HEAD gets the head alone."""
    head = piece.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return lambda asked: [head, CLOSE] if asked.method == "HEAD" else [piece]


def refused(call: Callable[[], object]) -> str:
    """What a RegistryError says, which must be one line that prints."""
    with pytest.raises(RegistryError) as caught:
        call()
    assert caught.value.message.isprintable()
    assert SECRET not in caught.value.message + caught.value.hint
    return caught.value.message


def test_a_huge_manifest(serve: Serve) -> None:
    """What is announced, and what just goes on, is read up to the limit alone."""
    for script in (
        lambda _asked: [answer(b"x" * ((4 << 20) + 1))],
        lambda _asked: [b"HTTP/1.1 200 X\r\n\r\n", *([b"x" * (1 << 20)] * 64), CLOSE],
    ):
        server = serve(script)
        assert "more than 4194304 bytes" in refused(lambda server=server: to(server).manifest(image(server)))


def test_wrong_bytes(serve: Serve) -> None:
    """Bytes with another digest than the one asked for, or than the header's, are refused; so is another header."""
    other = digests.of(b"other")
    server = serve(always(answer(MANIFEST, docker_content_digest=other)))
    assert "another digest" in refused(lambda: to(server).manifest(image(server)))
    assert "another digest" in refused(lambda: to(server).look(image(server, f"acme/shop@{digests.of(MANIFEST)}")))
    assert "another digest" in refused(lambda: to(server).blob(image(server), digests.of(b"blob")))
    assert to(server).blob(image(server), digests.of(MANIFEST)) == MANIFEST


def test_no_digest_and_no_head(serve: Serve) -> None:
    """Where HEAD is refused, or names no digest or one that is none, the bytes decide."""
    for head in (answer(b"", 405), answer(b""), answer(b"", docker_content_digest="sha256:short"), answer(b"", 400)):
        server = serve(lambda asked, head=head: [head if asked.method == "HEAD" else answer(MANIFEST)])
        assert to(server).look(image(server)).digest == digests.of(MANIFEST)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b"\xff", b"[" * 100_000])
def test_what_is_no_manifest(serve: Serve, body: bytes) -> None:
    """Another answer than a JSON object is no manifest, whatever its status."""
    server = serve(always(answer(body)))
    assert "no manifest" in refused(lambda: to(server).look(image(server)))


@pytest.mark.parametrize(
    "body", [b"<html>not here", b"{}", b'{"errors": []}', b'{"errors": [{"code": 7}]}', b'{"errors": 7}']
)
def test_not_found_by_somebody_else(serve: Serve, body: bytes) -> None:
    """A 404 that no registry would write is no absence: a login page or a proxy must not let a tag pass as new."""
    server = serve(always(answer(body, 404)))
    with pytest.raises(RegistryError) as caught:
        to(server).look(image(server))
    assert not isinstance(caught.value, AbsentError)


def test_packed_answers(serve: Serve) -> None:
    """Nothing packed is asked for, and nothing is unpacked."""
    server = serve(always(answer(b"\x1f\x8b" + b"x" * 99, content_encoding="gzip")))
    assert "packed" in refused(lambda: to(server).manifest(image(server)))
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 without https"),
        ("https://169.254.169.254/", "an inner network"),
        ("https://10.0.0.1/", "an inner network"),
        ("http://blobs.example.com/", "without https"),
        ("https://u:p@blobs.example.com/", "with a user"),
        ("file:///etc/passwd", "without a host"),
        ("https://[", "an address"),
        ("//", "redirect"),
    ],
)
def test_redirects_that_are_not_followed(serve: Serve, location: str, said: str) -> None:
    """Inner networks, plain http and odd addresses are not asked; the message says where it would have led."""
    server = serve(always(answer(b"", 307, location=location)))
    assert said in refused(lambda: to(server).manifest(image(server)))
    assert len(server.asked) <= 4


def test_a_redirect_takes_no_login_along(serve: Serve) -> None:
    """A blob may lie elsewhere: that host gets no header of ours, and a challenge of it is not answered."""
    asking = answer(b"", 401, www_authenticate='Basic realm="give it to me"')
    store = serve(lambda asked: [answer(b"blob") if "fine" in asked.path else asking])

    def script(asked: Asked) -> list[bytes]:
        if not asked.headers.get("authorization"):
            return [answer(b"", 401, www_authenticate='Basic realm="r"')]
        return [answer(b"", 307, location=f"{store.url}/{'fine' if digests.of(b'blob') in asked.path else 'foul'}")]

    server = serve(script)
    registries = to(server, f"HOST me:{SECRET}")
    assert registries.blob(image(server), digests.of(b"blob")) == b"blob"
    assert "HTTP 401" in refused(lambda: registries.blob(image(server), digests.of(b"other")))
    assert [asked.path for asked in store.asked] == ["/fine", "/foul"]
    assert all("authorization" not in asked.headers for asked in store.asked)


def test_redirects_in_a_circle(serve: Serve) -> None:
    """After a few redirects it ends."""
    server = serve(always(answer(b"", 302, location="/v2/again")))
    assert "more than 3 redirects" in refused(lambda: to(server).manifest(image(server)))


@pytest.mark.parametrize(
    "link",
    ['</v2/acme/shop/tags/list?n=1000>; rel="next"', None, '<https://other.example.com/v2/>; rel="next"',
     '<//169.254.169.254/v2/>; rel=next', "<http://[/>; rel=next"],
)  # fmt: skip
def test_lists_without_an_end(serve: Serve, link: str | None) -> None:
    """A list that leads to itself, on and on, or away: stopped and said. A link that is none ends the list."""
    count = iter(range(10_000))
    body = json.dumps({"tags": ["v1", 7, "-no-tag", "v1"]}).encode()
    server = serve(lambda _asked: [answer(body, link=link or f"</v2/x?last={next(count)}>; rel=next")])
    if link and "[" in link:
        assert to(server).tags(image(server)) == ("v1",)
        return
    said = refused(lambda: to(server).tags(image(server)))
    assert "without an end" in said or "at another host" in said
    assert len(server.asked) <= client.PAGES


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"tags": "v1"}', b'{"tags": {"v1": 1}}', b"7"])
def test_lists_that_are_none(serve: Serve, body: bytes) -> None:
    """What is no list of tags is not an empty one, unless the registry says null."""
    server = serve(always(answer(body)))
    assert "no list of tags" in refused(lambda: to(server).tags(image(server)))
    empty = serve(always(answer(b'{"tags": null}')))
    assert to(empty).tags(image(empty)) == ()


def test_words_of_a_registry(serve: Serve) -> None:
    """Control characters, commands for the runner's log, length, and a secret given back: none reaches a message."""
    message = f"\x1b[31m::error::\r\n##[set]\u202e{SECRET} " + "x" * 9_000
    body = json.dumps({"errors": [{"code": "DENIED\n::stop", "message": message}]}).encode()

    def script(asked: Asked) -> list[bytes]:
        if not asked.headers.get("authorization"):
            return [answer(b"", 401, www_authenticate='Basic realm="r"')]
        return [answer(body, 418)]

    server = serve(script)
    said = refused(lambda: to(server, f"HOST me:{SECRET}").manifest(image(server)))
    assert "HTTP 418" in said
    assert len(said) < 400


@pytest.mark.parametrize(
    "realm", ["http://169.254.169.254/token", "https://10.0.0.1/token", "file:///etc/passwd", "", "not an address"]
)
def test_token_services_that_are_not_asked(serve: Serve, realm: str) -> None:
    """A challenge may not send us, or the login, into an inner network."""
    server = serve(always(answer(b"", 401, www_authenticate=f'Bearer realm="{realm}"')))
    assert "token service that is not asked" in refused(lambda: to(server, f"HOST me:{SECRET}").look(image(server)))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(b"{}"), "no token"),
        (answer(b'{"token": "a\\r\\nX-Evil: 1"}'), "no token"),
        (answer(b'{"token": "a\\r\\nX-Evil:1"}'), "no token"),
        (answer(b'{"token": ["a"]}'), "no token"),
        (answer(b"<html>"), "no token"),
        (answer(b"[" * 100_000), "no token"),
        (answer(b"x" * ((1 << 20) + 1)), "more than"),
        (answer(b"", 302, location="/elsewhere"), "redirects"),
        (answer(b"", 500), "HTTP 500"),
    ],
)
def test_token_services_that_give_none(serve: Serve, reply: bytes, said: str) -> None:
    """Without a token that can stand in a header there is no second try."""

    def script(asked: Asked) -> list[bytes]:
        if asked.path.startswith(("/token", "/elsewhere")):
            return [reply]
        return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token"')]

    server = serve(script)
    assert said in refused(lambda: to(server).look(image(server)))
    assert "x-evil" not in " ".join(str(asked.headers) for asked in server.asked)


def test_a_registry_that_never_lets_in(serve: Serve) -> None:
    """Challenge, token, challenge again: refused after one round."""

    def script(asked: Asked) -> list[bytes]:
        if asked.path.startswith("/token"):
            return [answer(b'{"token": "t"}')]
        return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token"')]

    server = serve(script)
    with pytest.raises(DeniedError):
        to(server).look(image(server))
    assert len(server.asked) == 3


def test_again_after_a_moment(serve: Serve) -> None:
    """Rate limits, server errors and lost connections are met by asking again, after the wait that was told."""
    waits: list[float] = []
    answers = iter([[answer(b"", 429, retry_after="3")], [answer(b"", 503)], [RESET], [answer(MANIFEST)]])
    server = serve(lambda _asked: next(answers))
    assert to(server, sleep=waits.append).manifest(image(server)).digest == digests.of(MANIFEST)
    assert waits == [3.0, 1.0, 2.0]


def test_a_wait_that_is_too_long(serve: Serve) -> None:
    """A registry that wants us to come back in an hour is not waited for."""
    waits: list[float] = []
    server = serve(always(answer(b"", 429, retry_after="3600")))
    assert "HTTP 429" in refused(lambda: to(server, sleep=waits.append).manifest(image(server)))
    assert waits == []


@pytest.mark.parametrize("script", [
    lambda _asked: [b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort", CLOSE],
    lambda _asked: [b"nonsense\r\n\r\n", CLOSE],
    lambda _asked: [b"HTTP/1.1 200 X\r\n" + b"a: b\r\n" * 200 + b"\r\n", CLOSE],
    lambda _asked: [b"HTTP/1.1 200 X\r\n" + b"a" * 100_000, CLOSE],
    lambda _asked: [CLOSE],
])  # fmt: skip
def test_broken_answers(serve: Serve, script: Callable[[Asked], Iterable[Piece]]) -> None:
    """What is no whole answer is none, and the host is not asked again in this run."""
    server = serve(script)
    registries = to(server)
    assert "no usable answer" in refused(lambda: registries.manifest(image(server)))
    before = server.connections
    assert "not asked again" in refused(lambda: registries.manifest(image(server, "acme/other:v1")))
    assert server.connections == before


def test_a_name_that_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that no name server knows is said in words, once, not by the name of an exception."""

    def fail(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(-2, "x")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    registries = Registries(Access(Asker(HttpWire(), Timing(sleep=lambda _seconds: None)), Logins([])))
    said = refused(lambda: registries.manifest(parse("registry.example.com/acme/shop:v1")))
    assert said == "registry.example.com gave no usable answer: its name is not found (name resolution)"


def test_an_answer_that_drips(serve: Serve) -> None:
    """A host that sends a byte now and then holds nobody longer than the time there is."""
    server = serve(lambda _asked: [b"HTTP/1.1 200 X\r\n\r\n", *([b"x", 0.05] * 1_000)])
    assert "no answer in time" in refused(lambda: to(server, total=0.3).manifest(image(server)))


def test_no_time_left(serve: Serve) -> None:
    """When the time for everything is over nothing is sent any more."""
    server = serve(always(answer(MANIFEST)))
    registries = to(server)
    registries.within(0)
    assert "no time is left" in refused(lambda: registries.look(image(server)))
    assert server.asked == []


def test_a_refresh_token_stays_where_it_belongs(serve: Serve) -> None:
    """It is no password for a registry that wants one, and no redirect takes it along."""
    plain = serve(always(answer(b"", 401, www_authenticate='Basic realm="r"')))
    with pytest.raises(DeniedError):
        to(plain, refresh=SECRET).look(image(plain))
    assert all("authorization" not in asked.headers for asked in plain.asked)

    def script(asked: Asked) -> list[bytes]:
        if asked.path.startswith("/token"):
            return [answer(b"", 307, location="/elsewhere")]
        return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token"')]

    server = serve(script)
    assert "redirect instead of an answer" in refused(lambda: to(server, refresh=SECRET).look(image(server)))
    assert [asked.method for asked in server.asked] == ["HEAD", "POST"]


def test_a_refusal_without_a_challenge(serve: Serve) -> None:
    """Where a header that let us in is refused without a word, it is taken back, and the challenge comes."""
    tokens = iter(["first", "second"])

    def script(asked: Asked) -> list[bytes]:
        given = asked.headers.get("authorization")
        if asked.path.startswith("/token"):
            return [answer(json.dumps({"token": next(tokens)}).encode())]
        if not given:
            return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token"')]
        return [answer(MANIFEST) if given == f"Bearer {good[-1]}" else answer(b"", 403)]

    good = ["first"]
    server = serve(script)
    registries = to(server)
    assert registries.manifest(image(server)).content == MANIFEST
    good.append("second")
    assert registries.manifest(image(server)).content == MANIFEST


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_login_that_the_token_service_refuses(serve: Serve, status: int) -> None:
    """Whatever status a token service has for a wrong login (OAuth has 400), the login is to blame, not the network."""

    def script(asked: Asked) -> list[bytes]:
        if asked.path.startswith("/token"):
            return [answer(b'{"error": "invalid_grant"}', status)]
        return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token"')]

    server = serve(script)
    for registries in (to(server, refresh=SECRET), to(server, f"HOST me:{SECRET}")):
        with pytest.raises(DeniedError, match="refuses the login of"):
            registries.look(image(server))


def test_a_realm_with_a_query(serve: Serve) -> None:
    """What a token service's address asks for already is kept."""

    def script(asked: Asked) -> list[bytes]:
        if asked.path.startswith("/token"):
            return [answer(b'{"token": "t"}')]
        if not asked.headers.get("authorization"):
            return [answer(b"", 401, www_authenticate=f'Bearer realm="{server.url}/token?tenant=a#x",service="s"')]
        return [answer(MANIFEST)]

    server = serve(script)
    assert to(server).manifest(image(server)).content == MANIFEST
    assert server.asked[1].path == "/token?tenant=a&service=s&scope=repository:acme/shop:pull"
