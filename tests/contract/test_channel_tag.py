"""The channel tag against a real registry: bytes in are bytes out, and its own log says what was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.closure import describe
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.targets.channel_tag import ChannelTag, channel_tag
from go_release_gate.config.releases import Service, Target
from go_release_gate.errors import RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move
from go_release_gate.oci.reference import parse
from support import dockerregistry
from support.dockerregistry import DOCKER_LIST, INDEX, MANIFEST, RealRegistry

AWAY = "127.0.0.1:1/acme/shop"


@pytest.fixture
def registries(tmp_path: Path) -> Registries:
    """Registries without logins."""
    return connect({}, Connecting(tmp_path), Timing(sleep=lambda _seconds: None))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry for everybody, which refuses manifests whose parts are not there."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry"), validates=True) as running:
        yield running


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """A repository for each test."""
    return "acme/" + request.node.name.replace("[", "-").replace("]", "").partition("/")[0].lower()[:80].strip("_-")


@pytest.fixture
def target(registry: RealRegistry, registries: Registries, path: str) -> ChannelTag:
    """The target of the service api in that repository."""
    return channel_tag(Target("channel-tag"), registries, {"api": Service(f"{registry.domain}/{path}")})


def image_at(registries: Registries, registry: RealRegistry, path: str, tag: str) -> Image:
    """The image at a tag."""
    return describe(registries, parse(f"{registry.domain}/{path}:{tag}"))


def move(image: Image, before: str = "", **values: str) -> Move:
    """A move of the service api in production."""
    return Move("api", "production", image, before, **values)


@pytest.mark.parametrize("kind", [INDEX, DOCKER_LIST, MANIFEST], ids=["index", "list", "single"])
def test_a_move_keeps_digest_and_type(
    registry: RealRegistry, registries: Registries, target: ChannelTag, path: str, kind: str
) -> None:
    """Index, list and single manifest: one PUT of a manifest, no blob asked for or moved; a dry run writes nothing."""
    if kind == INDEX:
        registry.push_platforms(path, "v1", "linux/amd64", "linux/arm64")
        image = image_at(registries, registry, path, "v1")
    elif kind == DOCKER_LIST:
        digest = registry.push_index(path, "v1", DOCKER_LIST, registry.push(path, "inner"))
        image = Image(digest, kind, locations=(f"{registry.domain}/{path}",))
    else:
        image = Image(registry.push(path, "v1"), kind, locations=(f"{registry.domain}/{path}",))
    before = len(registry.requests())
    assert target.observe("api", "production").digest == ""
    (effect,) = target.plan(move(image))
    assert (image.digest in effect.what, "no layer is moved" in effect.what) == (True, True)
    assert [method for method, _ in registry.requests()[before:] if method not in ("GET", "HEAD")] == []
    assert "moved from nothing" in target.apply(move(image))
    asked = registry.requests()[before:]
    assert [one for one in asked if one[0] not in ("GET", "HEAD")] == [("PUT", f"/v2/{path}/manifests/production")]
    assert [one for one in asked if "/blobs/" in one[1]] == []
    moved = registries.manifest(parse(f"{registry.domain}/{path}:production"))
    original = registries.manifest(parse(f"{registry.domain}/{path}:v1"))
    assert (moved.digest, moved.media_type, moved.content) == (image.digest, kind, original.content)
    assert target.observe("api", "production").digest == image.digest


def test_a_move_that_was_made_before(
    registry: RealRegistry, registries: Registries, target: ChannelTag, path: str
) -> None:
    """A tag that shows the digest already is not written again; the plan is empty."""
    registry.push_platforms(path, "v1", "linux/amd64")
    image = image_at(registries, registry, path, "v1")
    target.apply(move(image))
    before = registry.writes()
    assert target.plan(move(image)) == ()
    assert "already" in target.apply(move(image))
    assert registry.writes() == before


def test_a_tag_that_somebody_moved(
    registry: RealRegistry, registries: Registries, target: ChannelTag, path: str
) -> None:
    """Neither what ran nor what is to run: a lost race, and nothing is written; accepted drift moves it on."""
    image = Image(registry.push(path, "v1", "one"), MANIFEST, locations=(f"{registry.domain}/{path}",))
    other = registry.push(path, "production", "of somebody else")
    before = registry.writes()
    with pytest.raises(RaceError, match=f"shows {other}"):
        target.apply(move(image, f"sha256:{'a' * 64}"))
    with pytest.raises(RaceError, match="it was nothing"):
        target.apply(move(image))
    assert registry.writes() == before
    assert "moved" in target.apply(move(image, accepts_drift="it was set by hand"))
    assert target.observe("api", "production").digest == image.digest


def test_a_tag_that_vanished(registry: RealRegistry, target: ChannelTag, path: str) -> None:
    """A tag that ought to show something and is not there is a lost race, too."""
    image = Image(registry.push(path, "v1"), MANIFEST, locations=(f"{registry.domain}/{path}",))
    with pytest.raises(RaceError, match="shows nothing"):
        target.apply(move(image, f"sha256:{'a' * 64}"))


def test_an_image_of_another_place(
    registry: RealRegistry, registries: Registries, target: ChannelTag, path: str
) -> None:
    """The manifest alone comes from a mirror where all it names is here; else it is refused before anything changes."""
    registry.push_platforms("acme/mirror", path.rpartition("/")[2][:40], "linux/amd64", "linux/arm64")
    image = image_at(registries, registry, "acme/mirror", path.rpartition("/")[2][:40])
    registry.push(path, "first")
    before = registry.writes()
    for step in (target.plan, target.apply):
        with pytest.raises(RefusedError, match="misses the manifest of linux/amd64") as caught:
            step(move(image))
        assert f"{registry.domain}/{path}" in caught.value.hint
    assert registry.writes() == before
    registry.push_platforms(path, path.rpartition("/")[2][:40], "linux/amd64", "linux/arm64", "linux/s390x")
    with pytest.raises(AbsentError):
        registries.look(parse(f"{registry.domain}/{path}@{image.digest}"))
    target.apply(move(image))
    assert target.observe("api", "production").digest == image.digest


def test_a_digest_that_is_nowhere(registry: RealRegistry, target: ChannelTag, path: str) -> None:
    """An image that was taken away is refused; one whose place is away could not be asked."""
    registry.push(path, "v1")
    gone = Image(f"sha256:{'b' * 64}", MANIFEST, locations=(f"{registry.domain}/{path}",))
    with pytest.raises(RefusedError, match="no place any more"):
        target.apply(move(gone))
    with pytest.raises(UnavailableError):
        target.apply(move(replace(gone, locations=(AWAY,))))


def test_settings_that_do_not_fit(registries: Registries) -> None:
    """A service that is not set, a tag that is none, an image that is none: said before anything is asked."""
    services = {"api": Service(AWAY), "odd": Service("Acme/Shop:UPPER")}
    for service, tag in (("web", ""), ("api", "-x"), ("odd", "")):
        with pytest.raises(UsageError):
            channel_tag(Target("channel-tag", tag=tag), registries, services).observe(service, "production")
    assert channel_tag(Target("channel-tag", "live"), registries, services).name == "live"


def test_a_manifest_is_asked_for_once(registry: RealRegistry, registries: Registries, path: str) -> None:
    """What planning has seen applying puts; the tag is looked at right before all the same, and a moved one is left."""
    registry.push_platforms(path, "v1", "linux/amd64")
    registry.push_platforms(path, "production", "linux/arm64")
    image, now = (image_at(registries, registry, path, tag) for tag in ("v1", "production"))
    services, held = {"api": Service(f"{registry.domain}/{path}")}, {}  # type: ignore[var-annotated]
    first, second = (channel_tag(Target("channel-tag"), registries, services, held) for _ in range(2))
    first.plan(move(image, now.digest))

    before = len(registry.requests())
    with pytest.raises(RaceError, match="nothing was written"):
        second.apply(move(image, "sha256:" + "0" * 64))
    second.apply(move(image, now.digest))
    asked = registry.requests()[before:]
    assert [method for method, place in asked if place.endswith("/production")] == ["HEAD", "HEAD", "PUT", "HEAD"]
    assert not [place for _, place in asked if place.endswith(image.digest)]
    assert image_at(registries, registry, path, "production").digest == image.digest
