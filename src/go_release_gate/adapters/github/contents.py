"""One file of a repository at one commit, from GitHub's contents interface, without a library."""

from __future__ import annotations

from urllib.parse import quote

from go_release_gate.adapters.github.connection import Connection
from go_release_gate.adapters.github.opening import RefusedError, opened

SECONDS = 20.0  # for the whole answer
SIZE_LIMIT = 16 << 20  # bytes of a file
RAW = "application/vnd.github.raw+json"


def read_contents(connection: Connection, path: str, *, commit: str) -> bytes | None:
    """The bytes of `path` at `commit`; None when there is no such file, or none that the token may see.

    https://docs.github.com/rest/repos/contents#get-repository-content

    Raises:
        UnavailableError: no answer, a refusal, or more than SIZE_LIMIT bytes.
    """
    place = f"/repos/{connection.repository}/contents/{quote(path)}?ref={quote(commit, safe='')}"
    try:
        with opened(connection, place, accept=RAW, limit=SIZE_LIMIT, seconds=SECONDS) as stream:
            return stream.whole()
    except RefusedError as error:
        if error.status == 404:
            return None
        raise
