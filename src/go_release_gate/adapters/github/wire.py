"""One request, one answer: PyGithub's requester with its own repetitions switched off and every answer bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from go_release_gate.adapters.github.answers import Answer
from go_release_gate.adapters.github.connection import API_VERSION, USER_AGENT, Connection
from go_release_gate.adapters.github.session import send_until, session_for

if TYPE_CHECKING:
    from github.Requester import Requester
    from requests import Response, Session

BODY_LIMIT = 32 << 20  # bytes of one answer; the longest we ask for is a page of 100 files with patches
REDIRECT_LIMIT = 3
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API_VERSION}


class Wire:
    """Sends requests over one kept connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session = session_for(connection)
        self._requester = _requester(connection)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        seconds: float,
    ) -> Answer:
        """Send one request and give its whole answer, or what went wrong, in at most `seconds`.

        Never raises for what the network or GitHub does: status 0 says that there was no usable answer.
        The path `/graphql` is that of the GraphQL interface, which GitHub Enterprise keeps beside `/api/v3`.
        """
        if path == "/graphql":
            path = f"{self._connection.base.removesuffix('/v3')}/graphql"
        given = None if body is None else dict(body)
        exchange: Any = _Exchange(self._session, self._connection, time.monotonic() + seconds)

        def ask() -> Answer:
            try:
                self._requester.requestJson(method, path, dict(query or {}), dict(HEADERS), given, exchange)
            except Exception as error:  # noqa: BLE001 - what requests, urllib3 and PyGithub raise has no common root
                return _failure(error)
            return exchange.answer or Answer(0, trouble="no usable answer")

        return _in_time(ask, seconds)


def _in_time(ask: Callable[[], Answer], seconds: float) -> Answer:
    """What `ask` gives, unless it takes longer: then it is left alone.

    The time limits of sockets are for each silence, and there is none for a name server: neither a host that answers
    byte by byte nor one that does not resolve may hold the job.
    """
    found: list[Answer] = []
    asking = threading.Thread(target=lambda: found.append(ask()), daemon=True)
    asking.start()
    asking.join(seconds)
    return found[0] if found else Answer(0, trouble="no answer in time")


@dataclass(slots=True)
class _Exchange:
    """PyGithub's idea of a connection (`request`, then `getresponse`) for one request, limited in time and size.

    PyGithub is always told that all is well: it would follow redirects, and wait for a 202, without an end.
    """

    session: Session
    connection: Connection
    end: float
    answer: Answer | None = None
    asked: tuple[str, str, Any, dict[str, str]] = field(default=("", "", None, {}), repr=False)

    def request(self, verb: str, url: str, body: Any, headers: dict[str, str], stream: bool = False) -> None:  # noqa: ARG002
        """Remember what is asked; PyGithub calls it so."""
        self.asked = (verb, url, body, headers)

    def getresponse(self) -> _Fine:
        """Ask, follow redirects within the same host, and read the answer to its end."""
        verb, url, body, headers = self.asked
        address = f"{self.connection.origin}{url}"
        send_until(self.end)
        for _ in range(REDIRECT_LIMIT + 1):
            with self._ask(verb, address, body, headers) as response:
                text = self._read(response)
                target = _redirect(response, verb)
            if not target or not f"{target}/".startswith(f"{self.connection.origin}/"):
                break
            address = target
        status = 503 if response.status_code == 202 and verb == "GET" else response.status_code
        known = {key.lower(): value for key, value in response.headers.items()}
        self.answer = Answer(status, known, self._without_token(text))
        return _Fine()

    def _ask(self, verb: str, address: str, body: Any, headers: dict[str, str]) -> Response:
        timeout = max(0.05, min(self.connection.timeout, self.end - time.monotonic()))
        return self.session.request(
            verb,
            address,
            headers=headers,
            data=body,
            timeout=timeout,
            verify=self.connection.verify or True,  # here, because REQUESTS_CA_BUNDLE outranks a session's
            allow_redirects=False,
            stream=True,
        )

    def _read(self, response: Response) -> str:
        data = bytearray()
        while part := response.raw.read1(1 << 16, decode_content=True):
            data += part
            if len(data) > BODY_LIMIT or time.monotonic() > self.end:
                response.close()
                raise OSError("answer too long")
        return data.decode("utf-8", "replace")

    def _without_token(self, text: str) -> str:
        """No answer may carry the token into a message, not even that of a proxy that repeats what it was sent."""
        return text.replace(self.connection.token, "***") if self.connection.token else text


class _Fine:
    """An answer that PyGithub asks nothing about."""

    status = 200

    @staticmethod
    def getheaders() -> tuple[tuple[str, str], ...]:
        """Pairs of name and value."""
        return ()

    @staticmethod
    def read() -> str:
        """The body."""
        return ""


def _redirect(response: Response, verb: str) -> str:
    """Where to ask instead; empty: nowhere. A write keeps its method only with 307 and 308, so only those count."""
    codes = (301, 302, 307, 308) if verb == "GET" else (307, 308)
    place = response.headers.get("location", "") if response.status_code in codes else ""
    return urljoin(response.url, place) if place else ""


def _failure(error: Exception) -> Answer:
    """What an exception says about the request: by its kind alone, for its text holds addresses and objects."""
    import requests

    causes = _causes(error)
    name = type(causes[-1]).__name__
    if any(kind.__name__ == "SSLCertVerificationError" for kind in map(type, causes)):
        hint = "its certificate is signed by nobody we trust (input ca-bundle)"
        return Answer(0, is_sent=False, is_final=True, trouble=f"TLS: {hint}")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Answer(0, is_sent=False, trouble="no connection in time")
    return Answer(0, is_sent=not _is_before_sending(causes), trouble=f"no usable answer: {name}")


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and what it was raised for, outermost first; urllib3 keeps it as `reason`, others as argument."""
    found: list[BaseException] = []
    cause: object = error
    while isinstance(cause, BaseException) and cause not in found:
        found.append(cause)
        inner = [getattr(cause, "reason", None), *reversed(cause.args), cause.__cause__]
        cause = next((item for item in inner if isinstance(item, BaseException)), None)
    return found


def _is_before_sending(causes: list[BaseException]) -> bool:
    """Whether no connection was ever made: the name is unknown, nobody listens, or the proxy is away."""
    from urllib3.exceptions import NewConnectionError, ProxyError

    return any(isinstance(cause, NewConnectionError | ProxyError) for cause in causes)


def _requester(connection: Connection) -> Requester:
    from github import Auth, Github

    return Github(
        auth=Auth.Token(connection.token) if connection.token else None,
        base_url=connection.base,
        user_agent=USER_AGENT,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    ).requester
