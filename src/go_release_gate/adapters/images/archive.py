"""What `docker save` writes: `manifest.json` beside configurations and layers; newer engines add OCI's layout.

https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from go_release_gate.adapters.images.layout import Layout, whole
from go_release_gate.adapters.images.tarfiles import TarFiles
from go_release_gate.errors import UsageError
from go_release_gate.facts.images.manifests import OCI_CONFIG, OCI_MANIFEST
from go_release_gate.facts.images.source import ImageError, MissingError, RawManifest, Reader, Source
from go_release_gate.oci import digest as digests

_LIMIT = 500  # layers of an image
_SHOWN = 10


def open_archive(name: str, path: Path, wanted: str, scratch: Path | None = None) -> Source:
    """The image of an archive.

    Raises:
        UsageError: it is no archive of images, or not of the one that is wanted.
    """
    files = TarFiles(path, scratch)
    if "index.json" in files:
        return Layout(name, files, wanted, is_partial="manifest.json" in files)
    if "manifest.json" in files:
        return Saved(name, files, wanted)
    raise UsageError(f"{path} is no archive of an image: there is neither index.json nor manifest.json in it")


@dataclass(slots=True)
class Saved:
    """An image as engines saved it before they wrote OCI's layout. There is no manifest in it, so one is made up.

    Attributes:
        name: as asked for. wanted: `name:tag`, a tag, or the configuration's digest; empty: the only image.
    """

    name: str
    files: TarFiles
    wanted: str = ""
    is_partial: bool = False
    _places: dict[str, str] = field(default_factory=dict, repr=False)

    def manifest(self, digest: str = "") -> RawManifest:
        """What stands for the manifest; it has no digest that anybody knows."""
        if digest:
            raise MissingError(f"the manifest {digest} is not in the archive")
        entry = self._chosen()
        config, layers = entry.get("Config"), entry.get("Layers")
        if not isinstance(config, str) or not isinstance(layers, list) or len(layers) > _LIMIT:
            raise ImageError("manifest.json does not name a configuration and layers")
        content = whole(self.files.open(config), config)
        unpacked = _unpacked(content)
        described = [
            self._descriptor(str(layer), "application/vnd.oci.image.layer.v1.tar", unpacked[at : at + 1])
            for at, layer in enumerate(layers)
        ]
        made = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self._descriptor(config, OCI_CONFIG, [digests.of(content)]),
            "layers": described,
        }
        return RawManifest(json.dumps(made).encode(), "", OCI_MANIFEST)

    def close(self) -> None:
        """Let go of the archive."""
        self.files.close()

    def blob(self, digest: str, size: int) -> Reader:  # noqa: ARG002 - of the protocol
        """The blob's bytes, unchecked."""
        place = self._places.get(digest)
        if place is None:
            raise MissingError(f"the blob {digest} is not in the archive")
        return self.files.open(place)

    def _descriptor(self, place: str, media_type: str, told: list[str]) -> dict[str, Any]:
        """A file by the digest that is told for its bytes; one that is packed by that of the bytes it has."""
        reader = self.files.open(place)
        is_packed = reader.read(4).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))
        reader.close()
        digest = told[0] if told and digests.is_valid(told[0]) and not is_packed else _digest(self.files.open(place))
        self._places[digest] = place
        return {"mediaType": media_type, "digest": digest, "size": self.files.size(place)}

    def _chosen(self) -> Mapping[str, Any]:
        try:
            document = json.loads(whole(self.files.open("manifest.json"), "manifest.json"))
        except (ValueError, RecursionError):
            document = None
        entries = [one for one in document if isinstance(one, dict)] if isinstance(document, list) else []
        found = [one for one in entries if not self.wanted or self.wanted in _names(one)]
        if len(found) == 1:
            return found[0]
        there = sorted({name for one in entries for name in _tags(one)})
        listed = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
        if not found:
            raise UsageError(f"{self.name} holds no image {self.wanted}" + (f" (there is {listed})" if there else ""))
        raise UsageError(f"{self.name} holds {len(found)} images: {listed}", "name one: PATH:TAG")


def _tags(entry: Mapping[str, Any]) -> list[str]:
    tags = entry.get("RepoTags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _names(entry: Mapping[str, Any]) -> set[str]:
    config = str(entry.get("Config", "")).removesuffix(".json").rpartition("/")[2]
    tags = _tags(entry)
    return {*tags, *(tag.rpartition(":")[2] for tag in tags), f"sha256:{config}"}


def _unpacked(content: bytes) -> list[str]:
    """The digests of the layers' archives, as the configuration tells them."""
    try:
        found = json.loads(content)["rootfs"]["diff_ids"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return []
    return [one if isinstance(one, str) else "" for one in found] if isinstance(found, list) else []


def _digest(reader: Reader) -> str:
    import hashlib

    made = hashlib.sha256()
    while piece := reader.read(1 << 20):
        made.update(piece)
    return f"sha256:{made.hexdigest()}"
