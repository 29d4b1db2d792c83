"""A module proxy that wants basic authentication, over the files of a `support.moduleproxy.ModuleProxy`."""

from __future__ import annotations

import base64
from pathlib import Path

from fakes.tlsproxy import Answer, Asked


class AuthProxy:
    """Serves the files below `files` under the path `prefix` to one user."""

    def __init__(self, files: Path, prefix: str, user: str, password: str) -> None:
        self._files = files
        self._prefix = prefix.rstrip("/") + "/"
        self._wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request of the module proxy protocol."""
        if asked.headers.get("Authorization") != self._wanted:
            return Answer(401, {"WWW-Authenticate": 'Basic realm="modules"'}, b"who are you?\n")
        path = self._files / asked.path.removeprefix(self._prefix)
        if not asked.path.startswith(self._prefix) or not path.is_file():
            return Answer(404, {}, b"not found\n")
        return Answer(200, {}, path.read_bytes())
