"""Which manifests pruning takes away, and why every release that stays does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from go_release_gate.adapters.registry.client import Registries
from go_release_gate.config.releases import Releases
from go_release_gate.errors import UsageError
from go_release_gate.ledger.retention import Kept, protected
from go_release_gate.ledger.state import Release, State
from go_release_gate.release.pruning.own_tags import is_own_tag
from go_release_gate.release.pruning.survey import Survey, attached_tags, survey


@dataclass(frozen=True, slots=True)
class Deletion:
    """A manifest to take away, with the tags that name it; `what`: a release, its platform, or what refers to it."""

    repository: str
    digest: str
    what: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """What pruning would do.

    Attributes:
        releases: digests that the ledger will say are pruned; those that it says so of already are left out.
        deletions: manifests in the order of their deletion: an index goes before what it leads to.
        kept: releases that stay, and why.
    """

    service: str
    releases: tuple[str, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Pruning:
    """What pruning goes by.

    Attributes:
        registries, settings, service: where, by which rules, and whose releases.
        now: the time.
        named: digests, and named_tags: tags, that files of protected branches name (`named.py`).
        expendable: globs of tags that do not keep a digest, beside its release's own.
    """

    registries: Registries
    settings: Releases
    service: str
    now: Callable[[], datetime]
    named: Collection[str] = ()
    named_tags: Collection[str] = ()
    expendable: tuple[str, ...] = ()

    def protected(self, state: State) -> dict[str, Kept]:
        """What the ledger protects for any service: services may share repositories and digests."""
        kept = {digest: Kept(digest, "a manifest names it") for digest in self.named}
        for service in {name for name, _ in state.environments} | state.releases.keys():
            kept |= protected(state, service, dict(self.settings.environments), self.now(), self.named)
        return kept

    def is_own(self, tag: str, release: Release, digest: str) -> bool:
        """Whether a tag is a release's own, so that it goes with it."""
        if tag in self.named_tags:
            return False
        return is_own_tag(tag, release, digest) or any(fnmatchcase(tag, glob) for glob in self.expendable)


def plan_prune(pruning: Pruning, state: State) -> PrunePlan:
    """The complement of what is protected, in the service's repository and its mirrors. Nothing is written.

    A release that was pruned and is still there (a run that was killed) is planned again.

    Raises:
        UsageError: the service is not set. UnavailableError: a repository could not be asked in full.
    """
    settings = pruning.settings.services.get(pruning.service)
    if settings is None:
        raise UsageError(f"the service {pruning.service} is not set", f"add `releases.services.{pruning.service}`")
    kept = pruning.protected(state)
    surveys = [survey(pruning.registries, name) for name in dict.fromkeys((settings.image, *settings.mirrors))]
    releases = state.releases_of(pruning.service)
    for found in surveys:
        kept = {**_tagged(pruning, found, releases), **kept}
    doomed = {digest: release for digest, release in releases.items() if digest not in kept}
    others = {digest for known in state.releases.values() for digest in known} - doomed.keys()
    deletions = tuple(
        Deletion(found.repository, digest, what, tuple(found.tags_of(digest)))
        for found in surveys
        for digest, what in _going(pruning, found, doomed, kept.keys() | others).items()
    )
    is_there = {one.digest for one in deletions}
    return PrunePlan(
        pruning.service,
        tuple(digest for digest in doomed if digest in is_there and digest not in state.pruned),
        deletions,
        tuple(kept[digest] for digest in releases if digest in kept),
    )


def _tagged(pruning: Pruning, found: Survey, releases: Mapping[str, Release]) -> dict[str, Kept]:
    """The releases that a tag beside their own names: several tags are one manifest, which goes or stays as one."""
    kept = {}
    for digest, release in releases.items():
        strange = [tag for tag in found.tags_of(digest) if not pruning.is_own(tag, release, digest)]
        if strange:
            kept[digest] = Kept(digest, f"the tag {strange[0]} of {found.repository} names it")
    return kept


def _going(
    pruning: Pruning, found: Survey, doomed: Mapping[str, Release], kept: Collection[str]
) -> dict[str, str]:  # fmt: skip
    """What goes from a repository: digest → what it is. Whatever stays keeps all that it leads to."""
    owners = _owners(found, doomed)
    going = {
        digest
        for digest, releases in owners.items()
        if all(any(pruning.is_own(tag, one, digest) for one in releases) for tag in found.tags_of(digest))
    } - set(kept)
    while True:
        referring = found.referring(going)
        loose = {tag for digest in going | referring for tag in attached_tags(digest)}
        staying = {digest for tag, digest in found.tags.items() if tag not in loose and digest not in going}
        safe = found.closure(staying | set(kept))
        if not going & safe:
            break
        going -= safe
    words = {digest: "a release" for digest in doomed if digest in going}
    words |= {digest: "a platform of a release" for digest in owners if digest in going and digest not in words}
    words |= dict.fromkeys(sorted(referring - safe - going), "what refers to a release")
    there = found.present(words.keys())
    return {digest: what for digest, what in words.items() if digest in there}


def _owners(found: Survey, doomed: Mapping[str, Release]) -> dict[str, list[Release]]:
    """Each manifest of some releases → the releases that have it, by the ledger's word and the registry's."""
    owners: dict[str, list[Release]] = {}
    for digest, release in doomed.items():
        recorded = (child.digest for child in release.image.children)
        for one in dict.fromkeys((digest, *recorded, *sorted(found.closure({digest})))):
            owners.setdefault(one, []).append(release)
    return owners
