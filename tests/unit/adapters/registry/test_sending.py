"""Blobs sent through trouble: lost answers, sessions that end, bytes that are not what they should be."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.rawserver import RESET, Asked, Piece, RawServer, answer
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import RegistryError
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.sending import TRIES, send_blob
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.facts.images.source import ImageError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference, parse

CONTENT = bytes(range(256)) * 2000
DIGEST = digests.of(CONTENT)
UNKNOWN = b'{"errors": [{"code": "BLOB_UNKNOWN", "message": "blob unknown"}]}'
Serve = Callable[[Callable[[Asked], Iterable[Piece]]], RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that say what a script says."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(RawServer(script))


class Uploads:
    """A registry's side: `put` says what it answers to each upload, by its number; what arrived whole is kept."""

    def __init__(self, put: Callable[[int], Iterable[Piece]]) -> None:
        self.sessions, self.put, self.kept = 0, put, False

    def __call__(self, asked: Asked) -> Iterable[Piece]:
        """One answer."""
        if asked.method in ("HEAD", "GET"):
            return [answer(b"" if asked.method == "HEAD" else b"x") if self.kept else answer(UNKNOWN, 404)]
        if asked.method == "POST":
            self.sessions += 1
            return [answer(b"", 202, location=f"/v2/acme/shop/blobs/uploads/{self.sessions}?state=s")]
        query = parse_qs(urlsplit(asked.path).query)
        assert (query["digest"], query["state"]) == ([DIGEST], ["s"])
        self.kept = asked.body == CONTENT
        return self.put(self.sessions)


def sent(server: RawServer, content: bytes = CONTENT) -> bool:
    """Whether a blob had to be sent."""
    registries = Registries(Access(Asker(HttpWire(), Timing(sleep=lambda _seconds: None)), Logins([])))
    reference: Reference = parse(f"{server.url.removeprefix('http://')}/acme/shop")
    return send_blob(registries, reference, DIGEST, len(CONTENT), lambda: io.BytesIO(content))


def test_a_blob_is_sent_once(serve: Serve) -> None:
    """What is there is not sent again."""
    uploads = Uploads(lambda _number: [answer(b"", 201)])
    server = serve(uploads)

    assert (sent(server), sent(server), uploads.sessions) == (True, False, 1)


def test_a_lost_answer_is_looked_for(serve: Serve) -> None:
    """The registry has it, although nobody heard so: it is not sent a second time."""
    uploads = Uploads(lambda _number: [RESET])

    assert sent(serve(uploads))
    assert uploads.sessions == 1


@pytest.mark.parametrize("trouble", [[RESET], [answer(b"", 500)], [answer(b'{"errors": []}', 404)]])
def test_a_failed_upload_begins_anew(serve: Serve, trouble: list[Piece]) -> None:
    """A new session for each try: the old one's place is worth nothing."""

    def put(number: int) -> Iterable[Piece]:
        uploads.kept = number == 2
        return trouble if number == 1 else [answer(b"", 201)]

    uploads = Uploads(put)

    assert sent(serve(uploads))
    assert uploads.sessions == 2


def test_a_refusal_is_told(serve: Serve) -> None:
    """After as many tries as may help, in the registry's words."""

    def put(_number: int) -> Iterable[Piece]:
        uploads.kept = False
        return [answer(b'{"errors": [{"code": "SIZE_INVALID", "message": "too large"}]}', 413)]

    uploads = Uploads(put)

    with pytest.raises(RegistryError, match="SIZE_INVALID too large"):
        sent(serve(uploads))
    assert uploads.sessions == TRIES


def test_other_bytes_are_our_fault(serve: Serve) -> None:
    """Bytes with another digest are told as such, whatever the registry calls it."""
    uploads = Uploads(lambda _number: [answer(b'{"errors": [{"code": "DIGEST_INVALID"}]}', 400)])

    with pytest.raises(ImageError, match="bytes with another digest"):
        sent(serve(uploads), CONTENT[:-1] + b"!")
