"""What is sent to code scanning, and what is not sent at all."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from go_release_gate.adapters.github import code_scanning
from go_release_gate.adapters.github.api import DeniedError, RejectedError
from go_release_gate.adapters.github.code_scanning import upload_sarif

COMMIT = "a" * 40
REF = "refs/pull/7/merge"


class _Api:
    """Keeps what is written, and answers with an id or an error."""

    repository = "acme/shop"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.written: list[tuple[str, str, dict[str, Any]]] = []

    def write(self, method: str, path: str, body: Mapping[str, Any], **_: object) -> Mapping[str, Any]:
        self.written.append((method, path, dict(body)))
        if self.error:
            raise self.error
        return {"id": "47177e22"}


def test_the_report_is_packed_the_way_github_wants_it() -> None:
    """base64 of gzip of the text, with commit and ref beside it; the same text is the same bytes each time."""
    api = _Api()
    assert upload_sarif(api, '{"version": "2.1.0"}', commit=COMMIT, ref=REF) == "47177e22"
    upload_sarif(api, '{"version": "2.1.0"}', commit=COMMIT, ref=REF)
    method, path, body = api.written[0]
    assert (method, path) == ("POST", "/repos/acme/shop/code-scanning/sarifs")
    assert gzip.decompress(base64.b64decode(body["sarif"])) == b'{"version": "2.1.0"}'
    assert (body["commit_sha"], body["ref"]) == (COMMIT, REF)
    assert api.written[0] == api.written[1]


@pytest.mark.parametrize(
    ("commit", "ref"),
    [("a" * 39, REF), ("HEAD", REF), (COMMIT, "main"), (COMMIT, "refs/pull/7"), (COMMIT, "refs/heads/"), (COMMIT, "")],
)
def test_what_github_would_not_take_is_not_sent(commit: str, ref: str) -> None:
    """A commit or ref of another form gets a message of ours: GitHub's own would say nothing but 400."""
    api = _Api()
    with pytest.raises(RejectedError, match="40 hex digits and a full ref"):
        upload_sarif(api, "{}", commit=commit, ref=ref)
    assert api.written == []


def test_a_report_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit after gzip is refused before the upload, with both sizes named."""
    monkeypatch.setattr(code_scanning, "ZIPPED_LIMIT", 1000)
    api = _Api()
    noise = hashlib.shake_256(b"noise").hexdigest(2000)
    with pytest.raises(RejectedError, match=r"has 2\d{3} bytes after gzip.* at most 1000;") as caught:
        upload_sarif(api, noise, commit=COMMIT, ref=REF)
    assert caught.value.status == 413
    assert api.written == []


@pytest.mark.parametrize(
    "said",
    [
        "HTTP 403: Advanced Security must be enabled for this repository to use code scanning.",
        "HTTP 403: Code scanning is not enabled for this repository. Please enable code scanning in the settings.",
        "HTTP 403: Code Security must be enabled for this repository to use code scanning.",
    ],
)
def test_a_repository_without_code_scanning_is_told_so(said: str) -> None:
    """The hint names the setting, not a permission that would change nothing."""
    with pytest.raises(DeniedError, match="code scanning is not enabled") as caught:
        upload_sarif(_Api(DeniedError(said, "security-events: write")), "{}", commit=COMMIT, ref=REF)
    assert "Settings" in caught.value.hint
    assert caught.value.needs == ""


def test_a_token_without_the_permission_is_told_so() -> None:
    """Any other refusal keeps the permission that would help."""
    refusal = DeniedError("HTTP 403: Resource not accessible by integration", "security-events: write")
    with pytest.raises(DeniedError) as caught:
        upload_sarif(_Api(refusal), "{}", commit=COMMIT, ref=REF)
    assert caught.value.needs == "security-events: write"
