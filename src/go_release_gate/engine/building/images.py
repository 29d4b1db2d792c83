"""Images are built of the repository's Dockerfiles, read as finished images are, judged, and built again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.adapters.docker import BuildRefusedError, Docker
from go_release_gate.adapters.images.archive import open_archive
from go_release_gate.adapters.trees import remove as remove_tree
from go_release_gate.config.settings import Settings
from go_release_gate.engine.baseline import Baseline
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges
from go_release_gate.engine.expecting import Wish, expect
from go_release_gate.engine.inspecting import judge_image
from go_release_gate.engine.judging_facts import Judgement
from go_release_gate.errors import GateError, UnavailableError
from go_release_gate.facts.built_images import BuiltImage, BuiltImages, ImageOrder
from go_release_gate.facts.images.differing import image_differences
from go_release_gate.facts.images.read import read_image
from go_release_gate.model.outcome import ErrorClass, ModuleError, Verdict

_PLACE = "images"


@dataclass(frozen=True, slots=True)
class ImageSite:
    """Where images are built: the tree, the engine, a private directory, the time of the commit."""

    root: Path
    docker: Docker
    scratch: Path
    stamp: Stamp
    twice: bool = False


def build_images(orders: Sequence[ImageOrder], site: ImageSite) -> BuiltImages:
    """Build every image, twice where that is asked for; what an engine refuses is told with the image."""
    place = site.scratch / _PLACE
    place.mkdir()
    try:
        found = tuple(_built(order, site, place) for order in orders)
    finally:
        remove_tree(place)
    return BuiltImages(found, site.docker.version)


def _built(order: ImageOrder, site: ImageSite, place: Path) -> BuiltImage:
    started = time.monotonic()
    first = place / "first.tar"
    try:
        site.docker.build(order, site.root, first, epoch=site.stamp.time, fresh=site.twice)
        one = _read(order, first, site)
        if site.twice:
            one = _again(one, first, site, place)
    except BuildRefusedError as error:
        return BuiltImage(order, failure=str(error))
    except GateError as error:
        return BuiltImage(order, error=ModuleError(ErrorClass.INTERNAL, error.message, error.hint))
    finally:
        first.unlink(missing_ok=True)
    return replace(one, seconds=time.monotonic() - started)


def _read(order: ImageOrder, file: Path, site: ImageSite) -> BuiltImage:
    """The image in an archive, as `inspect` reads it; it is called by its Dockerfile."""
    source = open_archive(str(file), file, "", site.scratch)
    try:
        content = replace(read_image(source, scratch=site.scratch), name=order.names[0] if order.names else order.name)
    finally:
        source.close()
    return BuiltImage(
        order, content, content.digest, content.media_type, file.stat().st_size, limits=site.docker.limits
    )


def _again(one: BuiltImage, first: Path, site: ImageSite, place: Path) -> BuiltImage:
    """Build it from a copy of the tree elsewhere, whose files are as new as those of a fresh checkout."""
    copy, second = place / "another" / site.root.name, place / "second.tar"
    sources = []
    try:
        shutil.copytree(site.root, copy, symlinks=True, copy_function=shutil.copy)
        site.docker.build(one.order, copy, second, epoch=site.stamp.time, fresh=True)
        sources = [open_archive(str(file), file, "", site.scratch) for file in (first, second)]
        differences = image_differences(sources[0], sources[1])
    except OSError as error:
        raise UnavailableError(
            f"the tree cannot be copied to be built again: {error.strerror}", "free space"
        ) from error
    finally:
        for source in sources:
            source.close()
        second.unlink(missing_ok=True)
        if copy.parent.exists():
            remove_tree(copy.parent)
    return replace(one, is_reproduced=not differences, differences=differences)


def judge_images(
    built: BuiltImages, edges: Edges, settings: Settings, stamp: Stamp, baseline: Baseline | None
) -> Iterator[Judgement]:
    """What the rules of `inspect` say of each image."""
    for one in built.images:
        if one.content is None:
            continue
        wish = Wish(revision=stamp.commit, platforms=one.order.platforms)
        expected = expect(edges.git, wish, settings, one.content)[0] if edges.git is not None else None
        yield judge_image(one.content, expected, None, settings, baseline)[0]


def merged(judgements: Sequence[Judgement]) -> Judgement:
    """Several answers as one: a failure is one for all, and so is what nobody could tell."""
    verdicts = {one.verdict for one in judgements}
    verdict = next((one for one in (Verdict.FAIL, Verdict.UNAVAILABLE) if one in verdicts), Verdict.PASS)
    return Judgement(
        tuple(finding for one in judgements for finding in one.findings),
        tuple(item for one in judgements for item in one.suppressed),
        verdict,
        all(one.complete for one in judgements),
    )
