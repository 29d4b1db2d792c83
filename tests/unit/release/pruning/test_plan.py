"""Pruning over generated repositories: whatever stays can be pulled whole, and only what is the ledger's goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.registry.answers import Answer
from go_release_gate.adapters.registry.client import Manifest
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.config.releases import Releases, Service
from go_release_gate.ledger.entry import PROMOTE, RELEASE, Actor, Child, Entry, Image, Source
from go_release_gate.ledger.state import State, state_of
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference
from go_release_gate.release.pruning import Pruning, plan_prune

SHOP = "registry.example.com/acme/shop"
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("", ".sig", ".att", ".sbom", ".other")


@dataclass
class Repository:
    """A repository in memory, without the interface for referrers."""

    manifests: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def put(self, tag: str = "", **document: object) -> str:
        """Put a manifest, under a tag where there is one."""
        content = json.dumps(document).encode()
        digest = digests.of(content)
        self.manifests[digest] = content
        if tag:
            self.names[tag] = digest
        return digest

    def descriptor(self, digest: str) -> dict[str, object]:
        """What an index says of a manifest."""
        return {"mediaType": "m", "digest": digest, "size": len(self.manifests[digest])}

    def children(self, digest: str) -> set[str]:
        """Digests below a manifest."""
        found = json.loads(self.manifests[digest]).get("manifests", [])
        return {one["digest"] for one in found}

    def tags(self, _reference: Reference) -> tuple[str, ...]:
        """As Registries has it."""
        return tuple(self.names)

    def look(self, reference: Reference) -> Manifest:
        """As Registries has it."""
        return self.manifest(reference)

    def manifest(self, reference: Reference) -> Manifest:
        """As Registries has it."""
        digest = reference.digest or self.names.get(reference.tag, "")
        if digest not in self.manifests:
            raise AbsentError("not there")
        return Manifest(digest, "m", self.manifests[digest])

    def send(self, _reference: Reference, _ask: object) -> Answer:
        """There is no interface for referrers."""
        return Answer(404)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Repository, State, set[str]]:
    """A repository, a ledger, and the digests that are the ledger's to delete: releases, platforms, what refers."""
    repository = Repository()
    platforms = [repository.put(number=number) for number in range(draw(st.integers(1, 5)))]
    some = st.lists(st.sampled_from(platforms), min_size=1, max_size=3, unique=True)
    images = [
        repository.put(f"1.{number}.0", number=number, manifests=[repository.descriptor(one) for one in draw(some)])
        for number in range(draw(st.integers(1, 6)))
    ]
    recorded = draw(st.lists(st.sampled_from(range(len(images))), unique=True, min_size=1))
    everything = st.sampled_from([*platforms, *images])
    for tag in draw(st.lists(st.sampled_from(["latest", "1.0.0-arm64", "v1.1.0", "nightly"]), unique=True)):
        repository.names[tag] = draw(everything)
    refers = set()
    for subject, kind in draw(st.lists(st.tuples(everything, st.sampled_from(KINDS)), max_size=4, unique=True)):
        listed = [repository.descriptor(one) for one in draw(st.lists(everything, max_size=2))]
        artifact = repository.put(subject=repository.descriptor(subject), kind=kind)
        tag = subject.replace(":", "-") + kind
        refers |= {artifact, repository.put(tag, kind=kind, manifests=[repository.descriptor(artifact), *listed])}
    state = _recorded(repository, [images[number] for number in recorded], draw(st.integers(0, 3)))
    own = {images[number] for number in recorded}
    return repository, state, own | {child for one in own for child in repository.children(one)} | refers


def _recorded(repository: Repository, images: list[str], promoted: int) -> State:
    """The ledger of some releases, of which the last few ran."""
    entries = []
    for number, digest in enumerate(images):
        inner = tuple(Child("linux/arm64", one) for one in sorted(repository.children(digest)))
        version = next(tag for tag, one in repository.names.items() if one == digest and tag[0] == "1")
        image, source = Image(digest, "m", children=inner, locations=(SHOP,)), Source(version=version)
        entries.append(Entry(number, "", RELEASE, "api", "", START, Actor("a"), image=image, source=source))
    ran = images[len(images) - min(promoted, len(images)) :]
    who = Actor("a")
    entries += [Entry(0, "", PROMOTE, "api", "production", START, who, after=one, phase="done") for one in ran]
    return state_of(entries)


def _whole(repository: Repository, roots: set[str]) -> bool:
    level = set(roots)
    while level:
        if not level <= repository.manifests.keys():
            return False
        level = {child for one in level for child in repository.children(one)}
    return True


def _plan(repository: Repository, state: State) -> tuple[Mapping[str, str], set[str]]:
    settings = Releases(services={"api": Service(SHOP)})
    pruning = Pruning(repository, settings, "api", lambda: START + timedelta(days=90))  # type: ignore[arg-type]
    plan = plan_prune(pruning, state)
    return {one.digest: one.what for one in plan.deletions}, set(plan.releases)


@given(worlds())
def test_what_stays_is_whole(world: tuple[Repository, State, set[str]]) -> None:
    """Every tag that stays, and every release that stays, leads to nothing that goes; nothing else's goes; once is
    enough."""
    repository, state, deletable = world
    current = state.at("api", "production").current
    deletions, releases = _plan(repository, state)
    assert deletions.keys() <= deletable
    assert current not in deletions
    assert releases == {digest for digest, what in deletions.items() if what == "a release"}
    strange = {repository.names[tag] for tag in ("latest", "nightly") if tag in repository.names}
    assert not strange & deletions.keys()
    for digest in deletions:
        del repository.manifests[digest]
    repository.names = {tag: one for tag, one in repository.names.items() if one not in deletions}
    kept = set(state.releases["api"]) - deletions.keys()
    assert _whole(repository, set(repository.names.values()) | kept)
    assert _plan(repository, state) == ({}, set())


def test_a_fallback_index_that_lists_a_strangers_manifest() -> None:
    """What has no such subject stays, though nothing else names it."""
    repository = Repository()
    release = repository.put("1.0.0", number=1, manifests=[])
    stranger = repository.put(number=2)
    signature = repository.put(subject=repository.descriptor(release))
    listed = [repository.descriptor(one) for one in (stranger, signature)]
    index = repository.put(release.replace(":", "-"), manifests=listed)
    deletions, _ = _plan(repository, _recorded(repository, [release], 0))
    assert deletions == {
        release: "a release",
        index: "what refers to a release",
        signature: "what refers to a release",
    }
