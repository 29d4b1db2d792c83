"""Read a finished image: its index, manifests and configurations, then each layer once, in a stream.

Nothing is unpacked to disk but programs, for a while, as their reader has to move about in them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from go_release_gate.facts.image_content import ImageContent
from go_release_gate.facts.images import started
from go_release_gate.facts.images.assemble import Assembly
from go_release_gate.facts.images.binaries import Binaries
from go_release_gate.facts.images.choose import choose
from go_release_gate.facts.images.layers import Layers
from go_release_gate.facts.images.limits import Limits
from go_release_gate.facts.images.source import Source
from go_release_gate.model.progress import Progress, Silence

LIMITS = Limits()


def read_image(
    source: Source,
    *,
    platforms: Sequence[str] = (),
    limits: Limits = LIMITS,
    progress: Progress | None = None,
    scratch: Path | None = None,
) -> ImageContent:
    """Everything that is judged of an image.

    Args:
        source: where it is. platforms: `os/architecture[/variant]` to read; empty: all that the index names.
        limits: bounds. progress: hears of each layer. scratch: a private folder for programs; None: a temporary one.

    What cannot be read or exceeds a bound is a sentence in `unreadable`, of the image or of a platform.

    Raises:
        UnavailableError: the manifest that the name stands for cannot be had.
    """
    chosen = choose(source, tuple(platforms), limits)
    progress = progress or Silence()
    names = frozenset[bytes]().union(*(started.names(one.configured.config) for one in chosen.images))
    blobs = [layer for one in chosen.images for layer in one.manifest.layers]
    progress.phase("layers", len({one.digest for one in blobs}))
    with tempfile.TemporaryDirectory(prefix="image-", dir=scratch) as folder:
        layers = Layers(source, limits, Path(folder), names)
        layers.read(blobs, progress)
        binaries = Binaries()
        read = tuple(Assembly(one, layers, binaries).image() for one in chosen.images)
    annotations, unreadable = dict(chosen.annotations), chosen.unreadable
    return ImageContent(
        source.name, chosen.digest, chosen.media_type, read, annotations, unreadable, offered=chosen.offered
    )
