"""A SARIF upload on GitHub: arrives as it was, and arrives whatever happens on the way."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from fakes.github import GitHub, faults, plugin
from go_release_gate.adapters.github.api import AwayError, DeniedError
from go_release_gate.adapters.github.code_scanning import upload_sarif
from support.patient import client

github = plugin.github
REF = "refs/pull/7/merge"
DOCUMENT = {
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "go-release-gate"}}, "results": [{"message": {"text": "é"}}]}],
}
TEXT = json.dumps(DOCUMENT, ensure_ascii=False)


def test_the_report_arrives(github: GitHub) -> None:
    """One request; GitHub unpacks what we packed, for the commit and ref we named."""
    address = upload_sarif(client(github), TEXT, commit=github.base, ref=REF)
    (upload,) = github.repository.sarifs.values()
    assert (upload.document, upload.commit_sha, upload.ref) == (DOCUMENT, github.base, REF)
    assert address.endswith(f"/code-scanning/sarifs/{upload.id}")
    assert len(github.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [faults.lost, faults.truncated, faults.html, faults.reset, lambda: faults.too_many(5), lambda: faults.status(502)],
    ids=["lost", "truncated", "html", "reset", "429", "502"],
)
def test_a_fault_changes_nothing(github: GitHub, fault: Callable[[], faults.Fault]) -> None:
    """It is uploaded again after any fault. What arrives twice is the same to the byte, so that the second upload
    replaces the first by an equal one."""
    github.plan(fault(), fault())
    assert upload_sarif(client(github), TEXT, commit=github.base, ref=REF)
    assert all(upload.document == DOCUMENT for upload in github.repository.sarifs.values())
    sent = [(asked.body["sarif"], asked.body["commit_sha"], asked.body["ref"]) for asked in github.writes]
    assert len(sent) == 3
    assert len(set(sent)) == 1


def test_a_github_that_is_down_is_given_up(github: GitHub) -> None:
    """In time, as an error."""
    github.plan(*[faults.status(503)] * 30)
    with pytest.raises(AwayError):
        upload_sarif(client(github), TEXT, commit=github.base, ref=REF)
    assert github.repository.sarifs == {}


def test_a_repository_without_code_scanning_is_told_so(github: GitHub) -> None:
    """The refusal names the setting; the permission would not help."""
    github.repository.code_scanning = False
    with pytest.raises(DeniedError, match="code scanning is not enabled") as caught:
        upload_sarif(client(github), TEXT, commit=github.base, ref=REF)
    assert "Settings" in caught.value.hint


def test_a_token_that_may_not_is_told_what_it_needs(github: GitHub) -> None:
    """The permission by name."""
    github.restrict(contents="read")
    with pytest.raises(DeniedError) as caught:
        upload_sarif(client(github), TEXT, commit=github.base, ref=REF)
    assert caught.value.needs == "security-events: write"
