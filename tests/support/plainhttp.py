"""Requests without any client of ours: JSON over urllib."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.github import GitHub

PATIENCE = 5.0


@dataclass(frozen=True)
class Got:
    """An answer; `body` is JSON, or bytes when it is not."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Plain:
    """Asks a fake GitHub. Paths are below its repository, or whole addresses."""

    def __init__(self, github: GitHub, token: str | None = None) -> None:
        self._github = github
        self._token = github.token if token is None else token

    def __call__(self, method: str, path: str, body: Any = None, patience: float = PATIENCE, **headers: str) -> Got:
        """One request; OSError or http.client's errors for what is no answer."""
        root = f"{self._github.api_url}/repos/{self._github.repository.full_name}"
        sent = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        url = path if path.startswith("http") else root + path
        request = urllib.request.Request(url, data, {**sent, **headers}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return Got(answer.status, answer.headers, _parsed(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Got(error.code, error.headers, _parsed(error.read()))

    def refused(self, method: str, path: str, body: Any = None, status: int = 422) -> str:
        """The text of a refusal that must come, and must be recorded as a violation of a rule or the description."""
        got = self(method, path, body)
        assert got.status == status, got
        assert self._github.forgive(), "the refusal was not recorded"
        return json.dumps(got.body)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data
