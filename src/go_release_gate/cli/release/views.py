"""Views of the ledger, which are written after it and never believed: entries beside their images, deployments."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from go_release_gate.cli.release.wiring import Desk
from go_release_gate.config.environment import secret
from go_release_gate.errors import GateError
from go_release_gate.ledger.entry import Entry
from go_release_gate.ledger.state import State
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import InvalidReferenceError, parse

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.adapters.ledger.deployments_view import Shown
    from go_release_gate.adapters.ledger.difference import Difference

ARTIFACT, DEPLOYMENTS = "artifact", "deployments"
SECONDS = 30.0  # for GitHub: the move is done, and its view may be late
TAGS = 200  # of one image that are looked at for what the ledger does not know of
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found beside an image: the bytes of entries; `name`: what messages call the image."""

    name: str
    digest: str
    entries: tuple[bytes, ...]


def shown(desk: Desk, entries: Sequence[Entry]) -> Words:
    """Write the views of entries that are in the ledger; what cannot be written is a notice."""
    if not entries or desk.is_journaled:
        return ()
    notices: Words = ()
    state = desk.book.state(fresh=False)
    if ARTIFACT in desk.settings.ledger.views:
        from go_release_gate.adapters.ledger import artifact_view

        notices += artifact_view.show(desk.registries, state, entries)
    if DEPLOYMENTS in desk.settings.ledger.views and has_github(desk):
        from go_release_gate.adapters.ledger import deployments_view

        try:
            notices += deployments_view.show(_api(desk), desk.settings.ledger.ref, state, entries)
        except GateError as error:
            notices += (f"moves could not be shown as deployments: {error.message}",)
    return notices


def compared(desk: Desk) -> tuple[Words, Words]:
    """Where views disagree with the ledger; and which could not be asked, or lack something themselves.

    The ledger is read once more behind the views: what others appended meanwhile is no disagreement.
    """
    views = desk.settings.ledger.views
    before = len(desk.book.chain(fresh=False).entries)
    said, notices = _deployments(desk) if DEPLOYMENTS in views else ((), ())
    beside, more = _artifacts(desk, said) if ARTIFACT in views else ((), ())
    records = desk.book.store.read().records
    found: list[tuple[Difference, str]] = []
    if said:
        from go_release_gate.adapters.ledger import deployments_view

        found += [(one, one.what) for one in deployments_view.compare(said, records)]
    for each in beside:
        from go_release_gate.adapters.ledger import artifact_view

        found += [
            (one, f"{each.name}: {one.what}") for one in artifact_view.compare(each.entries, records, each.digest)
        ]
    gaps = [words for one, words in found if one.is_gap and one.seq <= before]
    against = [words for one, words in found if not one.is_gap]
    return tuple(dict.fromkeys(against)), tuple(dict.fromkeys((*notices, *more, *gaps)))


def has_github(desk: Desk) -> bool:
    """Whether there is a GitHub repository to show moves at, and a token for it."""
    return bool(secret(desk.environ, "github-token") and desk.repository)


def _api(desk: Desk) -> Api:
    api = desk.github()
    api.hurry(SECONDS)
    return api


def _deployments(desk: Desk) -> tuple[tuple[Shown, ...], Words]:
    from go_release_gate.adapters.ledger.deployments_view import read

    if not has_github(desk):
        return (), ("deployments at GitHub were not compared: GITHUB_REPOSITORY or a token is missing",)
    try:
        return read(_api(desk), desk.settings.ledger.ref), ()
    except GateError as error:
        return (), (f"deployments at GitHub could not be read: {error.message}",)


def _artifacts(desk: Desk, said: Sequence[Shown]) -> tuple[tuple[Beside, ...], Words]:
    """What is beside every image that ledger, deployments or the registry's own tags name."""
    from go_release_gate.adapters.ledger.artifact_view import read

    state = desk.book.state(fresh=False)
    subjects, notices = _subjects(desk, state, said)
    found: list[Beside] = []
    for (repository, digest), name in subjects.items():
        try:
            found.append(Beside(name, digest, read(desk.registries, repository, digest)))
        except GateError as error:
            notices += (f"what is beside {name} could not be read: {error.message}",)
    return tuple(found), notices


def _subjects(desk: Desk, state: State, said: Sequence[Shown]) -> tuple[dict[tuple[str, str], str], Words]:
    """(repository, digest) of the images to look beside, with what to call each; and what could not be listed.

    The ledger alone would not do: of one that was cut near its beginning, nothing is left to name the images.
    """
    found: dict[tuple[str, str], str] = {}
    notices: Words = ()
    known = set(state.pruned)
    for service, releases in state.releases.items():
        for digest, release in releases.items():
            if release.image.locations and digest not in state.pruned:
                found[release.image.locations[0], digest] = f"{service} {release.name}"
                known.add(digest)
    for service, settings in desk.settings.services.items():
        named = [one.digest for one in said if one.service == service and one.digest]
        try:
            tagged, is_whole = _tagged(desk, settings.image)
        except (GateError, InvalidReferenceError) as error:
            tagged, is_whole = [], True
            notices += (f"the tags of {settings.image} could not be read: {error}",)
        if not is_whole:
            notices += (f"{settings.image} has many tags: beside {TAGS} of them was looked",)
        for digest in dict.fromkeys((*named, *tagged)):
            if digest not in known:
                found.setdefault((settings.image, digest), f"{service} {digest[:19]}")
    return found, notices


def _tagged(desk: Desk, image: str) -> tuple[list[str], bool]:
    """Digests that tags of an image show, or are named after (`sha256-…`, where artifacts are listed); whether all."""
    from go_release_gate.adapters.registry.errors import AbsentError

    reference = parse(image)
    try:
        tags = desk.registries.tags(reference)
    except AbsentError:  # nothing was pushed there yet
        return [], True
    found = [tag.replace("-", ":", 1) for tag in tags if digests.is_valid(tag.replace("-", ":", 1))]
    plain = [tag for tag in tags if not tag.startswith("sha256-")]
    plain.sort(key=lambda tag: tag not in desk.settings.environments)  # the channels' first
    for tag in plain[:TAGS]:
        with contextlib.suppress(AbsentError):
            found.append(desk.registries.look(replace(reference, tag=tag)).digest)
    return found, len(plain) <= TAGS
