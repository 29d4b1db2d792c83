"""Open an address of GitHub's interface for reading, as a stream, with the standard library alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from go_release_gate.adapters.github.connection import API_VERSION, USER_AGENT, Connection
from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from urllib.request import OpenerDirector, Request


class RefusedError(UnavailableError):
    """GitHub answered, and not with what was asked for; `status` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"GitHub refused (HTTP {status})")
        self.status = status


class Stream:
    """An answer's body, read piece by piece, with an end in bytes and in time; a body cut short is an error.

    Args:
        answer: what urllib gave.
        limit: bytes. seconds: for all of it.
    """

    def __init__(self, answer: Any, limit: int, seconds: float) -> None:
        self._answer = answer
        self._left = limit
        self._end = time.monotonic() + seconds
        self._missing = int(answer.headers.get("Content-Length") or 0)

    def read(self, size: int = 1 << 16) -> bytes:
        """At most `size` bytes; none at the end. Raises UnavailableError at a limit or for a truncated body."""
        piece: bytes = self._answer.read1(size)
        self._left -= len(piece)
        self._missing -= len(piece)
        if self._left < 0:
            raise UnavailableError("an answer of GitHub is too large")
        if time.monotonic() > self._end:
            raise UnavailableError("an answer of GitHub takes too long")
        if not piece and self._missing > 0:
            raise UnavailableError("an answer of GitHub was cut short")
        return piece

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(iter(self.read, b""))


@contextmanager
def opened(connection: Connection, path: str, *, accept: str, limit: int, seconds: float) -> Iterator[Stream]:
    """Ask for `path` (quoted, below the base address) and give the body.

    The token goes to the interface's own host alone: not to where it redirects.

    Raises:
        RefusedError: any answer but success.
        UnavailableError: no answer, or one beyond the limits.
    """
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request

    headers = {"Accept": accept, "User-Agent": USER_AGENT, "X-GitHub-Api-Version": API_VERSION}
    request = Request(f"{connection.base}{path}", headers=headers)  # noqa: S310 - Connection checks the scheme
    if connection.token:
        request.add_unredirected_header("Authorization", f"Bearer {connection.token}")
    try:
        with _opener(connection).open(request, timeout=connection.timeout) as answer:
            yield Stream(answer, limit, seconds)
    except HTTPError as error:
        error.close()
        raise RefusedError(error.code) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None)
        kind = type(reason if isinstance(reason, Exception) else error).__name__
        raise UnavailableError(f"GitHub could not be asked: {kind}") from None


def _opener(connection: Connection) -> OpenerDirector:
    from urllib import request

    class Redirects(request.HTTPRedirectHandler):
        """To https alone, and without the token, unless GitHub sends us to another address of the same host."""

        def redirect_request(  # noqa: PLR0917 - urllib's signature
            self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
        ) -> Request | None:
            parts = urlsplit(newurl)
            is_own = f"{parts.scheme}://{parts.netloc}" == connection.origin
            if not is_own and parts.scheme != "https":
                raise UnavailableError("GitHub redirects to an address that is not https")
            new = super().redirect_request(req, fp, code, msg, headers, newurl)
            if new is not None and is_own and connection.token:
                new.add_unredirected_header("Authorization", f"Bearer {connection.token}")
            return new

    return request.build_opener(request.HTTPSHandler(context=connection.tls()), Redirects())
