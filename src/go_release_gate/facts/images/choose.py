"""From a name to the images it stands for: indexes opened, attestations left out, platforms chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from go_release_gate.errors import UnavailableError
from go_release_gate.facts.image_content import ImageConfig
from go_release_gate.facts.images import configs
from go_release_gate.facts.images.configs import Configured
from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.manifests import ArtifactError, Descriptor, ImageManifest, Index, parse
from go_release_gate.facts.images.source import ImageError, MissingError, Source, content

UNKNOWN = "unknown/unknown"  # what attestations have for a platform


@dataclass(frozen=True, slots=True)
class Found:
    """An image of one platform. `problems`: what of it cannot be told."""

    platform: str
    digest: str
    manifest: ImageManifest
    configured: Configured
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a name stands for. `offered`: every platform that it names."""

    digest: str
    media_type: str
    annotations: Mapping[str, str]
    images: tuple[Found, ...]
    unreadable: tuple[str, ...]
    offered: tuple[str, ...] = ()


def choose(source: Source, platforms: tuple[str, ...], limits: Limits) -> Chosen:
    """The images of the platforms that are asked for, of all where none is.

    Raises:
        UnavailableError: the first manifest cannot be had.
    """
    top = source.manifest()
    unreadable: list[str] = []
    offered: list[str] = []
    try:
        parsed = parse(top.content, top.media_type)
    except ImageError as error:
        return Chosen(top.digest, top.media_type, {}, (), (error.message,))
    if isinstance(parsed, ImageManifest):
        images = [_found(source, "", top.digest, parsed, limits)]
    else:
        images = list(_Opened(source, limits, platforms, unreadable, offered).images(parsed, 1))
    chosen = [one for one in images if not platforms or any(matches(each, one.platform) for each in platforms)]
    offered += [one.platform for one in images]
    there = ", ".join(dict.fromkeys(offered)) or "no image"
    unreadable += [
        f"the image has no {each} (it has {there})"
        for each in platforms
        if not any(matches(each, one.platform) for one in images)
    ]
    if not images and not unreadable:
        unreadable.append("the index names no image")
    found = tuple(dict.fromkeys(offered))
    return Chosen(top.digest, parsed.media_type, parsed.annotations, tuple(chosen), tuple(unreadable), found)


def matches(asked: str, platform: str) -> bool:
    """Whether a platform is the one that is asked for: a variant that is not named matches every variant."""
    asked = asked.removesuffix("/v8") if asked.startswith("linux/arm64/") else asked
    return platform == asked or platform.startswith(f"{asked}/")


@dataclass(slots=True)
class _Opened:
    """Opens indexes within indexes, up to a depth and a number. `passed`: platforms that nobody asks for."""

    source: Source
    limits: Limits
    platforms: tuple[str, ...]
    unreadable: list[str]
    passed: list[str]
    count: int = 0

    def images(self, index: Index, depth: int) -> Iterator[Found]:
        for each in index.manifests:
            if each.is_attestation or each.platform == UNKNOWN:
                continue
            self.count += 1
            if self.count > self.limits.platforms:
                if self.count == self.limits.platforms + 1:
                    self.unreadable.append(f"the index names more than {self.limits.platforms} images, the limit here")
                return
            is_asked = not self.platforms or any(matches(asked, each.platform) for asked in self.platforms)
            if is_asked or not each.platform:
                yield from self._opened(each, depth)
            else:
                self.passed.append(each.platform)

    def _opened(self, each: Descriptor, depth: int) -> Iterator[Found]:
        name = each.platform or each.digest
        try:
            raw = self.source.manifest(each.digest)
            parsed = parse(raw.content, raw.media_type or each.media_type)
        except ArtifactError as error:
            if each.platform:  # what has none is a signature or the like beside the images
                self.unreadable.append(f"{name}: {error.message}")
            return
        except UnavailableError as error:
            if not (isinstance(error, MissingError) and self.source.is_partial):
                self.unreadable.append(f"{name}: {error.message}")
            return
        if isinstance(parsed, ImageManifest):
            yield _found(self.source, each.platform, each.digest, parsed, self.limits)
        elif depth >= self.limits.nesting:
            self.unreadable.append(f"{name}: more than {self.limits.nesting} indexes lie within each other")
        else:
            yield from self.images(parsed, depth + 1)


def _found(source: Source, platform: str, digest: str, manifest: ImageManifest, limits: Limits) -> Found:
    """An image with its configuration, as far as that can be had."""
    problems: list[str] = []
    if len(manifest.layers) > limits.layers:
        problems.append(f"it has {len(manifest.layers)} layers, more than the {limits.layers} that are read")
        manifest = ImageManifest(manifest.media_type, manifest.config, (), manifest.annotations)
    try:
        configured = configs.parse(content(source, manifest.config.digest, manifest.config.size, limits.config))
    except UnavailableError as error:
        problems.append(f"its configuration cannot be read: {error.message}")
        return Found(platform, digest, manifest, Configured(ImageConfig("", ""), "", (), ()), tuple(problems))
    return Found(platform or configured.platform, digest, manifest, configured, tuple(problems))
