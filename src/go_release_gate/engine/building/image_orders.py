"""Which images the repository's Dockerfiles make: those that its workflows build, else one for each Dockerfile."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path

from go_release_gate.config.settings import ImageSettings, Settings
from go_release_gate.dockerfile.model import Dockerfile
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.facts.built_images import ImageOrder
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_dockerfile_calls import copied_paths
from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.workflows import Workflows
from go_release_gate.shell.unknown import has_hole

Names = tuple[tuple[str, ...], dict[str, str]]
Naming = Callable[[tuple[str, ...]], Names]
"""Image names without tags → references and labels of the commit that is built."""


def image_orders(facts: Facts, settings: Settings, edges: Edges, naming: Naming) -> tuple[ImageOrder, ...]:
    """One order for each Dockerfile and stage that is built."""
    files, builds = _collected(facts, settings, edges)
    modules = [module.dir for module in facts.repository.modules]
    root = facts.repository.root
    found: dict[tuple[str, str], ImageOrder] = {}
    for dockerfile in files:
        for build in _known(dockerfile, builds) or (None,):
            images = tuple(_images(settings, _module_of(posixpath.dirname(dockerfile.path) or ".", modules)))
            order = _order(dockerfile, build, images, root, naming)
            found.setdefault((order.dockerfile, order.target), order)
    return tuple(found.values())


def _collected(facts: Facts, settings: Settings, edges: Edges) -> tuple[tuple[Dockerfile, ...], ImageBuilds]:
    from go_release_gate.engine.release_facts import COLLECTORS

    for kind, collect in COLLECTORS:
        if kind in (Dockerfiles, Workflows, ImageBuilds) and kind not in facts.others:
            fact = collect(facts, settings, edges)
            if fact is not None:
                facts.others[kind] = fact
    files, builds = facts.others.get(Dockerfiles), facts.others.get(ImageBuilds)
    return (
        files.files if isinstance(files, Dockerfiles) else (),
        builds if isinstance(builds, ImageBuilds) else ImageBuilds(()),
    )


def _known(dockerfile: Dockerfile, builds: ImageBuilds) -> list[ImageBuild]:
    return [one for one in builds.of(dockerfile.path) if one.context and not has_hole(one.context + one.target)]


def _order(
    dockerfile: Dockerfile,
    build: ImageBuild | None,
    images: tuple[ImageSettings, ...],
    root: Path,
    naming: Naming,
) -> ImageOrder:
    context = build.context if build else _context(dockerfile, root)
    references, labels = naming(tuple(one.image for one in images))
    told = build.platforms if build else tuple(one for each in images for one in each.platforms)
    platforms = tuple(dict.fromkeys(one for one in told if not has_hole(one)))
    return ImageOrder(
        dockerfile.path,
        context,
        build.target if build else "",
        references,
        labels,
        {name: value for name, value in (build.arguments if build else {}).items() if not has_hole(value)},
        platforms,
        build.path if build else dockerfile.path,
        build.line if build else 1,
        tuple(_unknown(build)) if build else (),
    )


def _unknown(build: ImageBuild) -> Iterator[str]:
    if build.unknown:
        yield f"the value of the build argument {', '.join(sorted(build.unknown))} is not known: its default is built"
    if build.is_open:
        yield "the release may build more platforms than can be read of the workflow"


def _images(settings: Settings, module: str) -> Iterator[ImageSettings]:
    """The configured images of a module."""
    return (one for one in settings.images if one.module == module)


def _module_of(directory: str, modules: list[str]) -> str:
    while directory not in modules and directory != ".":
        directory = posixpath.dirname(directory) or "."
    return directory


def _context(dockerfile: Dockerfile, root: Path) -> str:
    """The place that holds most of what is copied: that of the Dockerfile, or the root."""
    wanted = copied_paths(dockerfile)
    places = dict.fromkeys((posixpath.dirname(dockerfile.path) or ".", "."))
    return max(places, key=lambda place: sum(os.path.lexists(root / place / path) for path in wanted))
