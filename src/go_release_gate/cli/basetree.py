"""The commit that `--only-new` compares with: from the checkout where that has it, else downloaded from GitHub."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.cli.basefile import is_merge_ref
from go_release_gate.config.environment import secret
from go_release_gate.engine.base_judging import BaseTree, Wanted
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.model.severity import Event

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.process import Runner
    from go_release_gate.cli.session import Session
    from go_release_gate.cli.settings import Judged

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Found:
    """The tree to compare with, where there is one; whether that it is asked for counts at all; and what to say."""

    tree: BaseTree | None = None
    notices: tuple[str, ...] = ()
    counts: bool = True


def find_base(
    judged: Judged, args: argparse.Namespace, environ: Mapping[str, str], root: Path, session: Session
) -> Found:
    """Find the commit to compare with, for a run that is asked for only what is new.

    On a tag that is not asked for, whatever was said: a release judges everything.

    Raises:
        UsageError: `base` names no commit of a checkout with all of its history.
    """
    if judged.settings.event is Event.TAG:
        return Found(notices=("only-new does not count on a tag: a release judges everything",), counts=False)
    try:
        tree = locate_base(judged, args, environ, root, session)
    except UnavailableError as error:
        said = f"all findings count as new: {error.message}" + (f" ({error.hint})" if error.hint else "")
        return Found(notices=(said,))
    command = judged.settings.prepare if judged.settings.trusted else ()
    return Found(_prepared(tree, command, session.runner, environ) if command else tree)


def locate_base(
    judged: Judged, args: argparse.Namespace, environ: Mapping[str, str], root: Path, session: Session
) -> BaseTree:
    """The commit to compare with: `--base`, else what a pull request is merged into.

    Raises:
        UsageError: `base` names no commit of a checkout with all of its history. UnavailableError: it cannot be had.
    """
    git = session.git
    given = str(args.base or "")
    revision = given or _first_parent(git, environ) or judged.event.base
    search = _Search(revision, args, environ, root, git, judged.settings.trusted)
    try:
        return search.local() or search.remote()
    except UnavailableError as error:
        if given and not search.can_be_elsewhere:
            raise UsageError(f"--base: {error.message}", error.hint) from error
        raise


def _first_parent(git: Git, environ: Mapping[str, str]) -> str:
    """What a pull request's merge commit was merged into: the event's own base may be older by then."""
    lineage = git.lineage() if is_merge_ref(environ.get("GITHUB_REF", "")) else ()
    return lineage[1] if len(lineage) > 1 and lineage[0] == environ.get("GITHUB_SHA") else ""


@dataclass(frozen=True, slots=True)
class _Search:
    """One revision, and where its files may be."""

    revision: str
    args: argparse.Namespace
    environ: Mapping[str, str]
    root: Path
    git: Git
    trusted: bool

    @property
    def can_be_elsewhere(self) -> bool:
        """Whether a commit may exist although the checkout does not know it."""
        return self.git.is_shallow() or bool(_COMMIT.fullmatch(self.revision) and self.environ.get("GITHUB_REPOSITORY"))

    def local(self) -> BaseTree | None:
        """The tree from the checkout; None: it lacks the commit, or the content of its files."""
        from go_release_gate.adapters.committree import CommitTree

        commit = self.git.commit(self.revision) if self.revision else ""
        if not commit:
            return None
        tree = CommitTree(self.git, commit)
        if not tree.is_whole and self._is_remote_possible():
            return None
        return BaseTree(commit, tree.objects, self._head, tree.write, self._folder())

    def remote(self) -> BaseTree:
        """The tree from GitHub. Nothing is asked yet. Raises UnavailableError when it cannot be asked there."""
        if not self.revision:
            raise UnavailableError("no base commit is known", "name one with --base")
        if not self._is_remote_possible():
            is_cut = self.git.is_shallow()
            raise UnavailableError(
                f"the revision {self.revision!r} is not in this checkout",
                "check out with history (actions/checkout: fetch-depth: 0)" if is_cut else "check its name",
            )
        objects = cache(self._objects)

        def download(directory: Path, wanted: Wanted) -> None:  # noqa: ARG001 - an archive holds everything
            if not any(directory.iterdir()):
                self._download(directory, objects())

        return BaseTree(self.revision, objects, self._head, download, self._folder())

    def _is_remote_possible(self) -> bool:
        is_named = _COMMIT.fullmatch(self.revision) is not None
        return is_named and not self.args.offline and bool(self.environ.get("GITHUB_REPOSITORY"))

    def _folder(self) -> str:
        """Where the judged folder lies in the repository, with `/`; without git, in the workspace."""
        if self.git.is_repository():
            return self.git.prefix().removesuffix("/") or "."
        workspace = Path(self.environ.get("GITHUB_WORKSPACE") or self.root).resolve()
        return self.root.relative_to(workspace).as_posix() if self.root.is_relative_to(workspace) else "."

    def _head(self) -> Mapping[str, str]:
        return {entry.path: entry.object for entry in self.git.tree("HEAD")} if self.git.head_commit() else {}

    def _objects(self) -> Mapping[str, str]:
        from go_release_gate.adapters.github.connecting import connect
        from go_release_gate.adapters.github.trees import objects_at

        token, pem = self._access()
        return objects_at(connect(self.environ, token=token, ca_bundle_pem=pem), self.revision)

    def _download(self, directory: Path, objects: Mapping[str, str]) -> None:
        from go_release_gate.adapters.github.connection import connection_of
        from go_release_gate.adapters.github.trees import download_tree

        token, pem = self._access()
        connection = connection_of(self.environ, token=token, ca_bundle_pem=pem)
        download_tree(connection, self.revision, directory, objects=objects)

    def _access(self) -> tuple[str, str]:
        """The token, and the certificates of the input `ca-bundle`."""
        from go_release_gate.adapters.trust import read_bundle

        bundle = self.args.ca_bundle
        pem = read_bundle(bundle, root=self.root, trusted=self.trusted) if bundle else ""
        return secret(self.environ, "github-token"), pem


def _prepared(tree: BaseTree, command: tuple[str, ...], runner: Runner, environ: Mapping[str, str]) -> BaseTree:
    """The tree with what `prepare` generates in it, as for the head; the base commit is the repository's own code."""
    from go_release_gate.engine.prepare import run_command

    def write(directory: Path, wanted: Wanted) -> None:
        tree.write(directory, wanted)
        run_command(directory / tree.folder, command, runner=runner, env=environ)

    return replace(tree, write=write, needs_all=True)
