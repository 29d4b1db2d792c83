"""Names in a GoReleaser file: dockers, docker_manifests, dockers_v2, kos, with their templates.

https://goreleaser.com/customization/templates/: what depends on the tag alone is filled in; anything else is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.shell.unknown import Holes
from go_release_gate.workflow.tree import Mapping, Node, Scalar, Sequence, child, text_of, texts_of

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_FIELD = re.compile(r"\.(\w+)")
_ENVIRONMENT = re.compile(r"\.Env\.(\w+)")
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")


@dataclass(frozen=True, slots=True)
class ImageTemplate:
    """A name as it is written and its line; `skips_prerelease`: not pushed for one (`skip_push: auto`)."""

    text: str
    line: int
    skips_prerelease: bool = False


def image_templates(tree: Node | None) -> tuple[ImageTemplate, ...]:
    """The names in the file, in its order; entries that are switched off are left out."""
    found = [
        *_of_lists(tree, "dockers", "image_templates"),
        *_of_manifests(tree),
        *_of_pairs(tree, "dockers_v2", "images"),
        *_of_pairs(tree, "docker_v2", "images"),
        *_of_pairs(tree, "kos", "repositories", "repository"),
    ]
    return tuple(dict.fromkeys(found))


def fill_template(text: str, tag: str, environment: dict[str, str], holes: Holes) -> str:
    """The name for a tag; what the tag does not tell becomes a hole."""
    fields = _fields(tag)

    def fill(match: re.Match[str]) -> str:
        if field := _FIELD.fullmatch(match[1]):
            if field[1] in fields:
                return fields[field[1]]
        elif (variable := _ENVIRONMENT.fullmatch(match[1])) and variable[1] in environment:
            return environment[variable[1]]
        return holes.mark("a template that GoReleaser fills in while it runs", match[0])

    return _ACTION.sub(fill, text)


def is_prerelease(tag: str) -> bool:
    """Whether the tag is a version with a prerelease part."""
    match = _VERSION.fullmatch(tag)
    return match is not None and match[4] is not None


def _fields(tag: str) -> dict[str, str]:
    match = _VERSION.fullmatch(tag)
    fields = {"Tag": tag, "Version": tag.removeprefix("v"), "IsSnapshot": "false"} if tag else {}
    if match:
        names = ("Major", "Minor", "Patch", "Prerelease", "BuildMetadata")
        fields |= {name: part or "" for name, part in zip(names, match.groups(), strict=True)}
        fields["RawVersion"] = ".".join(match.groups()[:3])
    return fields


def _entries(tree: Node | None, name: str) -> Iterator[Node]:
    found = child(tree, name)
    items = found.items if isinstance(found, Sequence) else (found,) if isinstance(found, Mapping) else ()
    for item in items:
        if text_of(child(item, "disable")) != "true" and text_of(child(item, "skip_push")) != "true":
            yield item


def _of_lists(tree: Node | None, name: str, key: str) -> Iterator[ImageTemplate]:
    for entry in _entries(tree, name):
        skips = text_of(child(entry, "skip_push")) == "auto"
        for item in texts_of(child(entry, key)):
            yield ImageTemplate(item.text, item.line, skips)


def _of_manifests(tree: Node | None) -> Iterator[ImageTemplate]:
    for entry in _entries(tree, "docker_manifests"):
        name = child(entry, "name_template")
        if isinstance(name, Scalar):
            yield ImageTemplate(name.text, name.line, text_of(child(entry, "skip_push")) == "auto")


def _of_pairs(tree: Node | None, name: str, *keys: str) -> Iterator[ImageTemplate]:
    """Every image with every tag; ko's tag is `latest` where none is given."""
    for entry in _entries(tree, name):
        images = [item for key in keys for item in texts_of(child(entry, key))]
        tags = texts_of(child(entry, "tags")) or (Scalar("latest", entry.line, entry.column),)
        for image in images:
            yield from (ImageTemplate(f"{image.text}:{tag.text}", tag.line) for tag in tags)
