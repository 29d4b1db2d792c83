"""Finished images at a real registry: by tag and digest they are what they are as a layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_release_gate.adapters.images.opening import open_image
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.errors import AbsentError
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.facts.images.read import read_image
from support import dockerregistry
from support.images import Store, layer

PATH = "acme/shop"


def test_tag_digest_and_layout(tmp_path: Path) -> None:
    """Tag, digest and layout give the same platforms; what is absent is said to be so."""
    store = Store()
    shared = layer({"etc/passwd": b"root:x:0:0::/:/bin/sh\n", "old": b"1"})
    one = store.image([shared, layer({".wh.old": b"", "big": bytes(3 << 20)})], {"User": "0"})
    two = store.image([shared, layer({"new": b"12"}, "zstd")], platform="linux/arm64")
    index = store.index([("linux/amd64", one), ("linux/arm64", two)])
    registries = Registries(Access(Asker(HttpWire(), Timing()), Logins()))
    with dockerregistry.running(tmp_path) as registry:
        manifests = (one, two, index)
        for digest, data in store.blobs.items():
            if digest not in manifests:
                registry.push_blob(PATH, data)
        for digest in manifests:
            assert registry.put(PATH, "v1", json.loads(store.blobs[digest])) == digest
        name = f"{registry.domain}/{PATH}"
        by_tag = read_image(open_image(f"{name}:v1", registries))
        by_digest = read_image(open_image(f"{name}@{two}", registries))
        with pytest.raises(AbsentError) as caught:
            read_image(open_image(f"{name}:v2", registries))
    as_layout = read_image(open_image(str(store.layout(tmp_path / "layout", ("", index))), registries))

    assert by_tag.platforms == as_layout.platforms
    assert by_tag.digest == as_layout.digest == index
    assert by_digest.platforms == by_tag.platforms[1:]
    assert [each.unreadable for each in by_tag.platforms] == [(), ()]
    assert [each.count for each in by_tag.platforms] == [2, 3]
    assert caught.value.exit_code == 3
