"""The target `gitops`: manifests in a git repository say what runs; a move commits to them, or asks by pull request.

What runs is what the branch says. A pull request changes nothing before it is merged: applying then opens it, or
brings it up to date, and raises OpenRequestError, so that the ledger's intent stays open until `release resume` finds
the merged branch. Applying again after an interruption finds its own commit and does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.adapters.github.api import Api
from go_release_gate.adapters.github.pull_requests import (
    PullRequest,
    is_jobs_token,
    open_pull_request,
    opened,
    put_pull_request,
)
from go_release_gate.adapters.targets.checkout import Blob, Checkout
from go_release_gate.config.releases import Service, Target
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.facts.patch import file_diff
from go_release_gate.gitops.moving import Edited, edited, uses_of
from go_release_gate.gitops.use import Wish, names_of, tag_alone
from go_release_gate.ledger.move import Effect, Move, Observed

TRIES = 20
JOBS_TOKEN = (
    "the pull request was opened with the job's own token, so that its checks do not start by themselves: "
    "open it with the token of a GitHub App, or close and reopen it"
)


class OpenRequestError(UnavailableError):
    """The move waits for people: its pull request is open. `url` is the pull request's page."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message, "merge the pull request")
        self.url = url


@dataclass(frozen=True, slots=True)
class Words:
    """What people read: the message of a commit, title and Markdown body of a pull request."""

    message: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class _Look:
    """The branch as it is: its tip, its files, and what is to be edited."""

    branch: str
    tip: str
    blobs: Mapping[str, Blob]
    edited: Edited

    @property
    def digest(self) -> str:
        """The one digest that all places show; empty where they show several, or tags alone."""
        shown = {use.shown[1] for use in self.edited.uses}
        return shown.pop() if len(shown) == 1 else ""


@dataclass(slots=True)
class GitOps:
    """Files in a repository.

    Attributes:
        settings: the target's. services: settings of the services by name.
        checkout: the repository. words: what is written about a move.
        github: for pull requests in the same repository; None: there is no GitHub to ask.
        notice: is told what a person should know.
        digest_at: the digest at a reference, empty where there is none; None: nobody is asked what a tag shows.
    """

    settings: Target
    services: Mapping[str, Service]
    checkout: Checkout
    words: Callable[[Move], Words]
    github: Callable[[], Api] | None = None
    notice: Callable[[str], None] = lambda _words: None
    digest_at: Callable[[str], str] | None = None
    name: str = ""
    kind: str = field(default="gitops", init=False)
    _branch: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.name = self.name or self.settings.name or self.kind
        if not self.settings.files:
            raise UsageError(f"{self.name}: no files are named", "set `files` of the target")

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002 - the protocol's
        """What the branch says. Unknown where its files are not as they should be, which a plan refuses."""
        try:
            branch, tip, blobs = self._files()
            uses = uses_of(_data(blobs), self._repositories(service), self.settings.format)
        except RefusedError as error:
            return Observed(unknown=error.message)
        shown = {use.shown[1] or use.shown[0] for use in uses}
        if len(shown) != 1:
            what = "show different images: " if uses else f"do not name the image of {service}"
            return Observed(unknown=f"the files {what}{', '.join(use.text for use in uses)}")
        tag, digest = uses[0].shown
        if tag and not digest:
            return Observed(unknown=f"the files name the tag {tag} alone")
        return Observed(digest, f"{branch} at {tip[:12]}")

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """One commit or pull request with its diff; nothing where the branch says it already."""
        look = self._look(move)
        if not look.edited.edits:
            return ()
        self._refuse_other_tags(look, move)
        count = len(look.edited.edits)
        what = f"{count} {'value' if count == 1 else 'values'} in {', '.join(look.edited.files)}"
        diff = "".join(file_diff(path, look.blobs[path].data, data) for path, data in look.edited.files.items())
        if self.settings.deliver == "push":
            return (Effect(f"commit {what} to {look.branch} of {self.checkout.shown}", diff),)
        head = branch_of(move)
        return (Effect(f"open a pull request from {head} to {look.branch} of {self.checkout.shown}: {what}", diff),)

    def apply(self, move: Move) -> str:
        """See Target; OpenRequestError where a pull request has to be merged first."""
        look = self._look(move)
        if not look.edited.edits:
            return f"{look.branch} of {self.checkout.shown} shows {move.after} already"
        self._refuse_moved(look, move)
        self._refuse_other_tags(look, move)
        return self._pushed(look, move) if self.settings.deliver == "push" else self._requested(look, move)

    def _pushed(self, look: _Look, move: Move) -> str:
        """Push; where somebody was faster, look again: it is repeated while our scalars are as they were."""
        first = look
        for _ in range(TRIES):
            made = self._committed(look, move)
            try:
                is_done = self.checkout.push(look.branch, made, look.tip)
            except UnavailableError:
                if not self._look(move).edited.edits:  # the answer was lost, not the push
                    return self._done(look, made, move)
                raise
            look = self._look(move)
            if is_done and look.edited.edits:
                shows = look.digest or "another image"
                raise UnavailableError(
                    f"commit {made[:12]} was pushed to {look.branch}, which shows {shows} again", "look who changes it"
                )
            if not look.edited.edits:
                return self._done(look, made if is_done else look.tip, move)
            if not _places(look) <= _places(first):
                raise RaceError(
                    f"{look.branch} of {self.checkout.shown} was changed meanwhile: it shows "
                    f"{look.digest or 'another image'}; nothing was written",
                    "look who changes it, then plan again",
                )
        raise RaceError(f"others push to {look.branch} of {self.checkout.shown} without a pause; nothing was written")

    def _requested(self, look: _Look, move: Move) -> str:
        """Bring the pull request and its branch to where they should be, and say that it waits."""
        if self.github is None:
            raise UsageError(f"{self.name}: `deliver: pull-request` needs GitHub", "set github-token, or deliver: push")
        api, head, words = self.github(), branch_of(move), self.words(move)
        found = open_pull_request(api, head, look.branch)
        old = self.checkout.tip(head)
        if not self._stands(old, look, move, is_open=found is not None):
            made = self._committed(look, move)
            if not self.checkout.push(head, made, old):
                raise RaceError(f"somebody else pushed to {head} of {self.checkout.shown} meanwhile", "plan again")
        key = f"{move.service}\0{move.environment}\0{self.name}"
        pull = put_pull_request(api, PullRequest(head, look.branch, words.title, words.body, key))
        if (found is None or opened(found) != pull) and is_jobs_token(api.viewer()):
            self.notice(JOBS_TOKEN)
        raise OpenRequestError(f"waits for the merge of pull request #{pull.number} ({pull.url})", pull.url)

    def _stands(self, old: str, look: _Look, move: Move, *, is_open: bool) -> bool:
        """Whether the branch of the pull request is as it should be: made from this base, or under review already.

        A branch that was merged earlier and left behind shows the digest, too, and is no change any more.
        """
        if not old or not (is_open or self.checkout.parents(old) == (look.tip,)):
            return False
        return not self._edited(_data(self.checkout.files(old, self.settings.files)), move).edits

    def _done(self, look: _Look, commit: str, move: Move) -> str:
        return f"{look.branch} of {self.checkout.shown} shows {move.after} since commit {commit[:12]}"

    def _committed(self, look: _Look, move: Move) -> str:
        files = {path: replace(look.blobs[path], data=data) for path, data in look.edited.files.items()}
        return self.checkout.commit(look.tip, files, self.words(move).message)

    def _look(self, move: Move) -> _Look:
        branch, tip, blobs = self._files()
        return _Look(branch, tip, blobs, self._edited(_data(blobs), move))

    def _files(self) -> tuple[str, str, dict[str, Blob]]:
        self._branch = self._branch or self.settings.branch or self.checkout.default_branch()
        tip = self.checkout.tip(self._branch)
        if not tip:
            raise RefusedError(f"{self.checkout.shown} has no branch {self._branch}", "set `branch` of the target")
        return self._branch, tip, self.checkout.files(tip, self.settings.files)

    def _edited(self, files: Mapping[str, bytes], move: Move) -> Edited:
        return edited(files, self._wish(move), self.settings.format, chart_version=self.settings.chart_version)

    def _wish(self, move: Move) -> Wish:
        repositories = tuple(dict.fromkeys((*self._repositories(move.service), *move.image.locations)))
        known = frozenset({move.before, move.after})
        return Wish(repositories, move.after, move.version, by_tag=self.settings.by == "tag", known=known)

    def _repositories(self, service: str) -> tuple[str, ...]:
        settings = self.services.get(service)
        if settings is None:
            raise UsageError(f"{self.name}: the service {service} is not set", f"add `releases.services.{service}`")
        return (settings.image, *settings.mirrors)

    def _refuse_other_tags(self, look: _Look, move: Move) -> None:
        """Raise RefusedError where a tag would stand without a digest, and the registry has another image there."""
        wish = self._wish(move)
        tags = {tag_alone(use, wish): use for use in look.edited.uses}
        for tag, use in tags.items() if self.digest_at else ():
            named = names_of(use.names) & names_of(wish.repositories)
            for reference in sorted(f"{name}:{tag}" for name in named if tag):
                shown = self.digest_at(reference) if self.digest_at else ""
                if shown != move.after:
                    raise RefusedError(
                        f"{use.path}:{use.line} would name {reference}, which is {shown or 'not there'}, "
                        f"not {move.after}",
                        "push the release under that tag, or move by digest",
                    )

    def _refuse_moved(self, look: _Look, move: Move) -> None:
        if look.digest and look.digest not in {move.before, move.after} and not move.accepts_drift:
            raise RaceError(
                f"{look.branch} of {self.checkout.shown} shows {look.digest}, it was {move.before or 'nothing'}: "
                "nothing was written",
                "look who changed it, then plan again (`--accept-drift REASON` takes it as it is)",
            )


def branch_of(move: Move) -> str:
    """The branch of a move's pull request; whatever the version says, it is a branch's name."""
    version = re.sub(r"[^A-Za-z0-9._+-]+|\.(?=\.)|\.(?:lock)?$", "-", move.version or move.after.replace(":", "-")[:19])
    return f"release/{move.service}-{move.environment}-{version.strip('.-')}"


def _data(blobs: Mapping[str, Blob]) -> dict[str, bytes]:
    return {path: blob.data for path, blob in blobs.items()}


def _places(look: _Look) -> set[tuple[str, str]]:
    """What our edits would replace: file and text."""
    return {(edit.path, edit.before) for edit in look.edited.edits}
