"""Read the base commit of a pull request: from the checkout where it has the commit, else from GitHub."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.config.environment import secret
from go_release_gate.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.github.connection import Connection

_ASKABLE = re.compile(r"[0-9A-Za-z][\w./-]*")  # a commit or the name of a branch, nothing counted from it


def is_merge_ref(ref: str) -> bool:
    """Whether `ref` is GitHub's merge of a pull request, which nobody can push to; a branch may be called `x/merge`."""
    return re.fullmatch(r"refs/pull/[0-9]+/merge", ref) is not None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How a commit that the checkout lacks may be read.

    Attributes:
        offline: not at all.
        ca_bundle: text or path of the input `ca-bundle`. trusted: whether a path into the checkout counts.
    """

    offline: bool = False
    ca_bundle: str = ""
    trusted: bool = False

    def connection(self, environ: Mapping[str, str], root: Path) -> Connection:
        """Where to ask. Raises UnavailableError when that cannot be made out."""
        from go_release_gate.adapters.github.connection import connection_of
        from go_release_gate.adapters.trust import read_bundle

        try:
            pem = read_bundle(self.ca_bundle, root=root, trusted=self.trusted) if self.ca_bundle else ""
            return connection_of(environ, token=secret(environ, "github-token"), ca_bundle_pem=pem)
        except UsageError as error:
            raise UnavailableError(error.message, error.hint) from error


def base_reader(
    environ: Mapping[str, str], root: Path, revision: str, elsewhere: Elsewhere | None = None
) -> Callable[[str], bytes | None]:
    """A function from a path relative to `root` to the file's bytes in the base commit, None where it has none.

    It raises UnavailableError when the commit can be read nowhere. Nothing is fetched into the checkout.
    """
    other = elsewhere or Elsewhere()

    def read(path: str) -> bytes | None:
        commit = _local_commit(environ, root, revision)
        if commit:
            return git_of(environ, root).file_at(commit, path)
        if other.offline or not revision or not environ.get("GITHUB_REPOSITORY"):
            raise UnavailableError("the base commit is not in this checkout")
        return _from_github(other.connection(environ, root), _folder(environ, root), path, revision)

    return read


def base_objects(
    environ: Mapping[str, str], root: Path, revision: str, elsewhere: Elsewhere | None = None
) -> dict[str, str]:
    """Path relative to `root` → object id of everything below it at `revision`.

    Raises:
        UnavailableError: neither the checkout nor GitHub gives the revision.
    """
    other, git = elsewhere or Elsewhere(), git_of(environ, root)
    is_askable = _ASKABLE.fullmatch(revision) and environ.get("GITHUB_REPOSITORY") and not other.offline
    if git.commit(revision) or not is_askable:
        return git.objects(revision)
    try:
        found = _objects_from_github(other.connection(environ, root), revision.removeprefix("origin/"))
    except UnavailableError as error:
        hint = "check out with history (actions/checkout: fetch-depth: 0)"
        raise UnavailableError(f"the revision {revision!r} is not in this checkout; {error.message}", hint) from error
    prefix = "" if (folder := _folder(environ, root)) == "." else f"{folder}/"
    return {path.removeprefix(prefix): name for path, name in found.items() if path.startswith(prefix)}


def _local_commit(environ: Mapping[str, str], root: Path, revision: str) -> str:
    """The base commit, if the checkout has it: by name, or as first parent of the merge commit checked out."""
    git = git_of(environ, root)
    found = git.commit(revision) if revision else ""
    if found or not is_merge_ref(environ.get("GITHUB_REF", "")):
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


def _folder(environ: Mapping[str, str], root: Path) -> str:
    """Where `root` lies in its repository, whose paths GitHub knows; the repository may be checked out anywhere."""
    workspace = Path(environ.get("GITHUB_WORKSPACE") or root).resolve()
    top = next((place for place in (root, *root.parents) if (place / ".git").exists()), workspace)
    return root.relative_to(top).as_posix() if root.is_relative_to(top) else "."


def _from_github(connection: Connection, folder: str, path: str, revision: str) -> bytes | None:
    from go_release_gate.adapters.github.contents import read_contents

    return read_contents(connection, posixpath.normpath(f"{folder}/{path}"), commit=revision)


def _objects_from_github(connection: Connection, revision: str) -> dict[str, str]:
    from go_release_gate.adapters.github.connecting import client_of
    from go_release_gate.adapters.github.trees import objects_at

    return objects_at(client_of(connection), revision)
