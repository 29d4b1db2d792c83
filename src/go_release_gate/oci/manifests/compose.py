"""Images of compose files: `services.*.image`, variables replaced by their defaults.

https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from go_release_gate.oci.manifests.nodes import Node
from go_release_gate.oci.manifests.use import COMPOSE, ImageUse

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{[A-Za-z_]\w*:?-(?P<default>[^{}$]*)\})")


def is_compose(path: str, document: Node) -> bool:
    """Whether a file is one: `compose` in its name, and services that have an image or are built."""
    if "compose" not in posixpath.basename(path).lower():
        return False
    services = document.get("services").pairs.values()
    return any(one.has("image") or one.has("build") for one in services)


def images(path: str, document: Node) -> Iterator[ImageUse]:
    """The image of each service; `is_local` where a service of this file builds it or nobody pulls it."""
    services = [(name, one) for name, one in document.get("services").pairs.items() if one.get("image").part]
    built = {substituted(one.get("image").text) for _, one in services if _is_built(one)}
    for name, service in services:
        part = service.get("image").part
        if part:
            text = substituted(part.text)
            shown = part if text == part.text else replace(part, text=text, source="")
            is_local = text in built or service.get("pull_policy").text == "never"
            yield ImageUse(path, COMPOSE, shown, field=f"services.{name}.image", is_local=is_local)


def _is_built(service: Node) -> bool:
    return service.has("build") or service.get("pull_policy").text == "build"


def substituted(text: str) -> str:
    """The text with defaults in place of variables that have one; any other variable stays as it is written."""
    if "$" not in text:
        return text
    return _VARIABLE.sub(lambda match: "$" if match["dollar"] else match["default"], text)
