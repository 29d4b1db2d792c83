"""Images made by hand: layers of entries, packed in any way, as OCI layout, archive, or for a registry."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from go_release_gate.oci import digest as digests

OCI = "application/vnd.oci.image"
INDEX, MANIFEST, CONFIG = f"{OCI}.index.v1+json", f"{OCI}.manifest.v1+json", f"{OCI}.config.v1+json"
TAR = f"{OCI}.layer.v1.tar"


@dataclass(frozen=True)
class Item:
    """An entry of a layer. `kind`: a type of tarfile; `link`: target of a link."""

    data: bytes = b""
    mode: int = 0o644
    user: int = 0
    group: int = 0
    kind: bytes = tarfile.REGTYPE
    link: str = ""
    device: tuple[int, int] = (0, 0)
    pax: Mapping[str, str] = field(default_factory=dict)


def folder(mode: int = 0o755, user: int = 0) -> Item:
    """A folder."""
    return Item(mode=mode, user=user, kind=tarfile.DIRTYPE)


def symlink(target: str) -> Item:
    """A symbolic link."""
    return Item(mode=0o777, kind=tarfile.SYMTYPE, link=target)


def hardlink(target: str) -> Item:
    """A hard link."""
    return Item(kind=tarfile.LNKTYPE, link=target)


Entries = Mapping[str, Item | bytes] | Sequence[tuple[str, Item | bytes]]


def archive(entries: Entries, form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of entries, in their order; bytes are a file's."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for name, given in entries.items() if isinstance(entries, Mapping) else entries:
            item = given if isinstance(given, Item) else Item(given)
            info = tarfile.TarInfo(name)
            info.mode, info.uid, info.gid, info.type, info.linkname = (
                item.mode,
                item.user,
                item.group,
                item.kind,
                item.link,
            )
            info.devmajor, info.devminor = item.device
            info.pax_headers = dict(item.pax)
            info.size = len(item.data)
            tar.addfile(info, io.BytesIO(item.data))
    return out.getvalue()


@dataclass(frozen=True)
class Blob:
    """A layer's blob: its bytes, media type, and its archive's digest."""

    data: bytes
    media_type: str
    unpacked: str

    @property
    def descriptor(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"mediaType": self.media_type, "digest": digests.of(self.data), "size": len(self.data)}


def layer(entries: Entries | bytes, packing: str = "gzip") -> Blob:
    """A layer of entries (or of an archive's bytes): `gzip`, `zstd` or `plain`."""
    tar = entries if isinstance(entries, bytes) else archive(entries)
    unpacked = digests.of(tar)
    if packing == "plain":
        return Blob(tar, TAR, unpacked)
    if packing == "gzip":
        return Blob(gzip.compress(tar, 1, mtime=0), f"{TAR}+gzip", unpacked)
    import zstandard

    return Blob(zstandard.ZstdCompressor().compress(tar), f"{TAR}+zstd", unpacked)


@dataclass
class Store:
    """Blobs and manifests by digest, as every kind of source keeps them."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def add(self, content: bytes | dict[str, Any]) -> str:
        """Keep bytes, or a JSON document, and give their digest."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        digest = digests.of(data)
        self.blobs[digest] = data
        return digest

    def descriptor(self, digest: str, media_type: str = MANIFEST, **more: Any) -> dict[str, Any]:
        """What names something that is kept."""
        return {"mediaType": media_type, "digest": digest, "size": len(self.blobs[digest]), **more}

    def image(
        self,
        layers: Sequence[Blob],
        config: Mapping[str, Any] | None = None,
        platform: str = "linux/amd64",
        **more: Any,
    ) -> str:
        """An image of some layers; `config`: the member `config`; `more`: members of the manifest. Gives its digest."""
        os, architecture, *variant = platform.split("/")
        document = {
            "os": os,
            "architecture": architecture,
            **({"variant": variant[0]} if variant else {}),
            "config": dict(config or {}),
            "rootfs": {"type": "layers", "diff_ids": [each.unpacked for each in layers]},
            "history": [{"created_by": f"step {at}"} for at in range(len(layers))],
        }
        kept = self.descriptor(self.add(document), CONFIG)
        for each in layers:
            self.add(each.data)
        described = [each.descriptor for each in layers]
        return self.add({"schemaVersion": 2, "mediaType": MANIFEST, "config": kept, "layers": described, **more})

    def index(self, images: Sequence[tuple[str, str]], **more: Any) -> str:
        """An index of (platform, digest); an empty platform is none. Gives its digest."""
        entries = []
        for platform, digest in images:
            os, _, rest = platform.partition("/")
            architecture, _, variant = rest.partition("/")
            told = {"os": os, "architecture": architecture, **({"variant": variant} if variant else {})}
            kind = json.loads(self.blobs[digest]).get("mediaType", MANIFEST)
            entries.append(self.descriptor(digest, kind, **({"platform": told} if platform else {})))
        return self.add({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries, **more})

    def files(self, *tops: tuple[str, str]) -> dict[str, bytes]:
        """The files of an OCI layout with these images: (tag, digest); an empty tag is none."""
        entries = []
        for tag, digest in tops:
            kind = json.loads(self.blobs[digest]).get("mediaType", MANIFEST)
            named = {"annotations": {"org.opencontainers.image.ref.name": tag}} if tag else {}
            entries.append(self.descriptor(digest, kind, **named))
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        blobs = {f"blobs/sha256/{digest.partition(':')[2]}": data for digest, data in self.blobs.items()}
        return {
            "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
            "index.json": json.dumps(index).encode(),
            **blobs,
        }

    def layout(self, place: Path, *tops: tuple[str, str]) -> Path:
        """An OCI layout folder."""
        for name, data in self.files(*tops).items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(data)
        return place

    def saved(self, digest: str, *tags: str) -> dict[str, bytes]:
        """The files of an archive as engines wrote them before OCI's layout."""
        manifest = json.loads(self.blobs[digest])
        config = manifest["config"]["digest"].partition(":")[2]
        layers = {
            f"{at}abc/layer.tar": unpack(self.blobs[each["digest"]]) for at, each in enumerate(manifest["layers"])
        }
        told = [{"Config": f"{config}.json", "RepoTags": list(tags), "Layers": list(layers)}]
        kept = {f"{config}.json": self.blobs[manifest["config"]["digest"]], **layers}
        return {**kept, "manifest.json": json.dumps(told).encode()}


def unpack(data: bytes) -> bytes:
    """A layer's archive."""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def one_image(*layers: Blob, config: Mapping[str, Any] | None = None) -> tuple[Store, str]:
    """A store with one image, and its digest."""
    store = Store()
    return store, store.image(layers, config)
