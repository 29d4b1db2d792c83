"""What a pull request changes, as GitHub tells it."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.adapters.github.api import Api, Document

MOST_FILES = 3000  # https://docs.github.com/rest/pulls/pulls#list-pull-requests-files gives no more


@dataclass(frozen=True, slots=True)
class PullFile:
    """A file that a pull request changes.

    Attributes:
        path: where it lies in the head commit (in the base, when it was removed).
        blob: git's id of its content in the head commit; empty when GitHub does not say.
        patch: the unified diff; None for binary and very large files.
        status: `added`, `modified`, `removed`, `renamed` …
    """

    path: str
    blob: str
    patch: str | None
    status: str


def pull_files(api: Api, number: int) -> dict[str, PullFile]:
    """The files that pull request `number` changes, by path: at most 3000, as GitHub lists no more."""
    listed = api.pages(f"/repos/{api.repository}/pulls/{number}/files", most=MOST_FILES)
    files = (_file(item) for item in listed if isinstance(item.get("filename"), str))
    return {file.path: file for file in files}


def _file(item: Document) -> PullFile:
    blob, patch, status = item.get("sha"), item.get("patch"), item.get("status")
    return PullFile(
        path=item["filename"],
        blob=blob if isinstance(blob, str) else "",
        patch=patch if isinstance(patch, str) else None,
        status=status if isinstance(status, str) else "",
    )
