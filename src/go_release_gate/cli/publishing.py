"""From a finished check in a workflow to GitHub: what to report on, with which token, at which lines."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.programs import checkout_of
from go_release_gate.cli.basefile import git_of
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import read_payload
from go_release_gate.config.environment import secret
from go_release_gate.config.event import EventContext, load_event
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.errors import GateError, InterruptedRun
from go_release_gate.model.report import CheckReport
from go_release_gate.model.shipped import UNCHANGED, ShippedChanges
from go_release_gate.publish.target import Target, Unfit, run_key, target_of

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.publish.placement import Texts
    from go_release_gate.publish.publish import Published, Wishes

READ_LIMIT = 16 << 20  # bytes of a file whose lines are mapped
NAME = "go-release-gate findings"
CHANGES = "go-release-gate changes"
LONGEST_NAME = 100  # characters of a check run's name that people still read


def folder_of(args: argparse.Namespace, environ: Mapping[str, str]) -> str:
    """Where the judged folder lies in its repository, with `/`; `.`: it is the repository."""
    root = root_of(args, environ)
    top = checkout_of(root, environ)
    nearest = next((place for place in (root, *root.parents) if (place / ".git").exists()), top)
    top = nearest if nearest.is_relative_to(top) else top
    return root.relative_to(top).as_posix() if root.is_relative_to(top) else "."


def wishes_of(args: argparse.Namespace, environ: Mapping[str, str] | None = None) -> Wishes:
    """What the inputs want; without a word everything."""
    from go_release_gate.publish.publish import Wishes

    return Wishes(
        check_run=args.check_run is not False,
        check_name=args.check_name or _name(args, environ or {}),
        review=args.review is not False,
        comment=args.comment or "auto",
        upload_sarif=args.upload_sarif is not False,
    )


def _name(args: argparse.Namespace, environ: Mapping[str, str]) -> str:
    """A name of its own for each selection: two check runs of one name hide each other.

    The folder as the input `path` has it, seen from the workspace: where that lies is the runner's matter.
    """
    folder = os.path.relpath(getattr(args, "path", None) or ".", environ.get("GITHUB_WORKSPACE") or ".")
    parts = [] if folder == "." else [folder]
    parts += list(getattr(args, "module", None) or ())
    name = f"{NAME} ({', '.join(parts)})" if parts else NAME
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 10]}… {run_key({}, name)[:8]}"


def publish_check(report: CheckReport, args: argparse.Namespace, environ: Mapping[str, str]) -> Published:
    """Show the report of a check that has just run, in paths of the repository, on GitHub.

    Never raises for what GitHub does, nor for a signal: the answer says what could not be written. The verdict is known
    by now, and what is left to do (log, summary, outputs) takes a moment.
    """
    from go_release_gate.publish.publish import READ_ONLY, Published, publish

    event = load_event(environ, read_payload)
    root = root_of(args, environ)
    git = git_of(environ, root)
    target = target_of(event, environ, git.lineage())
    if isinstance(target, Unfit):
        return Published(notices=(f"nothing is shown on GitHub beside this run: {target.why}",))
    if not target.can_write:
        return Published(notices=(READ_ONLY,))
    token = secret(environ, "github-token")
    if not token:
        return Published(notices=("nothing is shown on GitHub beside this run: the input github-token is empty",))
    try:
        api = connected(args, environ, event, token)
        texts = _texts(target, api, git, root, folder_of(args, environ))
        return publish(report, target, api, wishes_of(args, environ), texts)
    except InterruptedRun:
        return Published(notices=("showing this on GitHub was interrupted: what stands there may be a part of it",))
    except GateError as error:
        return Published(notices=(f"nothing is shown on GitHub beside this run: {error.message}",))


def publish_changes(changes: ShippedChanges, args: argparse.Namespace, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Show on the pull request which programs it changes, in a comment of its own; gives what could not be shown.

    Never raises for what GitHub does.
    """
    from go_release_gate.adapters.github.comments import put_comment
    from go_release_gate.report.comment import render_changes

    event = load_event(environ, read_payload)
    target = target_of(event, environ, git_of(environ, root_of(args, environ)).lineage())
    token = secret(environ, "github-token")
    wish = getattr(args, "comment", None) or "auto"
    if isinstance(target, Unfit) or target.number is None or not target.can_write or not token or wish == "never":
        return ()
    is_wanted = wish == "always" or bool(changes.problem or any(one.outcome != UNCHANGED for one in changes.programs))
    try:
        api = connected(args, environ, event, token)
        put_comment(api, target.number, CHANGES, render_changes(changes), _author(api), create=is_wanted)
    except InterruptedRun:
        return ("showing what changes on the pull request was interrupted",)
    except GateError as error:
        return (f"what changes is not shown on the pull request: {error.message}",)
    return ()


def _author(api: Api) -> str:
    """Whose comments are ours; a token that may not be asked who it is has no name."""
    from go_release_gate.adapters.github.api import AwayError, GitHubError

    try:
        return api.viewer()
    except AwayError:
        raise
    except GitHubError:
        return ""


def connected(args: argparse.Namespace, environ: Mapping[str, str], event: EventContext, token: str) -> Api:
    """GitHub, with the company's authorities where `ca-bundle` names some. Raises UsageError."""
    from go_release_gate.adapters.github.connecting import connect
    from go_release_gate.adapters.trust import read_bundle

    root = Path(environ.get("GITHUB_WORKSPACE") or ".")
    pem = read_bundle(args.ca_bundle, root=root, trusted=event.trusted) if args.ca_bundle else ""
    return connect(environ, token=token, ca_bundle_pem=pem)


def _texts(target: Target, api: Api, git: Git, root: Path, folder: str) -> Texts:
    """The judged files as they lie in the checkout, and those of the head commit from it or from GitHub."""
    from go_release_gate.adapters.github.blobs import file_at
    from go_release_gate.publish.placement import Texts

    if target.number is None:
        return Texts()
    prefix = "" if folder == "." else f"{folder}/"
    is_here = bool(git.commit(target.head))

    def judged(path: str) -> bytes | None:
        directory, _, name = path.removeprefix(prefix).rpartition("/")
        try:
            return read_regular(root, directory or ".", name, READ_LIMIT)
        except RefusedFileError:
            return None

    def head(path: str) -> bytes | None:
        if is_here:
            return git.file_at(target.head, path.removeprefix(prefix))
        return file_at(api, path, target.head)

    return Texts(judged, head)
