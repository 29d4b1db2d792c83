"""What `build --with-images` needs beside the build: the engine, and names and labels as the verb `tags` makes them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from go_release_gate.adapters.process import Runner
from go_release_gate.engine.building.run import BuildRequest
from go_release_gate.errors import GateError

_PREFIX = "org.opencontainers.image."


def with_images(
    request: BuildRequest, args: argparse.Namespace, environ: Mapping[str, str], runner: Runner
) -> BuildRequest:
    """The request with an engine and a way to name images. Nothing is asked of the engine yet."""
    from go_release_gate.adapters.docker import find_docker
    from go_release_gate.engine.building.with_images import ImageWishes

    docker = partial(find_docker, environ, request.root, runner)
    return replace(request, images=ImageWishes(partial(_named, request, args, environ), docker))


def _named(
    request: BuildRequest, args: argparse.Namespace, environ: Mapping[str, str], images: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """References and labels of a commit; labels alone where no image is configured, or its names cannot be made."""
    stamp = request.stamp
    own = {f"{_PREFIX}revision": stamp.commit, f"{_PREFIX}created": stamp.date}
    references, labels = _by_tags(args, environ, images) if images else ((), {})
    return references, {key: value for key, value in {**labels, **own}.items() if value}


def _by_tags(
    args: argparse.Namespace, environ: Mapping[str, str], images: tuple[str, ...]
) -> tuple[tuple[str, ...], dict[str, str]]:
    from go_release_gate.cli import options, tags

    asked = options.complete(options.find_verb("tags"), argparse.Namespace(path=args.path), environ)
    asked.images = "\n".join(images)
    try:
        answer = tags.perform(asked, environ).answer
    except GateError:  # a commit without a ref has no name: its image is built all the same
        return (), {}
    return answer.tags, dict(label.split("=", 1) for label in answer.labels if "=" in label)
