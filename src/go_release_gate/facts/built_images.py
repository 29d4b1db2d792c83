"""The fact which images were built of the repository's Dockerfiles, and what came of building them twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.facts.image_content import ImageContent
from go_release_gate.model.outcome import ModuleError


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """One image as the release would build it.

    Attributes:
        dockerfile, context: relative to the root. target: stage it stops at, empty: the last.
        names: references it is for; it is pushed to none of them. labels: as the names' rules make them.
        arguments: build arguments. platforms: empty: that of the engine.
        path, line: where it is asked for. unknown: what the release does beside this that nobody can see.
    """

    dockerfile: str
    context: str = "."
    target: str = ""
    names: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    path: str = ""
    line: int = 1
    unknown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What reports call it: the Dockerfile, and the stage where it stops at one."""
        return f"{self.dockerfile} ({self.target})" if self.target else self.dockerfile


@dataclass(frozen=True, slots=True)
class ImageDifference:
    """A part in which two builds of one image differ.

    Attributes:
        platform: of the image. part: `config`, `layer 2` (counted from 1), `manifest`. path: of a file in a layer, or
            the key of the configuration. what: `content`, `mtime`, `mode`, `owner`, … with both values where short.
    """

    platform: str
    part: str
    path: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """What came of an order.

    Attributes:
        content: what was read of the image; None where it was not built.
        digest, media_type: of the manifest or index, as whoever pulls it sees it; for an engine without one the
            image's id. size: bytes of the archive.
        failure: what the engine said last where it refused. error: the surroundings did not let it happen.
        is_reproduced: whether it was built twice and came out the same; None: not tried. differences: what did not.
        limits: what the engine at hand cannot do, one sentence each.
    """

    order: ImageOrder
    content: ImageContent | None = None
    digest: str = ""
    media_type: str = ""
    size: int = 0
    failure: str = ""
    error: ModuleError | None = None
    is_reproduced: bool | None = None
    differences: tuple[ImageDifference, ...] = ()
    limits: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class BuiltImages:
    """Every image that was to be built. `engine`: what built them, in words."""

    images: tuple[BuiltImage, ...]
    engine: str = ""
