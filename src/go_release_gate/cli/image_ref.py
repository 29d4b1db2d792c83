"""Which ref image names are made for: a short name in full, and what a detached checkout stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from go_release_gate.errors import UsageError
from go_release_gate.oci.tags.context import HEADS, TAGS, text_at

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git

_REMOTE = re.compile(r"refs/remotes/[^/]+/(.+)")
_ODD = re.compile(r"[\^~:@{?*\[\\]")  # not in a tag's name, and a revision's grammar to git
_REMOTE_PULL = re.compile(r"refs/remotes/(pull/\d+/(?:head|merge))")


def resolved_ref(name: str, environ: Mapping[str, str], payload: Mapping[str, Any], git: Git) -> tuple[str, str]:
    """The full name of a ref, and its commit where the checkout has it (else empty).

    A short name is the event's own ref, else a tag, else a branch; what is none of these is a tag that does not
    exist yet.
    """
    if name.startswith("refs/"):
        return name, "" if name == environ.get("GITHUB_REF") else git.commit(name)
    if name == environ.get("GITHUB_REF_NAME") and environ.get("GITHUB_REF"):
        return environ["GITHUB_REF"], ""
    if not _ODD.search(name) and (commit := git.commit(TAGS + name)):
        return TAGS + name, commit
    if tip := git.branches().get(name):
        return HEADS + name, tip
    if name.startswith(("heads/", "tags/", "pull/")):
        return f"refs/{name}", git.commit(f"refs/{name}")
    is_branch = name == text_at(payload, "repository", "default_branch")
    return (HEADS if is_branch else TAGS) + name, ""


def ref_at_head(git: Git) -> str:
    """The branch that is checked out. Of a detached commit: its tag, else its pull request, else its branch, else a
    branch that holds it.

    Raises UsageError where nothing names the commit.
    """
    if branch := git.ref():
        return branch
    names = sorted(git.refs_at_head(), reverse=True)
    if tags := [name for name in names if name.startswith(TAGS)]:
        return tags[0]
    if pulls := [match for name in names if (match := _REMOTE_PULL.fullmatch(name))]:
        return f"refs/{pulls[0][1]}"
    branches = [name for name in names if name.startswith(HEADS)]
    remotes = [HEADS + match[1] for name in names if (match := _REMOTE.fullmatch(name)) and match[1] != "HEAD"]
    holding = [HEADS + name for name in git.branches(git.head_commit())]
    for found in (*branches, *remotes, *holding):
        return found
    raise UsageError("no tag and no branch names the commit that is checked out", "name one: --ref refs/heads/main")
