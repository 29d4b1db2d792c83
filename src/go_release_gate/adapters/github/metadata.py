"""What image names take from GitHub beside the event: the repository's record, and when a commit was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from go_release_gate.adapters.github.api import Api
from go_release_gate.oci.tags.context import RepositoryRecord, read_time, text_at

KEYS = {"name": "name", "description": "description", "html_url": "html_url", "default_branch": "default_branch"}
"""Field of the record → key of GitHub's object; the licence is an object of its own."""


def record_of(document: Any) -> RepositoryRecord:
    """The record that a repository object holds, of an event or of the interface.

    https://docs.github.com/rest/repos/repos#get-a-repository
    """
    texts = {field: text_at(document, key) for field, key in KEYS.items()}
    return RepositoryRecord(**texts, license=text_at(document, "license", "spdx_id"))


def missing_keys(document: Any) -> tuple[str, ...]:
    """The keys that a repository object of an event does not have; one that is null is known to be empty."""
    keys = (*KEYS.values(), "license")
    return tuple(key for key in keys if not isinstance(document, Mapping) or key not in document)


def read_record(api: Api) -> RepositoryRecord:
    """The record as it is now. Raises GitHubError."""
    return record_of(api.get(f"/repos/{api.repository}"))


def completed(known: RepositoryRecord, other: RepositoryRecord) -> RepositoryRecord:
    """`known` with the texts of `other` where it has none."""
    names = (field.name for field in fields(known))
    return replace(known, **{name: getattr(known, name) or getattr(other, name) for name in names})


def read_commit_time(api: Api, sha: str) -> datetime | None:
    """When a commit was made. Raises GitHubError.

    https://docs.github.com/rest/commits/commits#get-a-commit
    """
    from urllib.parse import quote

    answer = api.get(f"/repos/{api.repository}/commits/{quote(sha, safe='')}")
    return read_time(text_at(answer, "commit", "committer", "date"))
