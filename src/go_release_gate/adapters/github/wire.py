"""One request, one answer: PyGithub's requester with its own repetitions switched off and every answer bounded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from go_release_gate.adapters.github.answers import Answer
from go_release_gate.errors import UsageError

if TYPE_CHECKING:
    from github.Requester import Requester

BODY_LIMIT = 32 << 20  # bytes of one answer; the longest we ask for is a page of 100 files with patches
USER_AGENT = "go-release-gate"


@dataclass(frozen=True, slots=True)
class Connection:
    """Where GitHub is and who asks.

    Attributes:
        api: base address of the interface, as GITHUB_API_URL gives it (also GitHub Enterprise's).
        repository: `OWNER/NAME`.
        token: may be empty; public repositories can be read without one.
        verify: path of a PEM file with the authorities to trust; empty: those that come with requests.
        timeout: seconds for the connection and for each silence of an answer.
    """

    api: str
    repository: str
    token: str
    verify: str = ""
    timeout: float = 15.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.api)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1"):
            raise UsageError("GITHUB_API_URL must be an https address")
        if self.repository.count("/") != 1 or not all(_is_name(part) for part in self.repository.split("/")):
            raise UsageError("GITHUB_REPOSITORY must be OWNER/NAME")


def _is_name(text: str) -> bool:
    return text not in {"", ".", ".."} and all(char.isascii() and (char.isalnum() or char in "-_.") for char in text)


class Wire:
    """Sends requests over one kept connection."""

    def __init__(self, connection: Connection) -> None:
        self._line = _Line(connection)
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
        """Send one request and read its whole answer, in at most about `seconds`.

        Never raises for what the network or GitHub does: status 0 says that there was no usable answer.
        The path `/graphql` is that of the GraphQL interface, which GitHub Enterprise keeps beside `/api/v3`.
        """
        import requests
        from urllib3.exceptions import HTTPError

        if path == "/graphql":
            path = f"{self._line.base.removesuffix('/v3')}/graphql"
        self._line.end = time.monotonic() + seconds
        given = None if body is None else dict(body)
        line: Any = self._line
        try:
            status, headers, text = self._requester.requestJson(method, path, dict(query or {}), None, given, line)
        except requests.exceptions.ConnectTimeout:
            return Answer(0, is_sent=False, trouble="no connection in time")
        except requests.exceptions.SSLError as error:
            return Answer(0, is_sent=False, trouble=f"TLS: {_cause(error)}")
        except requests.exceptions.ConnectionError as error:
            return Answer(0, is_sent=not _is_before_sending(error), trouble=f"connection: {_cause(error)}")
        except (requests.exceptions.RequestException, HTTPError, OSError, RuntimeError, ValueError) as error:
            return Answer(0, trouble=f"no usable answer: {_cause(error)}")
        return Answer(status, {str(key).lower(): str(value) for key, value in headers.items()}, text or "")


class _Line:
    """PyGithub's idea of a connection (`request`, then `getresponse`), with a limit on time and size of an answer.

    A 202 for a GET is given as a 503: PyGithub would wait for it by itself, without an end.
    """

    def __init__(self, connection: Connection) -> None:
        import requests

        self.end = 0.0
        self.base = connection.api.rstrip("/")
        self._connection = connection
        self._session = requests.Session()
        self._session.auth = lambda request: request  # else a netrc file would add a login of its own
        self._asked: tuple[str, str, Any, dict[str, str]] = ("", "", None, {})

    def request(self, verb: str, url: str, body: Any, headers: dict[str, str], stream: bool = False) -> None:  # noqa: ARG002
        """Remember what is asked; PyGithub calls it so."""
        self._asked = (verb, url, body, headers)

    def getresponse(self) -> _Whole:
        """Ask, and read the answer to its end."""
        verb, url, body, headers = self._asked
        parts = urlsplit(self._connection.api)
        with self._session.request(
            verb,
            f"{parts.scheme}://{parts.netloc}{url}",
            headers=headers,
            data=body,
            timeout=max(0.05, min(self._connection.timeout, self.end - time.monotonic())),
            verify=self._connection.verify or True,
            allow_redirects=False,
            stream=True,
        ) as response:
            data = bytearray()
            while part := response.raw.read1(1 << 16, decode_content=True):
                data += part
                if len(data) > BODY_LIMIT or time.monotonic() > self.end:
                    response.close()
                    raise OSError("answer too long")
            status = 503 if response.status_code == 202 and verb == "GET" else response.status_code
            return _Whole(status, dict(response.headers), data.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class _Whole:
    """An answer, read to its end, as PyGithub wants it."""

    status: int
    headers: dict[str, str]
    text: str

    def getheaders(self) -> Any:
        """Pairs of name and value."""
        return self.headers.items()

    def read(self) -> str:
        """The body."""
        return self.text


def _cause(error: Exception) -> str:
    """The innermost cause by its kind: what libraries say around it holds addresses and objects."""
    inner: object = error
    while isinstance(inner, BaseException) and (inner.args and isinstance(inner.args[-1], BaseException)):
        inner = inner.args[-1]
    reason = getattr(inner, "reason", None)
    return type(reason if isinstance(reason, BaseException) else inner).__name__


def _is_before_sending(error: Exception) -> bool:
    """Whether no connection was ever made: the name is unknown, or nobody listens."""
    from urllib3.exceptions import NewConnectionError

    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _requester(connection: Connection) -> Requester:
    from github import Auth, Github

    return Github(
        auth=Auth.Token(connection.token) if connection.token else None,
        base_url=connection.api,
        user_agent=USER_AGENT,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    ).requester
