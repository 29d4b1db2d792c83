"""Entries beside their images, against a real registry: written once, read back, compared with the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from go_release_gate.adapters.ledger.artifact_view import compare, read, show, subject_of, write
from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import describe, missing
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import RegistryError
from go_release_gate.ledger.canonical import encoded
from go_release_gate.ledger.entry import HOLD, PRUNE, RELEASE, VERDICT, Actor, Entry, Image, Source
from go_release_gate.ledger.state import state_of
from go_release_gate.oci.reference import parse
from support import dockerregistry
from support.dockerregistry import RealRegistry

PATH = "acme/shop"
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def registries(tmp_path: Path) -> Registries:
    """Registries without logins."""
    return connect({}, Connecting(tmp_path), Timing(sleep=lambda _seconds: None))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RealRegistry]:
    """A registry."""
    with dockerregistry.running(tmp_path, validates=True) as running:
        yield running


@pytest.fixture
def image(registry: RealRegistry, registries: Registries) -> Image:
    """An image with two platforms."""
    registry.push_platforms(PATH, "v1", "linux/amd64", "linux/arm64")
    return describe(registries, parse(f"{registry.domain}/{PATH}:v1"))


def entries(image: Image) -> list[Entry]:
    """A release, its verdict, a hold of the environment and a pruning of something else."""
    who = Actor("somebody")
    release = Entry(1, "", RELEASE, "api", "", DAY, who, image=image, source=Source(version="1.0.0"))
    verdict = Entry(2, "", VERDICT, "api", "production", DAY, who, digest=image.digest, health="pass")
    hold = Entry(3, "", HOLD, "api", "production", DAY, who)
    return [release, verdict, hold, Entry(4, "", PRUNE, "api", "", DAY, who, digests=(f"sha256:{'c' * 64}",))]


def test_entries_beside_their_image(registry: RealRegistry, registries: Registries, image: Image) -> None:
    """Those about the image are attached, its own digest stays, and reading gives their bytes back."""
    made = entries(image)
    assert show(registries, state_of(made), made) == ()
    found = read(registries, image.locations[0], image.digest)
    assert set(found) == {encoded(one) for one in made[:2]}
    assert compare(found, [encoded(one) for one in made], image.digest) == ()
    assert missing(registries, image) == ""
    assert describe(registries, parse(f"{registry.domain}/{PATH}:v1")) == image


def test_twice_is_once(registry: RealRegistry, registries: Registries, image: Image) -> None:
    """A view that is written again has nothing twice."""
    made = entries(image)
    show(registries, state_of(made), made)
    before = read(registries, image.locations[0], image.digest)
    assert show(registries, state_of(made), made) == ()
    assert read(registries, image.locations[0], image.digest) == before
    assert len([path for _, path in registry.writes() if "/blobs/uploads/" in path and "digest=" in path]) <= 12


def test_a_ledger_that_was_cut_short(registries: Registries, image: Image) -> None:
    """What the view has and the ledger lacks, has otherwise, or has alone: each is named with its entry."""
    made = entries(image)
    show(registries, state_of(made), made)
    found = read(registries, image.locations[0], image.digest)
    records = [encoded(one) for one in made]
    assert [(one.seq, one.what) for one in compare(found, records[:1], image.digest)] == [
        (2, "entry 2 is beside its image, the ledger ends with entry 1")
    ]
    changed = encoded(replace(made[1], health="fail"))
    assert [one.seq for one in compare(found, [records[0], changed], image.digest)] == [2, 2]
    assert "another one" in compare(found, [records[0], changed], image.digest)[0].what
    assert [one.what for one in compare(found[:1], records, image.digest)] == ["entry 2 is not beside its image"]
    (odd,) = compare([*found, b"{}"], records, image.digest)
    assert (odd.seq, "no entry of a ledger" in odd.what) == (0, True)


def test_a_registry_that_does_not_take_it(registries: Registries, image: Image) -> None:
    """It is a notice for each entry, never a failure; an image that was pruned is left alone."""
    away = replace(image, locations=("127.0.0.1:1/acme/shop",))
    made = entries(away)
    notices = show(registries, state_of(made), made[:2])
    assert [one.partition(":")[0] for one in notices] == [
        "entry 1 is in the ledger and not beside its image",
        "entry 2 is in the ledger and not beside its image",
    ]
    pruned = [*made, replace(made[3], seq=5, digests=(image.digest,))]
    assert show(registries, state_of(pruned), pruned[:2]) == ()


def test_something_that_only_says_so(registry: RealRegistry, registries: Registries, image: Image) -> None:
    """An artifact of that type about another image is no entry of this one."""
    other = registry.push(PATH, "other")
    artifact = write(registries, image.locations[0], other, entries(image)[0])
    content = registries.manifest(parse(f"{image.locations[0]}@{artifact}")).content
    descriptor = {"mediaType": dockerregistry.MANIFEST, "digest": artifact, "size": len(content)}
    listed = {**descriptor, "artifactType": "application/vnd.go-release-gate.ledger-entry.v1+json"}
    tag = image.digest.replace(":", "-")
    registry.put(PATH, tag, {"schemaVersion": 2, "mediaType": dockerregistry.INDEX, "manifests": [listed]})
    with pytest.raises(RegistryError, match="and is none"):
        read(registries, image.locations[0], image.digest)


def test_what_an_entry_is_about(image: Image) -> None:
    """A move is about where it goes, a verdict about what it measured, a hold of everything about nothing."""
    assert [subject_of(one) for one in entries(image)] == [image.digest, image.digest, "", ""]
