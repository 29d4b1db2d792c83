"""Two builds of one image, compared configuration by configuration, layer by layer, file by file."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from go_release_gate.facts.built_images import ImageDifference
from go_release_gate.facts.images.choose import Found, choose
from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.manifests import Descriptor
from go_release_gate.facts.images.source import Checked, Source, content
from go_release_gate.facts.images.unpack import unpacked

MOST = 20
"""Differences that are told of one image; of a layer the first of each kind."""
_PIECE = 1 << 20
_TOLD = 60  # characters of a value
# what follows from the layers, or is compared by itself
_DERIVED = ("rootfs", "moby.buildkit.buildinfo.v1", "moby.buildkit.cache.v0", "id", "parent", "config.Image")


class _Entry(NamedTuple):
    path: str
    kind: str
    mode: str
    owner: str
    mtime: str
    link: str
    size: str
    content: str
    attributes: str


def image_differences(first: Source, second: Source, limits: Limits | None = None) -> tuple[ImageDifference, ...]:
    """What two builds differ in, the first of it; empty: their images are the same to the last byte.

    Raises:
        UnavailableError: one of them cannot be read.
    """
    limits = limits or Limits()
    return tuple(islice(_differences(first, second, limits), MOST))


def _differences(first: Source, second: Source, limits: Limits) -> Iterator[ImageDifference]:
    old, new = choose(first, (), limits), choose(second, (), limits)
    if old.digest and old.digest == new.digest:
        return
    found = False
    for one, other in zip_longest(old.images, new.images):
        if one is None or other is None or one.platform != other.platform:
            yield ImageDifference((one or other).platform, "manifest", what="the platforms of the index")
            return
        for each in _of_platform(one, other, (first, second), limits):
            found = True
            yield each
    if not found and old.digest != new.digest:
        platform = old.images[0].platform if len(old.images) == 1 else ""
        yield ImageDifference(platform, "manifest", what="attestations or annotations beside the images")


def _of_platform(one: Found, other: Found, sources: tuple[Source, Source], limits: Limits) -> Iterator[ImageDifference]:
    pairs = zip_longest(one.manifest.layers, other.manifest.layers)
    for number, (old, new) in enumerate(pairs, 1):
        part = f"layer {number}"
        if old is None or new is None:
            yield ImageDifference(one.platform, part, what="there in one build only")
        elif old.digest != new.digest:
            told = list(_of_layer(sources, old, new))
            for path, what in told:
                yield ImageDifference(one.platform, part, path, what)
            if not told:
                yield ImageDifference(one.platform, part, what="how it is packed; its files are the same")
    configs = [
        json.loads(content(source, each.manifest.config.digest, each.manifest.config.size, limits.config))
        for source, each in zip(sources, (one, other), strict=True)
    ]
    for key, what in _of_values("", configs[0], configs[1]):
        if not key.startswith(_DERIVED):
            yield ImageDifference(one.platform, "config", key, what)


def _of_values(key: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Every place in which two JSON values differ."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from _of_values(f"{key}.{name}".lstrip("."), old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _of_values(f"{key}[{number}]", one, other)
    else:
        yield key, _against(str(old), str(new))


def _of_layer(sources: tuple[Source, Source], old: Descriptor, new: Descriptor) -> Iterator[tuple[str, str]]:
    """The first file that differs, for each kind of difference; a file that one lacks ends it."""
    told: set[str] = set()
    pair = zip_longest(_entries(sources[0], old), _entries(sources[1], new))
    for one, other in pair:
        if one is None or other is None or one.path != other.path:
            yield (one or other).path, "the list of files"
            return
        for field, first, second in zip(_Entry._fields, one, other, strict=True):
            if first != second and field not in told:
                told.add(field)
                is_long = field in ("content", "attributes")
                yield one.path, field if is_long else f"{field} {_against(first, second)}"


def _entries(source: Source, blob: Descriptor) -> Iterator[_Entry]:
    checked = Checked(source.blob(blob.digest, blob.size), blob.digest, blob.size)
    try:
        with tarfile.open(fileobj=unpacked(checked, Limits().window), mode="r|", bufsize=_PIECE) as archive:
            for member in archive:
                yield _entry(archive, member)
    finally:
        checked.close()


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> _Entry:
    made = hashlib.sha256()
    body = archive.extractfile(member) if member.isreg() else None
    while body is not None and (piece := body.read(_PIECE)):
        made.update(piece)
    further = {key: value for key, value in member.pax_headers.items() if key not in ("mtime", "path", "linkpath")}
    return _Entry(
        member.name,
        member.type.decode("ascii", "replace"),
        f"{member.mode:o}",
        f"{member.uid}:{member.gid}",
        member.pax_headers.get("mtime", str(member.mtime)),
        member.linkname,
        str(member.size),
        made.hexdigest(),
        repr(sorted(further.items())),
    )


def _against(one: str, other: str) -> str:
    return f"{one[:_TOLD]} against {other[:_TOLD]}"
