"""Registries that refuse a write, lose an answer, or want time: what is said, and what is repeated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from urllib.parse import parse_qs

import pytest

from fakes.rawserver import RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.credentials import parse as parse_lines
from go_release_gate.adapters.registry.errors import DeniedError, RegistryError
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.referring import referrers
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.adapters.registry.writing import blob_exists, delete_manifest, put_blob, put_manifest
from go_release_gate.errors import RefusedError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference, parse

INDEX = "application/vnd.oci.image.index.v1+json"
CONTENT = b'{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}'
DIGEST = digests.of(CONTENT)
Serve = Callable[[Callable[[Asked], Iterable[Piece]]], RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that say what a script says."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(RawServer(script))


def to(server: RawServer, lines: str = "") -> Registries:
    """Registries with the logins of some lines, `HOST` in them being the server's."""
    logins = Logins([parse_lines(lines.replace("HOST", server.url.removeprefix("http://")))])
    return Registries(Access(Asker(HttpWire(), Timing(sleep=lambda _seconds: None)), logins))


def image(server: RawServer, name: str = "acme/shop:prod") -> Reference:
    """A reference at the server."""
    return parse(f"{server.url.removeprefix('http://')}/{name}")


def error(code: str, message: str, status: int) -> bytes:
    """A registry's refusal."""
    return answer(json.dumps({"errors": [{"code": code, "message": message}]}).encode(), status)


def shown(digest: str = DIGEST) -> bytes:
    """The answer to HEAD of a manifest."""
    return answer(b"", docker_content_digest=digest, content_type=INDEX)


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("TAG_INVALID", "The image tag 'prod' already exists and cannot be overwritten: repository is immutable.", 400),
        ("PRECONDITION", "Failed to process request due to 'shop:prod' configured as immutable.", 412),
        ("DENIED", "tag is immutable", 403),
        ("UNSUPPORTED", "The operation is disallowed on this registry, repository or image.", 405),
        ("TAG_LOCKED", "manifest is locked", 409),
    ],
)
def test_a_tag_that_does_not_move(serve: Serve, code: str, message: str, status: int) -> None:
    """However a registry says that a tag is fixed, the message does, with its words and what to do."""
    server = serve(lambda _asked: [error(code, message, status)])
    with pytest.raises(RefusedError, match="does not let this tag move") as caught:
        put_manifest(to(server, "HOST someone:right"), image(server), CONTENT, INDEX)
    assert message.partition(" ")[0] in caught.value.message
    assert "immutable" in caught.value.hint


def test_a_registry_that_takes_no_writes(serve: Serve) -> None:
    """A pull-through cache is a refusal; so is a registry that deletes nothing."""
    server = serve(lambda _asked: [error("UNSUPPORTED", "The operation is unsupported.", 405)])
    with pytest.raises(RefusedError, match="does not take the manifest"):
        put_manifest(to(server), image(server), CONTENT, INDEX)
    with pytest.raises(RefusedError, match="does not delete") as caught:
        delete_manifest(to(server), image(server, f"acme/shop@{DIGEST}"))
    assert "REGISTRY_STORAGE_DELETE_ENABLED" in caught.value.hint


def test_another_denial(serve: Serve) -> None:
    """A login without the right is a denial, and nothing is said of tags."""
    server = serve(lambda _asked: [error("DENIED", "requested access to the resource is denied", 403)])
    with pytest.raises(DeniedError) as caught:
        put_manifest(to(server, "HOST someone:right"), image(server), CONTENT, INDEX)
    assert "may not write to acme/shop" in caught.value.hint


@pytest.mark.parametrize("first", [answer(b"", 503), answer(b"", 429, retry_after="1"), RESET])
def test_a_write_is_repeated(serve: Serve, first: Piece) -> None:
    """Too busy, and a connection that breaks: the same bytes are put again."""
    puts: list[bytes] = []

    def script(asked: Asked) -> Iterable[Piece]:
        if asked.method == "HEAD":
            return [shown()]
        puts.append(asked.body)
        return [first] if len(puts) == 1 else [answer(b"", 201)]

    assert put_manifest(to(serve(script)), image(serve(script)), CONTENT, INDEX) == DIGEST
    assert puts == [CONTENT, CONTENT]


def test_a_write_whose_answer_is_lost(serve: Serve) -> None:
    """What the tag shows decides: it took, though each answer was a failure; or it did not."""
    for seen, took in ((DIGEST, True), (digests.of(b"old"), False)):
        server = serve(lambda asked, seen=seen: [shown(seen)] if asked.method == "HEAD" else [answer(b"", 502)])
        if took:
            assert put_manifest(to(server), image(server), CONTENT, INDEX) == DIGEST
        else:
            with pytest.raises(RegistryError, match="HTTP 502"):
                put_manifest(to(server), image(server), CONTENT, INDEX)


def test_a_write_that_somebody_overwrites(serve: Serve) -> None:
    """A success after which the tag shows something else is no success."""
    other = digests.of(b"other")
    server = serve(lambda asked: [shown(other)] if asked.method == "HEAD" else [answer(b"", 201)])
    with pytest.raises(RegistryError, match=f"shows {other} behind the write"):
        put_manifest(to(server), image(server), CONTENT, INDEX)


@pytest.mark.parametrize("place", ["https://elsewhere.example.com/upload", "http://127.0.0.1:1/upload"])
def test_an_upload_that_leads_elsewhere(serve: Serve, place: str) -> None:
    """Neither bytes nor login go to another host."""

    def script(asked: Asked) -> Iterable[Piece]:
        if asked.method == "POST":
            return [answer(b"", 202, location=place)]
        return [answer(b"", 404)] if asked.method == "HEAD" else [error("BLOB_UNKNOWN", "blob unknown", 404)]

    server = serve(script)
    with pytest.raises(RegistryError, match="another host"):
        put_blob(to(server), image(server), b"{}")


def test_a_redirected_write(serve: Serve) -> None:
    """A write is not carried to where a redirect points."""
    server = serve(lambda _asked: [answer(b"", 307, location="/v2/other/shop/manifests/prod")])
    with pytest.raises(RegistryError):
        put_manifest(to(server), image(server), CONTENT, INDEX)
    assert [asked.path for asked in server.asked if asked.method == "PUT"] == ["/v2/acme/shop/manifests/prod"]


def test_absence_of_a_blob_is_a_registrys_word(serve: Serve) -> None:
    """A 404 counts with a registry's error code alone; a store that refuses HEAD is asked by GET."""
    digest = digests.of(b"blob")
    bare = serve(lambda _asked: [answer(b"<html>", 404)])
    with pytest.raises(RegistryError, match="no usable answer"):
        blob_exists(to(bare), image(bare), digest)
    signed = serve(lambda asked: [answer(b"", 403) if "store" in asked.path else _moved()])
    with pytest.raises(RegistryError):
        blob_exists(to(signed), image(signed), digest)
    get_only = serve(lambda asked: [answer(b"", 405) if asked.method == "HEAD" else answer(b"b", 206)])
    assert blob_exists(to(get_only), image(get_only), digest)


def _moved() -> bytes:
    return answer(b"", 307, location="/store/blob")


def test_a_delete_that_was_done_before(serve: Serve) -> None:
    """The second try after a lost answer finds nothing: that is what was wanted."""
    asked: list[str] = []

    def script(request: Asked) -> Iterable[Piece]:
        asked.append(request.method)
        return [answer(b"", 502)] if len(asked) == 1 else [error("MANIFEST_UNKNOWN", "unknown", 404)]

    assert not delete_manifest(to(serve(script)), image(serve(script), f"acme/shop@{DIGEST}"))
    assert asked == ["DELETE", "DELETE"]


def test_a_tag_is_never_deleted_by_name(serve: Serve) -> None:
    """Nothing is sent for a reference without a digest."""
    server = serve(lambda _asked: [answer(b"", 202)])
    with pytest.raises(RegistryError, match="names no digest"):
        delete_manifest(to(server), image(server))
    assert server.asked == []


def test_referrers_of_the_interface(serve: Serve) -> None:
    """Pages are followed, and what the fallback tag still names is added, each once."""
    one, two, three = (
        {"mediaType": INDEX, "digest": digests.of(name), "size": 1} for name in (b"one", b"two", b"three")
    )

    def script(asked: Asked) -> Iterable[Piece]:
        if "/manifests/sha256-" in asked.path:
            return [answer(json.dumps({"manifests": [two, three]}).encode())]
        if "page=2" in asked.path:
            return [answer(json.dumps({"manifests": [two]}).encode())]
        link = f'</v2/acme/shop/referrers/{DIGEST}?page=2>; rel="next"'
        return [answer(json.dumps({"manifests": [one]}).encode(), link=link)]

    server = serve(script)
    found = referrers(to(server), image(server, f"acme/shop@{DIGEST}"))
    assert [each.digest for each in found] == [digests.of(name) for name in (b"one", b"two", b"three")]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("repository:acme/shop:pull", "repository:acme/shop:pull,push"),
        ("repository:acme/shop:push,pull", "repository:acme/shop:pull,push"),
        ("repository:acme/shop:pull repository:acme/base:pull", "repository:acme/shop:pull,push"),
        ("", "repository:acme/shop:pull,push"),
    ],
)
def test_the_scope_of_a_write(serve: Serve, told: str, wanted: str) -> None:
    """Some registries ask for `pull` whatever is to be done: what is asked for is what the write takes."""
    scopes: list[list[str]] = []

    def script(asked: Asked) -> Iterable[Piece]:
        if asked.path.startswith("/token"):
            scopes.append(parse_qs(asked.path.partition("?")[2])["scope"])
            return [answer(b'{"token": "yes"}')]
        if "authorization" not in asked.headers:
            scope = f',scope="{told}"' if told else ""
            challenge = f'Bearer realm="http://{asked.headers["host"]}/token"{scope}'
            return [answer(b"", 401, www_authenticate=challenge)]
        return [shown()] if asked.method == "HEAD" else [answer(b"", 201)]

    server = serve(script)
    assert put_manifest(to(server), image(server), CONTENT, INDEX) == DIGEST
    assert scopes[0][0] == wanted
    assert scopes[0][1:] == told.split()[1:]
