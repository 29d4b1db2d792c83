"""One file at one commit, asked through the `Api`.

https://docs.github.com/rest/repos/contents#get-repository-content
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from go_release_gate.adapters.github.api import Api, MissingError
from go_release_gate.errors import UnavailableError


def file_at(api: Api, path: str, commit: str) -> bytes | None:
    """The bytes of `path` (from the repository's root) at `commit`; None: there is no such file.

    Raises:
        UnavailableError: not a file, or larger than the 1 MiB that GitHub gives this way; any GitHubError.
    """
    try:
        document = api.get(f"/repos/{api.repository}/contents/{quote(path)}", {"ref": commit})
    except MissingError:
        return None
    content = document.get("content")
    if document.get("type") != "file" or document.get("encoding") != "base64" or not isinstance(content, str):
        raise UnavailableError("GitHub does not show this file's content")
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        raise UnavailableError("GitHub does not show this file's content") from None
