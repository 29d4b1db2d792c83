"""Private repositories behind the real `git http-backend`, with tokens by owner, as a code host gives them."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from fakes.tlsproxy import Answer, Asked

IDENTITY = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "2024-01-02T03:04:05Z",
    "GIT_COMMITTER_DATE": "2024-01-02T03:04:05Z",
}
REFUSED = Answer(401, {"WWW-Authenticate": 'Basic realm="git"'}, b"authentication required\n")


class GitServer:
    """A code host: `owner/name` repositories, each owner with the tokens that may read.

    Call it with a request, as a service of `Internet`.

    Args:
        tokens: owner → token that may read. Any other token is refused with 401 (wrong, expired); the token of one
            owner gets 404 for another's repositories, so that it does not learn what exists.
    """

    def __init__(self, root: Path, host: str, tokens: Mapping[str, str]) -> None:
        self._root = root
        self._host = host
        self._tokens = dict(tokens)

    def publish(self, name: str, tag: str, files: Mapping[str, str]) -> None:
        """Make a repository `owner/name` with one tagged commit."""
        work, bare = self._root / "work" / name, self._root / "bare" / f"{name}.git"
        for path, text in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text)
        for args in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "one"], ["tag", tag]):
            _git(work, *args)
        bare.parent.mkdir(parents=True, exist_ok=True)
        _git(work, "clone", "-q", "--bare", str(work), str(bare))

    def __call__(self, asked: Asked) -> Answer:
        """Answer `?go-get=1` and git's smart protocol."""
        owner, _, rest = asked.path.strip("/").partition("/")
        token = _token(asked.headers)
        if token is None or token not in self._tokens.values():
            return REFUSED
        if token != self._tokens.get(owner):
            return Answer(404, {}, b"not found\n")
        name = f"{owner}/{rest.partition('/')[0].removesuffix('.git')}"
        if "go-get=1" in asked.query:
            content = f"{self._host}/{name} git https://{self._host}/{name}"
            return Answer(200, {"Content-Type": "text/html"}, f'<meta name="go-import" content="{content}">'.encode())
        inside = rest.partition("/")[2]
        return backend(self._root / "bare", f"/{name}.git/{inside}", asked)


def _token(headers: Mapping[str, str]) -> str | None:
    kind, _, value = headers.get("Authorization", "").partition(" ")
    return base64.b64decode(value).decode().partition(":")[2] if kind == "Basic" else None


def backend(root: Path, path: str, asked: Asked) -> Answer:
    lowered = {name.lower(): value for name, value in asked.headers.items()}
    environment = {
        **IDENTITY,
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": asked.method,
        "PATH_INFO": path,
        "QUERY_STRING": asked.query,
        "CONTENT_TYPE": lowered.get("content-type", ""),
        "CONTENT_LENGTH": str(len(asked.body)),
        "HTTP_CONTENT_ENCODING": lowered.get("content-encoding", ""),
        "GIT_PROTOCOL": lowered.get("git-protocol", ""),
    }
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "http-backend"],
        input=asked.body, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return Answer(int(headers.pop("Status", "200").split()[0]), headers, body)


def _git(cwd: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=cwd, env={**IDENTITY, "PATH": os.environ["PATH"]}, check=True)
