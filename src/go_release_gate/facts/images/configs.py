"""An image's configuration, from its JSON. Pure.

https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from go_release_gate.facts.image_content import ImageConfig
from go_release_gate.facts.images.manifests import object_of, platform_of, strings, words


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration: what is judged of it, what its layers must be unpacked, and what made each of them."""

    config: ImageConfig
    platform: str
    unpacked: tuple[str, ...]
    created_by: tuple[str, ...]


def parse(content: bytes) -> Configured:
    """Read a configuration. Raises ImageError: it is no JSON object."""
    document = object_of(content, "the configuration")
    inner = _member(document, "config")
    environment = dict(word.partition("=")[::2] for word in words(inner, "Env"))
    config = ImageConfig(
        architecture=_text(document, "architecture"),
        os=_text(document, "os"),
        variant=_text(document, "variant"),
        created=_text(document, "created"),
        user=_text(inner, "User"),
        entrypoint=words(inner, "Entrypoint"),
        command=words(inner, "Cmd"),
        environment=environment,
        labels=strings(inner, "Labels"),
        directory=_text(inner, "WorkingDir"),
        ports=tuple(sorted(_member(inner, "ExposedPorts"))),
    )
    history = document.get("history")
    steps = [step for step in history if isinstance(step, dict)] if isinstance(history, list) else []
    made = tuple(_text(step, "created_by") for step in steps if step.get("empty_layer") is not True)
    return Configured(config, platform_of(document), words(_member(document, "rootfs"), "diff_ids"), made)


def _member(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _text(document: Mapping[str, Any], key: str) -> str:
    found = document.get(key)
    return found if isinstance(found, str) else ""
