"""One file of a repository at one commit, from GitHub's contents interface, without a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from go_release_gate.errors import UnavailableError

TIMEOUT = 10.0  # seconds for one answer
SIZE_LIMIT = 16 << 20  # bytes of a file

Open = Callable[..., Any]


def read_contents(
    api: str, repository: str, path: str, *, commit: str, token: str, open_url: Open | None = None
) -> bytes | None:
    """The bytes of `path` at `commit`; None when there is no such file, or none that the token may see.

    Args:
        api: base address of the interface, as GITHUB_API_URL gives it.
        token: may be empty; public repositories answer without one.
        open_url: stands in for urllib's urlopen.

    Raises:
        UnavailableError: no answer, a refusal, or more than SIZE_LIMIT bytes.
    """
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    if not api.startswith("https://") and not api.startswith("http://127.0.0.1:"):
        raise UnavailableError("GITHUB_API_URL must be an https address")
    address = f"{api}/repos/{quote(repository)}/contents/{quote(path)}?ref={quote(commit, safe='')}"
    headers = {"Accept": "application/vnd.github.raw+json", "User-Agent": "go-release-gate"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with (open_url or urlopen)(Request(address, headers=headers), timeout=TIMEOUT) as answer:  # noqa: S310 - above
            data: bytes = answer.read(SIZE_LIMIT + 1)
    except HTTPError as error:
        error.close()
        if error.code == 404:
            return None
        raise UnavailableError(f"GitHub refused to show a file of the base commit (HTTP {error.code})") from None
    except (URLError, OSError) as error:
        raise UnavailableError(f"GitHub could not be asked for the base commit: {type(error).__name__}") from None
    if len(data) > SIZE_LIMIT:
        raise UnavailableError("a file of the base commit is too large")
    return data
