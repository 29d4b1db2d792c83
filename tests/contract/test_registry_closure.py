"""Whole images against a real registry, its own garbage collection included."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import UNKNOWN, describe, missing, platforms
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import AbsentError, RegistryError
from go_release_gate.adapters.registry.writing import delete_manifest
from go_release_gate.errors import RefusedError, UnavailableError
from go_release_gate.ledger.entry import Actor, Entry, Image, Source
from go_release_gate.ledger.state import Release
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import parse
from go_release_gate.release.registry_conditions import absence
from support import dockerregistry
from support.dockerregistry import CONFIG, INDEX, MANIFEST, RealRegistry

Connect = Callable[[], Registries]


@pytest.fixture
def to(tmp_path: Path) -> Connect:
    """Connects without logins."""
    return lambda: connect({}, Connecting(tmp_path), Timing(sleep=lambda _seconds: None))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry for everybody."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as running:
        yield running


def described(registry: RealRegistry, to: Connect, path: str) -> Image:
    """The image at `v1` of a repository."""
    return describe(to(), parse(f"{registry.domain}/{path}:v1"))


def test_an_index_as_the_ledger_records_it(registry: RealRegistry, to: Connect) -> None:
    """Digest, type, size, platforms and where it is; it is there whole, and each part was asked for once."""
    digest = registry.push_platforms("acme/many", "v1", "linux/amd64", "linux/arm64")
    image = described(registry, to, "acme/many")
    assert (image.digest, image.media_type) == (digest, INDEX)
    assert image.locations == (f"{registry.domain}/acme/many",)
    assert platforms(image) == ("linux/amd64", "linux/arm64")
    content = to().manifest(parse(f"{image.locations[0]}@{digest}")).content
    assert image.size == len(content)
    before = len(registry.requests())
    assert missing(to(), image) == ""
    asked = registry.requests()[before:]
    assert len(asked) == len(set(asked)) == 7  # one index, two manifests, two configurations, two layers
    assert [method for method, path in asked if "/blobs/" in path] == ["HEAD"] * 4


def test_a_single_manifest_has_its_configurations_platform(registry: RealRegistry, to: Connect) -> None:
    """An image without an index is its own child, with the platform it was built for."""
    config = registry.push_blob("acme/one", b'{"os": "linux", "architecture": "riscv64"}')
    body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": {**config, "mediaType": CONFIG}, "layers": []}
    digest = registry.put("acme/one", "v1", body)
    image = described(registry, to, "acme/one")
    assert (image.digest, image.media_type, platforms(image)) == (digest, MANIFEST, ("linux/riscv64",))
    assert [child.digest for child in image.children] == [digest]
    assert missing(to(), image) == ""


def test_attestations_are_children_without_a_platform(registry: RealRegistry, to: Connect) -> None:
    """What says something of another entry is kept as a child, shown as no platform, and named when it is gone."""
    path = "acme/attested"
    config = {**registry.push_blob(path, b"{}"), "mediaType": CONFIG}
    layer = {**registry.push_blob(path, b'{"_type": "x"}'), "mediaType": "application/vnd.in-toto+json"}
    body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    inner = registry.put(path, digests.of(json.dumps(body).encode()), body)
    entry = {
        "mediaType": MANIFEST,
        "digest": inner,
        "size": 7,
        "platform": {"os": "unknown", "architecture": "unknown"},
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
    }
    registry.put(path, "v1", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]})
    image = described(registry, to, path)
    assert [(child.platform, child.digest, child.size) for child in image.children] == [(UNKNOWN, inner, 7)]
    assert platforms(image) == ()
    assert missing(to(), image) == ""
    delete_manifest(to(), parse(f"{registry.domain}/{path}@{inner}"))
    assert f"an attestation or artifact in it ({inner})" in missing(to(), image)


def test_what_is_no_image(registry: RealRegistry, to: Connect) -> None:
    """A chart is not recorded, and something that is not there is absent."""
    config = {**registry.push_blob("acme/chart", b"{}"), "mediaType": "application/vnd.cncf.helm.config.v1+json"}
    registry.put("acme/chart", "v1", {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []})
    with pytest.raises(RefusedError, match=r"artifact.*helm"):
        described(registry, to, "acme/chart")
    with pytest.raises(AbsentError):
        described(registry, to, "acme/nothing")


@pytest.mark.parametrize("kind", ["config", "layer", "manifest", "index"])
def test_the_first_missing_part_is_named(tmp_path: Path, to: Connect, kind: str) -> None:
    """Each part that can be gone from a registry's storage is named, with its platform."""
    with dockerregistry.running(tmp_path, storage=tmp_path / "images") as registry:
        registry.push_platforms("acme/shop", "v1", "linux/amd64", "linux/arm64")
        image = described(registry, to, "acme/shop")
        arm = image.children[1].digest
        found = json.loads(to().manifest(parse(f"{image.locations[0]}@{arm}")).content)
        gone, words = {
            "config": (found["config"]["digest"], "the configuration of linux/arm64"),
            "layer": (found["layers"][0]["digest"], "bytes of linux/arm64"),
            "manifest": (arm, "the manifest of linux/arm64"),
            "index": (image.digest, "any more"),
        }[kind]
        algorithm, _, encoded = gone.partition(":")
        shutil.rmtree(tmp_path / "images/docker/registry/v2/blobs" / algorithm / encoded[:2] / encoded)
        said = missing(to(), image)
        assert words in said
        assert gone in said


def test_the_registrys_own_garbage_collection(tmp_path: Path, to: Connect) -> None:
    """Platforms that no tag names are collected from under a tagged index, which goes on answering: it is noticed."""
    with dockerregistry.running(tmp_path, storage=tmp_path / "images") as registry:
        digest = registry.push_platforms("acme/shop", "v1", "linux/amd64", "linux/arm64")
        image = described(registry, to, "acme/shop")
        assert missing(to(), image) == ""
    dockerregistry.collect_garbage(tmp_path)
    with dockerregistry.running(tmp_path, storage=tmp_path / "images") as registry:
        image = replace(image, locations=(f"{registry.domain}/acme/shop",))
        assert to().look(parse(f"{registry.domain}/acme/shop:v1")).digest == digest
        assert "misses the manifest of linux/amd64" in missing(to(), image)


def test_could_not_be_asked_is_not_missing(registry: RealRegistry, to: Connect) -> None:
    """A registry that is away raises, for the whole image and for the candidates of a rollback."""
    registry.push_platforms("acme/away", "v1", "linux/amd64")
    image = replace(described(registry, to, "acme/away"), locations=("127.0.0.1:1/acme/away",))
    with pytest.raises(RegistryError):
        missing(to(), image)
    with pytest.raises(UnavailableError):
        absence(to())(release(image))


def release(image: Image) -> Release:
    """A release of an image."""
    from datetime import UTC, datetime

    entry = Entry(1, "", "release", "api", "", datetime(2026, 1, 1, tzinfo=UTC), Actor("somebody"), image=image)
    return Release(entry, image, Source())


def test_every_location_is_tried(registry: RealRegistry, to: Connect) -> None:
    """One whole copy is enough; without one the first reason is given; a location that is away leaves it open."""
    registry.push_platforms("acme/whole", "v1", "linux/amd64")
    image = described(registry, to, "acme/whole")
    gone, away = f"{registry.domain}/acme/gone", "127.0.0.1:1/acme/shop"
    assert absence(to())(release(replace(image, locations=(gone, away, *image.locations)))) == ""
    assert absence(to(), image.locations)(release(replace(image, locations=(gone,)))) == ""
    assert "acme/gone has no" in absence(to())(release(replace(image, locations=(gone,))))
    assert "names no location" in absence(to())(release(replace(image, locations=())))
    with pytest.raises(UnavailableError):
        absence(to())(release(replace(image, locations=(gone, away))))
