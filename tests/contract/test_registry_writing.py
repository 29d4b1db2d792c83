"""Writing to a real registry: manifests byte by byte, deletions, blobs, referrers, with every kind of login."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.registry.tokenservice import TokenService
from go_release_gate.adapters.registry.asking import Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.connecting import Connecting, connect
from go_release_gate.adapters.registry.errors import AbsentError, DeniedError
from go_release_gate.adapters.registry.referring import attach, referrers
from go_release_gate.adapters.registry.writing import blob_exists, delete_manifest, put_blob, put_manifest
from go_release_gate.errors import RefusedError
from go_release_gate.oci import digest as digests
from go_release_gate.oci.reference import Reference, parse
from support import dockerregistry
from support.dockerregistry import DOCKER_LIST, INDEX, MANIFEST, PASSWORD, USER, RealRegistry, basic

PATH = "acme/shop"
Connect = Callable[..., Registries]


@pytest.fixture
def to(tmp_path: Path) -> Connect:
    """Connects with the lines of registry-credentials, and no configuration of Docker."""
    return lambda lines="": connect({}, Connecting(tmp_path, lines), Timing(sleep=lambda _seconds: None))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A registry for everybody, which refuses manifests whose parts are not there."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry"), validates=True) as running:
        yield running


def at(registry: RealRegistry, name: str = f"{PATH}:v1") -> Reference:
    """A reference there."""
    return parse(f"{registry.domain}/{name}")


@pytest.mark.parametrize("media_type", [INDEX, DOCKER_LIST, MANIFEST])
def test_the_same_bytes_under_another_tag(registry: RealRegistry, to: Connect, media_type: str) -> None:
    """An index, a manifest list and a single manifest keep digest, media type and bytes."""
    digest = registry.push(PATH, "v1")
    if media_type != MANIFEST:
        digest = registry.push_index(PATH, "v1", media_type, digest)
    found = to().manifest(at(registry))
    assert put_manifest(to(), at(registry, f"{PATH}:prod"), found.content, found.media_type) == digest
    moved = to().manifest(at(registry, f"{PATH}:prod"))
    assert (moved.digest, moved.media_type, moved.content) == (digest, media_type, found.content)


def test_a_part_that_is_not_there(registry: RealRegistry, to: Connect) -> None:
    """An index whose platforms are elsewhere is refused, and the tag stays as it was."""
    body = {"digest": f"sha256:{'a' * 64}", "size": 2, "mediaType": MANIFEST}
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [body]}).encode()
    with pytest.raises(RefusedError, match="misses a part"):
        put_manifest(to(), at(registry, f"{PATH}:odd"), content, INDEX)
    with pytest.raises(AbsentError):
        to().look(at(registry, f"{PATH}:odd"))


def test_deleting(registry: RealRegistry, to: Connect) -> None:
    """A manifest goes by its digest, with its tag; a second time there is nothing to do; a tag alone is not taken."""
    digest = registry.push("acme/old", "v1", "to go")
    stays = registry.push("acme/old", "v2", "to stay")
    by_digest = at(registry, f"acme/old@{digest}")
    assert delete_manifest(to(), by_digest)
    assert not delete_manifest(to(), by_digest)
    with pytest.raises(AbsentError):
        to().look(at(registry, "acme/old:v1"))
    assert to().look(at(registry, "acme/old:v2")).digest == stays


def test_blobs(registry: RealRegistry, to: Connect) -> None:
    """A blob is put once; whether it is there is told without reading it."""
    reference, content = at(registry, "acme/blobs:v1"), b"a small blob"
    digest = digests.of(content)
    assert not blob_exists(to(), reference, digest)
    assert put_blob(to(), reference, content) == digest
    assert blob_exists(to(), reference, digest)
    before = len(registry.writes())
    assert put_blob(to(), reference, content) == digest
    assert len(registry.writes()) == before
    assert to().blob(reference, digest) == content


def test_referrers_by_the_fallback_tag(registry: RealRegistry, to: Connect) -> None:
    """A registry without that interface keeps an index at `sha256-…`; attaching twice leaves one entry."""
    subject = at(registry, f"acme/signed@{registry.push('acme/signed', 'v1')}")
    assert referrers(to(), subject) == ()
    empty = put_blob(to(), subject, b"{}")
    descriptor = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2}

    def document(number: str) -> dict[str, object]:
        said = {"artifactType": "application/vnd.example+json", "annotations": {"number": number}}
        return {"schemaVersion": 2, "mediaType": MANIFEST, **said, "config": descriptor, "layers": [descriptor]}

    first = attach(to(), subject, document("1"))
    second = attach(to(), subject, document("2"))
    assert attach(to(), subject, document("1")) == first
    found = referrers(to(), subject)
    assert [(one.digest, one.artifact) for one in found] == [
        (first, "application/vnd.example+json"),
        (second, "application/vnd.example+json"),
    ]
    tag = subject.digest.replace(":", "-")
    assert to().look(at(registry, f"acme/signed:{tag}")).media_type == INDEX


def test_a_password(tmp_path: Path, to: Connect) -> None:
    """The login of a line writes and deletes; without one, the message says what to set."""
    with dockerregistry.running(tmp_path, dockerregistry.with_passwords(tmp_path), basic()) as closed:
        digest = closed.push(PATH, "v1")
        registries = to(f"{closed.domain} {USER}:{PASSWORD}")
        content = registries.manifest(at(closed)).content
        assert put_manifest(registries, at(closed, f"{PATH}:prod"), content, MANIFEST) == digest
        assert delete_manifest(registries, at(closed, f"{PATH}@{digest}"))
        with pytest.raises(DeniedError, match="without a login"):
            put_manifest(to(), at(closed, f"{PATH}:prod"), content, MANIFEST)


def test_tokens_with_rights(tmp_path: Path, to: Connect) -> None:
    """Each kind of request asks for a token with its own actions, once; one that may only read is told so."""
    service = TokenService(tmp_path, {USER: PASSWORD}, may=frozenset({"pull", "push", "delete"}))
    with service.running():
        pushing = f"Bearer {service.token(PATH, ('pull', 'push'))}"
        with dockerregistry.running(tmp_path, service.auth(), pushing) as guarded:
            digest = guarded.push(PATH, "v1")
            registries = to(f"{guarded.domain} {USER}:{PASSWORD}")
            content = registries.manifest(at(guarded)).content
            put_manifest(registries, at(guarded, f"{PATH}:prod"), content, MANIFEST)
            put_blob(registries, at(guarded), b"more")
            assert delete_manifest(registries, at(guarded, f"{PATH}@{digest}"))
            scopes = [asked[1]["scope"][0] for asked in service.asked]
            assert scopes == [f"repository:{PATH}:{what}" for what in ("pull", "pull,push", "pull,delete")]
            service.may = frozenset({"pull"})
            with pytest.raises(DeniedError) as caught:
                put_blob(to(f"{guarded.domain} {USER}:{PASSWORD}"), at(guarded), b"other")
            assert f"may not write to {PATH}" in caught.value.hint
