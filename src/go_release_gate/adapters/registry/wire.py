"""One request, one answer: bounded in time and size, redirects not followed, nothing unpacked."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.exchanges import Exchange, exchanged, is_lost
from go_release_gate.adapters.registry.pool import Pool
from go_release_gate.adapters.registry.routes import Route, route_of
from go_release_gate.errors import UsageError

if TYPE_CHECKING:
    from http.client import HTTPConnection

USER_AGENT = "go-release-gate"
SILENCE = 10.0  # seconds for a connection, and for each silence of an answer
ERROR_LIMIT = 64 << 10  # bytes read of an answer that is an error


class Body(Protocol):
    """A body that is read while it is sent."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `limit`: bytes of the answer that are wanted at most; `is_stream`: a success is not read at all.

    `body`: bytes, or what is read once while it is sent (a Content-Length is needed then, and nobody asks again).
    `patience`: seconds more than an answer usually has.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Body | None = field(default=None, repr=False)
    limit: int = 1 << 20
    is_stream: bool = False
    patience: float = 0.0

    @property
    def is_once(self) -> bool:
        """Whether its body cannot be sent again."""
        return not isinstance(self.body, bytes | None)

    @property
    def is_repeatable(self) -> bool:
        """Whether nothing but the same comes of it when it arrives twice; a POST without a body begins something."""
        return not self.is_once and (not self.body or self.method == "PUT")


class Wire(Protocol):
    """Sends requests."""

    def send(self, ask: Ask, seconds: float) -> Answer:
        """Give the whole answer, or status 0, in at most `seconds`; never raises for what the network does."""
        ...


class HttpWire:
    """Sends with the standard library, through the proxies of the environment. Connections are kept for what follows.

    Any number of threads may use one. What must not arrive twice (`Ask.is_repeatable`) goes over a new connection: of
    one that was kept nobody knows whether its server is just closing it.

    Args:
        authorities: PEM file with those to trust; empty: Python's own choice.

    Raises:
        UsageError: the file holds no certificates.
    """

    def __init__(self, authorities: str = "") -> None:
        self._tls = _tls(authorities)
        self._pool = Pool()

    def send(self, ask: Ask, seconds: float) -> Answer:
        """Ask once.

        The time limits of sockets are for each silence, and there is none for a name server: the thread of a host
        that answers byte by byte, or of one that does not resolve, is left alone.
        """
        found: list[Answer] = []
        end = time.monotonic() + seconds
        asking = threading.Thread(target=lambda: found.append(self._answer(ask, end)), daemon=True)
        asking.start()
        asking.join(max(0.0, seconds))
        return found[0] if found else Answer(0, trouble="no answer in time")

    def _answer(self, ask: Ask, end: float) -> Answer:
        try:
            exchange = self._exchange(ask, end)
            if ask.is_stream and exchange.status in (200, 206):
                return _opened(exchange, ask)
            with closing(exchange):
                return _read(exchange, ask, end)
        except Exception as error:  # noqa: BLE001 - what urllib, ssl and http.client raise has no common root
            return _failure(error)

    def _exchange(self, ask: Ask, end: float) -> Exchange:
        """The answer's head; where a kept connection turns out to be closed, on a new one."""
        route = route_of(ask.url)
        if ask.is_repeatable and (kept := self._pool.take(route)):
            silence = _silence(ask, end)
            kept.timeout = silence
            kept.sock.settimeout(silence)
            try:
                return self._sent(kept, route, ask)
            except Exception as error:
                if not is_lost(error) or time.monotonic() > end:
                    raise  # when time is over nobody waits any more, and what is sent now may undo what came after
        return self._sent(route.connection(self._tls, _silence(ask, end)), route, ask)

    def _sent(self, connection: HTTPConnection, route: Route, ask: Ask) -> Exchange:
        own = {"User-Agent": USER_AGENT, **route.headers(ask.url)}
        headers = own | {name.title(): value for name, value in ask.headers.items()}
        first = (ask.method, route.target(ask.url))
        return exchanged(connection, first, headers, ask.body, lambda done: self._pool.give(route, done))


def _silence(ask: Ask, end: float) -> float:
    return max(0.05, min(SILENCE + ask.patience, end - time.monotonic()))


def _read(answer: Exchange, ask: Ask, end: float) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    status = int(answer.status)
    limit = ask.limit if 200 <= status < 300 else min(ask.limit, ERROR_LIMIT)
    challenges = tuple(answer.headers.get_all("www-authenticate") or ())
    if ask.method == "HEAD":
        return Answer(status, headers, url=ask.url, challenges=challenges)
    if headers.get("content-encoding", "identity").lower() != "identity":
        return Answer(0, trouble="an answer that is packed, which was not asked for", is_final=True)
    length = headers.get("content-length", "")
    data = bytearray()
    while len(data) <= limit and (piece := answer.read1(1 << 16)):
        data += piece
        if time.monotonic() > end:
            return Answer(0, trouble="no answer in time")
    if 200 <= status < 300:
        if len(data) > limit:
            return Answer(0, trouble=f"an answer of more than {limit} bytes", is_final=True)
        if length.isdigit() and len(data) < int(length[:18]):
            return Answer(0, trouble="an answer that was cut short")
    return Answer(status, headers, bytes(data[:limit]), ask.url, challenges=challenges)


def _opened(answer: Exchange, ask: Ask) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if headers.get("content-encoding", "identity").lower() != "identity":
        answer.close()
        return Answer(0, trouble="an answer that is packed, which was not asked for", is_final=True)
    return Answer(int(answer.status), headers, url=ask.url, stream=answer)


def _failure(error: Exception) -> Answer:
    """What an exception says: by its kind alone, for its text holds addresses and objects."""
    reason = getattr(error, "reason", None)
    cause = reason if isinstance(reason, Exception) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        hint = "its certificate is signed by nobody we trust (input ca-bundle)"
        return Answer(0, trouble=f"TLS: {hint}", is_final=True)
    if isinstance(cause, socket.gaierror):
        return Answer(0, trouble="its name is not found (name resolution)")
    if isinstance(cause, TimeoutError):
        return Answer(0, trouble="no answer in time")
    return Answer(0, trouble=f"the connection failed ({type(cause).__name__})")


def _tls(authorities: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities or None)
    except (OSError, ValueError) as error:
        raise UsageError(f"the certificate authorities cannot be read: {type(error).__name__}") from None
    # Authorities of company proxies often lack an extension that Python 3.13 began to insist on; Go does not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
