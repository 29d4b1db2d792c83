"""What a shallow clone lacks, asked of GitHub: the names in another commit, all of its files, the tags."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from go_release_gate.adapters.github.api import Api
from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from go_release_gate.adapters.github.connection import Connection

# A second copy of the repository has to fit beside the first one on a runner's disk (14 GB are promised). The archives
# of the largest public Go repositories have a tenth of this.
DOWNLOAD_LIMIT = 512 << 20  # bytes of the compressed archive
DOWNLOAD_SECONDS = 120.0
TAG_LIMIT = 10_000
JSON = "application/vnd.github+json"


def objects_at(api: Api, commit: str) -> dict[str, str]:
    """Path → object id of every file, link and submodule of a commit, as `Git.objects` gives them.

    https://docs.github.com/rest/git/trees#get-a-tree (`recursive`: at most 100,000 entries and 7 MB)

    Raises:
        UnavailableError: no answer, no such commit, or a tree that GitHub gives only in part.
    """
    answer = api.get(f"/repos/{api.repository}/git/trees/{quote(commit, safe='')}", {"recursive": "1"})
    entries = answer.get("tree")
    if not isinstance(entries, list) or answer.get("truncated") is not False:
        raise UnavailableError("GitHub gives only a part of this commit's tree", "check out with history")
    named = (entry for entry in entries if isinstance(entry, Mapping) and entry.get("type") != "tree")
    return {str(entry.get("path")): str(entry.get("sha")) for entry in named}


def tags_at(api: Api) -> dict[str, str]:
    """Tag name → the commit it stands for, also for annotated tags.

    https://docs.github.com/rest/repos/repos#list-repository-tags (matching-refs would give an annotated tag's own
    object, and take one more request for each)

    Raises:
        UnavailableError: no answer, or more than TAG_LIMIT tags.
    """
    found = api.pages(f"/repos/{api.repository}/tags", most=TAG_LIMIT + 1)
    if len(found) > TAG_LIMIT:
        raise UnavailableError(f"the repository has more than {TAG_LIMIT} tags", "check out with its tags")
    pairs = ((tag.get("name"), (tag.get("commit") or {}).get("sha")) for tag in found)
    return {str(name): str(commit) for name, commit in pairs if name and commit}


def download_tree(
    connection: Connection, commit: str, directory: Path, *, objects: Mapping[str, str] | None = None
) -> None:
    """Put the files of the repository at `commit` into `directory` (made here; it must be empty or not exist).

    https://docs.github.com/rest/repos/contents#download-a-repository-archive-tar

    Args:
        objects: what `objects_at` gave for the commit; then a file that the archive leaves out (`export-ignore` in
            .gitattributes) is an error instead of a hole.

    Raises:
        UnavailableError: no answer, one beyond a limit, or an archive that would write elsewhere. Files may lie in
            `directory` already.
    """
    from go_release_gate.adapters.github.archive import unpack
    from go_release_gate.adapters.github.opening import opened

    path = f"/repos/{connection.repository}/tarball/{quote(commit, safe='')}"
    directory.mkdir(parents=True, exist_ok=True)
    with opened(connection, path, accept=JSON, limit=DOWNLOAD_LIMIT, seconds=DOWNLOAD_SECONDS) as stream:
        unpack(stream, directory)
    for name in objects or {}:
        if not (directory / name).is_symlink() and not (directory / name).exists():
            raise UnavailableError("the archive of the commit lacks a file of it", "look for export-ignore")
