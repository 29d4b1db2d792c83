"""The context of image names: event, ref and commit from the workflow or the checkout, the rest from GitHub.

Each source is asked only for what is missing and used: in a workflow git does not run, and GitHub is asked for the
repository's record where the event lacks it, and for a commit's date where an expression names it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.cli.image_ref import ref_at_head, resolved_ref
from go_release_gate.config.environment import secret
from go_release_gate.config.event import PAYLOAD_LIMIT, EventContext, event_context
from go_release_gate.errors import GateError, UsageError
from go_release_gate.oci.tags.context import EPOCH, PULLS, Context, RepositoryRecord, as_workflow, commit_time

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.github.api import Api

PATIENCE = 5.0  # seconds for all that GitHub is asked: a description is not worth more
PATIENCE_STRICT = 20.0  # the tags of a repository are many pages, and names depend on them
PUBLIC_API = "https://api.github.com"
HEAD_VARIABLE = "DOCKER_METADATA_PR_HEAD_SHA"


@dataclass
class Sources:
    """Where a context comes from.

    Attributes:
        is_dated: whether an expression asks when the commit was made.
        is_strict: whether the commit's time stands for the clock's.
        is_timeless: whether it should and is not known.
        connect: stands in for the real interface of GitHub.
        notices: what could not be found out.
    """

    args: argparse.Namespace
    environ: Mapping[str, str]
    root: Path
    is_dated: bool = False
    connect: Any = None
    notices: list[str] = field(default_factory=list)
    is_strict: bool = False
    is_timeless: bool = False

    @cached_property
    def git(self) -> Git:
        """The checkout, where there is one."""
        from go_release_gate.cli.basefile import git_of

        return git_of(self.environ, self.root)

    @cached_property
    def _event_file(self) -> bytes | None:
        path = self.environ.get("GITHUB_EVENT_PATH", "")
        if not path:
            return None
        try:
            with Path(path).open("rb") as file:
                return file.read(PAYLOAD_LIMIT + 1)
        except OSError as error:
            self.notices.append(f"the event's file {path!r} cannot be read: {error.strerror}")
            return None

    @cached_property
    def payload(self) -> Mapping[str, Any]:
        """The event's document. Raises UsageError for a file that holds none."""
        data = self._event_file
        if data is None:
            return {}
        try:
            document = json.loads(data) if len(data) <= PAYLOAD_LIMIT else None
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise UsageError("the file at GITHUB_EVENT_PATH is no JSON object", "name the file of an event")
        return document

    @cached_property
    def event(self) -> EventContext:
        """What the run is about, and whether it is trusted."""
        return event_context(self.environ, self._event_file)

    @cached_property
    def api(self) -> Api | None:
        """GitHub, where it may be asked: a token is there, or it is not the public one, whose anonymous limit all
        runners share."""
        token, address = secret(self.environ, "github-token"), self.environ.get("GITHUB_API_URL") or PUBLIC_API
        is_open = bool(token) or address.rstrip("/") != PUBLIC_API
        if self.args.offline or not is_open or not self.environ.get("GITHUB_REPOSITORY"):
            return None
        try:
            return self.connect() if self.connect else self._connected(token)
        except GateError as error:
            self.notices.append(f"GitHub is not asked: {error.message}")
            return None

    def _connected(self, token: str) -> Api:
        from go_release_gate.adapters.github.client import Timing
        from go_release_gate.adapters.github.connecting import connect
        from go_release_gate.adapters.trust import read_bundle

        trusted = self.event.trusted
        bundle = self.args.ca_bundle
        pem = read_bundle(bundle, root=self.root, trusted=trusted) if bundle else ""
        return connect(
            self.environ,
            token=token,
            ca_bundle_pem=pem,
            timing=Timing(deadline=PATIENCE_STRICT if self.is_strict else PATIENCE),
        )


def context_of(sources: Sources) -> Context:
    """The context of a run. Raises UsageError for what cannot be understood, and where there is no ref at all."""
    environ = sources.environ
    now = _now(environ)
    context = Context(environ.get("GITHUB_EVENT_NAME", ""), now=now, payload=sources.payload)
    context = replace(context, ref=environ.get("GITHUB_REF", ""), sha=environ.get("GITHUB_SHA", ""))
    has_ref = bool(environ.get("GITHUB_REF") or sources.args.ref)
    source = sources.args.context or ("workflow" if has_ref else "git")
    if sources.args.ref:
        context = _for_ref(context, sources)
    elif source == "git":
        context = _of_checkout(context, sources)
    else:
        context = as_workflow(context, environ.get(HEAD_VARIABLE, ""))
    context = replace(context, repository=_record(sources))
    if not environ.get("GITHUB_REF"):  # in a workflow the event alone decides what the default branch is
        branch = {"default_branch": context.repository.default_branch}
        context = replace(context, payload={**context.payload, "repository": branch})
    date = _commit_date(context, sources, source) if sources.is_dated or sources.is_strict else None
    if sources.is_strict and not environ.get("SOURCE_DATE_EPOCH"):
        sources.is_timeless = date is None
        return replace(context, now=date or EPOCH, commit_date=date or EPOCH)
    return replace(context, commit_date=date or now)


def _now(environ: Mapping[str, str]) -> datetime:
    """https://reproducible-builds.org/specs/source-date-epoch/"""
    text = environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH is {text!r}", "expected seconds since 1970, as `date +%s` says") from None


def _for_ref(context: Context, sources: Sources) -> Context:
    """For the ref that was named, which need not exist: a push of it, where it is not what the event is about."""
    ref, commit = resolved_ref(sources.args.ref, sources.environ, sources.payload, sources.git)
    usual = "pull_request" if ref.startswith(PULLS) else "push"
    if _is_own(ref, context):
        context = as_workflow(context, sources.environ.get(HEAD_VARIABLE, ""))
        sha = context.sha or commit or sources.git.head_commit()
        return replace(context, event=context.event or usual, ref=ref, sha=sha)
    payload = {key: value for key, value in context.payload.items() if key not in ("base_ref", "pull_request")}
    is_kept = context.event and not context.event.startswith("pull_request") and usual == "push"
    sha = commit or context.sha or sources.git.head_commit()
    return replace(context, event=context.event if is_kept else usual, ref=ref, sha=sha, payload=payload)


def _is_own(ref: str, context: Context) -> bool:
    """Whether the event is about `ref`."""
    number = context.payload.get("number")
    is_its_pull = isinstance(number, int) and ref.startswith(f"{PULLS}{number}/")
    return ref in (context.ref, context.payload.get("ref")) or is_its_pull


def _of_checkout(context: Context, sources: Sources) -> Context:
    commit = sources.git.head_commit()
    if not commit:
        raise UsageError(
            "there is no ref to make names for: no GITHUB_REF, and no commit is checked out",
            "name one: --ref refs/tags/v1.2.3",
        )
    return replace(context, event=context.event or "push", ref=ref_at_head(sources.git), sha=commit)


def _record(sources: Sources) -> RepositoryRecord:
    """From the event; what that lacks from GitHub, and what can be derived from names."""
    from go_release_gate.adapters.github.metadata import completed, missing_keys, read_record, record_of

    document = sources.payload.get("repository")
    record = record_of(document)
    missing = missing_keys(document)
    if missing and (api := sources.api) is not None:
        try:
            record, missing = completed(record, read_record(api)), ()
        except GateError as error:
            sources.notices.append(f"the repository's record could not be read: {error.message}")
    record = completed(record, _derived(sources))
    unknown = [key for key in missing if key in ("description", "license")]
    if unknown:
        sources.notices.append(f"not known, and empty in labels: {', '.join(unknown)} (give github-token)")
    return record


def _derived(sources: Sources) -> RepositoryRecord:
    """What the repository's name and address tell."""
    environ = sources.environ
    repository = environ.get("GITHUB_REPOSITORY", "")
    if repository:
        server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
        return RepositoryRecord(name=repository.rpartition("/")[2], html_url=f"{server.rstrip('/')}/{repository}")
    address = sources.git.origin()
    address = address.removesuffix(".git") if address.startswith("https://") else ""
    return RepositoryRecord(
        name=address.rpartition("/")[2] or sources.root.name,
        html_url=address,
        default_branch=sources.git.default_branch(),
    )


def _commit_date(context: Context, sources: Sources, source: str) -> datetime | None:
    """From the event, else from the checkout, else from GitHub; the checkout first where it is the source."""
    told = commit_time(context.payload, context.sha) if source != "git" else None
    if told:
        return told
    seconds = sources.git.time_of(context.sha)
    if seconds is not None:
        return datetime.fromtimestamp(seconds, UTC)
    if context.sha and (api := sources.api) is not None:
        from go_release_gate.adapters.github.metadata import read_commit_time

        try:
            return read_commit_time(api, context.sha)
        except GateError as error:
            instead = "" if sources.is_strict else ", now stands for it"
            sources.notices.append(f"the commit's date could not be read{instead}: {error.message}")
    return None
