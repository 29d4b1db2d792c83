"""An image's configuration, from its JSON. Pure.

https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from go_release_gate.facts.image_content import ImageConfig
from go_release_gate.facts.images.manifests import object_of, platform_of, strings, words
from go_release_gate.facts.images.source import ImageError

T = TypeVar("T")
_KINDS: Mapping[type, str] = {dict: "object", str: "string", list: "list"}


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration: what is judged of it, what its layers must be unpacked, and what made each of them."""

    config: ImageConfig
    platform: str
    unpacked: tuple[str, ...]
    created_by: tuple[str, ...]


def parse(content: bytes) -> Configured:
    """Read a configuration. Raises ImageError: it is no JSON object, or of a form that no engine starts."""
    document = object_of(content, "the configuration")
    inner = _member(document, "config")
    environment = dict(word.partition("=")[::2] for word in _list(inner, "Env"))
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
    return Configured(config, platform_of(document), _list(_member(document, "rootfs"), "diff_ids"), made)


def _member(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _typed(document, key, dict, {})


def _text(document: Mapping[str, Any], key: str) -> str:
    return _typed(document, key, str, "")


def _list(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = _typed(document, key, list, [])
    if not all(isinstance(word, str) for word in found):
        raise ImageError(f"{key} of the configuration is no list of strings")
    return tuple(found)


def _typed(document: Mapping[str, Any], key: str, kind: type[T], default: T) -> T:
    """A member; absent and null are the default, anything else fails in Go's decoder and so in every engine."""
    found = document.get(key)
    if found is not None and not isinstance(found, kind):
        raise ImageError(f"{key} of the configuration is no {_KINDS[kind]}")
    return default if found is None else found
