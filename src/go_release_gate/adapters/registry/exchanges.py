"""One request on one connection: the answer that is being read holds the connection until it is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPMessage, HTTPResponse

TIMEOUT, TOO_MANY = 408, 429


class Exchange:
    """An answer whose head has come, to be read and closed by one thread.

    Args:
        connection: what it comes on. response: its head was read.
        give: takes the connection where the answer was read to its end and another may follow.
    """

    def __init__(
        self, connection: HTTPConnection, response: HTTPResponse, give: Callable[[HTTPConnection], None]
    ) -> None:
        self._connection: HTTPConnection | None = connection
        self._response, self._give = response, give
        self._is_broken = False

    def __del__(self) -> None:
        self._let_go()

    @property
    def status(self) -> int:
        """Of the answer."""
        return self._response.status

    @property
    def headers(self) -> HTTPMessage:
        """Of the answer."""
        return self._response.headers

    def read1(self, size: int = -1) -> bytes:
        """What is there, at most `size` bytes; empty at the end. Raises what http.client, ssl and sockets raise."""
        try:
            return self._response.read1(size)
        except BaseException:
            self._is_broken = True
            raise

    def close(self) -> None:
        """Give the connection back, or end it where more could come on it than the next answer."""
        connection = self._connection
        if connection is None:
            return
        if not self._is_at_end() or _has_more(connection, self._response):
            self._let_go()
            return
        self._connection = None
        self._response.close()
        self._give(connection)

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._response.close()
            connection.close()

    def _is_at_end(self) -> bool:
        """Whether the whole answer was read, and it ends where everybody would say that it does."""
        response, status = self._response, self._response.status
        if self._is_broken or response.will_close or status < 200 or status >= 500 or status in (TIMEOUT, TOO_MANY):
            return False  # who is in trouble is met anew: behind one address there may be others
        if response.headers.get("transfer-encoding", "chunked").lower() != "chunked":
            return False
        if len(response.headers.get_all("content-length") or ()) + bool(response.chunked) > 1:
            return False
        if self._connection is None or self._connection.sock is None:
            return False
        return response.length == 0 or (bool(response.chunked) and response.isclosed())


def exchanged(
    connection: HTTPConnection,
    first: tuple[str, str],
    headers: Mapping[str, str],
    body: object,
    give: Callable[[HTTPConnection], None],
) -> Exchange:
    """Send a request; `first`: its method and target. Raises what http.client, ssl and sockets raise."""
    try:
        connection.request(*first, body, headers)  # type: ignore[arg-type]  # bytes, None, or what is read
        return Exchange(connection, connection.getresponse(), give)
    except BaseException:
        connection.close()
        raise


def is_lost(error: Exception) -> bool:
    """Whether a server closed a kept connection, or is out of step on it: no word of an answer came."""
    import ssl
    from http.client import BadStatusLine

    return isinstance(error, ConnectionError | BadStatusLine | ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _has_more(connection: HTTPConnection, response: HTTPResponse) -> bool:
    """Whether bytes lie behind the answer's end already, such as the body of an answer to HEAD."""
    if response.fp is None or connection.sock is None:
        return False
    try:
        connection.sock.settimeout(0.0)
        return bool(response.fp.peek(1))
    except (OSError, ValueError):  # nothing is there (TLS says so in this way)
        return False
