"""devtools/release/images.py: digests come from registries, never from anywhere else."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

import pytest

from go_release_gate.adapters.registry.client import Manifest, Registries
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.oci.reference import Reference
from support.ownrelease import ROOT, VERSION

import images  # isort: skip - on the path by now
from checkout import RefusedError  # isort: skip

INDEX = "application/vnd.oci.image.index.v1+json"
SINGLE = "application/vnd.oci.image.manifest.v1+json"
IMAGE = "ghcr.io/acme/go-release-gate"


def digest(content: bytes) -> str:
    """Its digest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """Manifests by `name:tag` and by digest, and blobs."""

    def __init__(self) -> None:
        self.named: dict[str, Manifest] = {}
        self.blobs: dict[str, bytes] = {}

    def look(self, reference: Reference) -> Manifest:
        """What stands there."""
        return self.manifest(reference)

    def manifest(self, reference: Reference) -> Manifest:
        """What stands there."""
        key = reference.digest or f"{reference.name}:{reference.tag}"
        if key not in self.named:
            raise AbsentError(f"{key} is not there")
        return self.named[key]

    def blob(self, _reference: Reference, wanted: str, _limit: int = 0) -> bytes:
        """A blob."""
        return self.blobs[wanted]

    def put(self, document: dict[str, Any], kind: str, *names: str) -> Manifest:
        """Keep a manifest."""
        content = json.dumps(document).encode()
        made = Manifest(digest(content), kind, content)
        self.named.update(dict.fromkeys((made.digest, *names), made))
        return made

    def image(self, labels: dict[str, str], *names: str) -> Manifest:
        """Keep an index with one platform and its attestation."""
        config = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": labels}}).encode()
        self.blobs[digest(config)] = config
        told = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config), "size": len(config)}
        one = self.put({"schemaVersion": 2, "mediaType": SINGLE, "config": told, "layers": []}, SINGLE)
        entry = {"mediaType": SINGLE, "digest": one.digest, "size": len(one.content)}
        unknown = {**entry, "platform": {"os": "unknown", "architecture": "unknown"}}
        known = {**entry, "platform": {"os": "linux", "architecture": "amd64"}}
        return self.put({"schemaVersion": 2, "mediaType": INDEX, "manifests": [unknown, known]}, INDEX, *names)


def asked(registry: Registry) -> Registries:
    """In the place of real ones."""
    return cast("Registries", registry)


def test_bases_are_named_with_the_digests_that_registries_tell() -> None:
    """The Dockerfile's own defaults, each with the digest that its tag has."""
    registry = Registry()
    go = registry.image({"is": "go"}, "docker.io/library/golang:1.26")
    python = registry.image({"is": "python"}, "docker.io/library/python:3.13-slim")
    assert images.bases(asked(registry), (ROOT / "Dockerfile").read_text("utf-8")) == {
        "go-image": f"golang:1.26@{go.digest}",
        "python-image": f"python:3.13-slim@{python.digest}",
    }


def test_a_dockerfile_without_the_argument_is_refused() -> None:
    """A base that the release could not pin stops it."""
    with pytest.raises(RefusedError, match="`ARG GO_IMAGE=IMAGE`"):
        images.bases(asked(Registry()), "FROM golang:1.26\n")


def test_an_image_that_is_not_there_is_to_be_built() -> None:
    """No tag: everything is empty, and the workflow builds."""
    found = images.released(asked(Registry()), IMAGE, VERSION, "a" * 40)
    assert found == {"digest": "", "go-image": "", "python-image": ""}


def test_an_image_of_a_stopped_run_is_taken_over_with_its_bases() -> None:
    """Of the same commit: its digest, and the bases that were recorded in it."""
    registry = Registry()
    labels = {images.REVISION: "a" * 40, f"{images.LABEL}go-image": "go", f"{images.LABEL}python-image": "python"}
    image = registry.image(labels, f"{IMAGE}:{VERSION}")
    found = images.released(asked(registry), IMAGE, VERSION, "a" * 40)
    assert found == {"digest": image.digest, "go-image": "go", "python-image": "python"}


def test_an_image_of_another_commit_is_refused() -> None:
    """The tag of a version is not built over; the message says from which commit to go on."""
    registry = Registry()
    registry.image({images.REVISION: "b" * 40}, f"{IMAGE}:{VERSION}")
    with pytest.raises(RefusedError, match=f"was built from {'b' * 40}.*or release the next version"):
        images.released(asked(registry), IMAGE, VERSION, "a" * 40)
