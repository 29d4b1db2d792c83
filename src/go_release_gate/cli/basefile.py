"""Read files of a pull request's base commit: from the checkout where it has the commit, else from GitHub."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.config.environment import secret
from go_release_gate.errors import UnavailableError

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git


def base_reader(
    environ: Mapping[str, str], root: Path, revision: str, *, offline: bool = False
) -> Callable[[str], bytes | None]:
    """A function from a path relative to `root` to the file's bytes in the base commit, None where it has none.

    It raises UnavailableError when the commit can be read nowhere. Nothing is fetched into the checkout.
    """

    def read(path: str) -> bytes | None:
        commit = _local_commit(environ, root, revision)
        if commit:
            return git_of(environ, root).file_at(commit, path)
        if offline or not revision or not environ.get("GITHUB_REPOSITORY"):
            raise UnavailableError("the base commit is not in this checkout")
        return _from_github(environ, root, revision, path)

    return read


def _local_commit(environ: Mapping[str, str], root: Path, revision: str) -> str:
    """The base commit, if the checkout has it: by name, or as first parent of the merge commit checked out."""
    git = git_of(environ, root)
    found = git.commit(revision) if revision else ""
    if found or not environ.get("GITHUB_REF", "").endswith("/merge"):
        return found
    return git.commit("HEAD^1") if git.head_commit() == environ.get("GITHUB_SHA") else ""


def git_of(environ: Mapping[str, str], root: Path) -> Git:
    """git for reading the repository at `root`, without anybody's settings."""
    from go_release_gate.adapters.environment import Surroundings, child_environment
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.programs import find

    nowhere = Path("/nonexistent")
    variables = child_environment(environ, Surroundings(root, nowhere, trusted=False)).variables
    return Git(ProcessRunner(), find("git", environ, root), variables, root)


def _from_github(environ: Mapping[str, str], root: Path, revision: str, path: str) -> bytes | None:
    """From the contents interface; the path there is relative to the repository, not to a folder judged in it."""
    from go_release_gate.adapters.github.contents import read_contents

    workspace = Path(environ.get("GITHUB_WORKSPACE") or root).resolve()
    folder = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else "."
    return read_contents(
        environ.get("GITHUB_API_URL") or "https://api.github.com",
        environ["GITHUB_REPOSITORY"],
        posixpath.normpath(f"{folder}/{path}"),
        commit=revision,
        token=secret(environ, "github-token"),
    )
