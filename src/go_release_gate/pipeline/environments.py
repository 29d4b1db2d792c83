"""Which environments there are, and what a promotion changes in each: manifests, a tag that follows, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from go_release_gate.pipeline.choices import Choices
from go_release_gate.pipeline.services import Service
from go_release_gate.pipeline.survey import NamedImage, Survey

CHANNEL_TAG, GITOPS, NONE = "channel-tag", "gitops", "none"

_USUAL = ("staging", "production")
_ALIASES = {
    "staging": frozenset({"staging", "stage", "stg"}),
    "production": frozenset({"production", "prod", "prd", "live"}),
}
_OTHERS = frozenset({"dev", "development", "test", "testing", "qa", "preview", "local", "sandbox", "demo"})
_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment.

    Attributes:
        kind: of its target. files: manifests that are edited (gitops). by: `digest` or `tag`.
        why: in words, why it is this kind.
    """

    name: str
    kind: str
    files: tuple[str, ...] = ()
    by: str = "digest"
    why: str = ""


def environments_of(survey: Survey, choices: Choices, services: Sequence[Service]) -> tuple[Environment, ...]:
    """The environments in the order of a release; none where nothing is released."""
    if not services:
        return ()
    names = choices.environments or survey.known_environments or _USUAL
    return tuple(_environment(name, names, survey, choices, services) for name in names)


def _environment(
    name: str, names: Sequence[str], survey: Survey, choices: Choices, services: Sequence[Service]
) -> Environment:
    if choices.targets in (CHANNEL_TAG, NONE):
        return Environment(name, choices.targets, why="as asked for")
    found = _manifests(name, names, survey.manifests, services)
    over = next((path for path in survey.overrides if _means(path, name)), "")
    if over and not any(_means(one.path, name) for one in found):  # whatever else is changed, its tag is deployed
        return Environment(name, NONE, why=f"{over} sets a tag and names no image; give it the image's `repository`")
    files = tuple(dict.fromkeys(one.path for one in found))
    named = {one.repository for one in found}
    if found and all(one.image in named for one in services):
        by = "digest" if all(one.takes_digest for one in found) else "tag"
        return Environment(name, GITOPS, files, by, "manifests here name the image")
    if survey.has_immutable_tags:
        return Environment(name, NONE, why="the registry's tags cannot be moved")
    return Environment(name, CHANNEL_TAG, why="no manifest here names every image" if found else "no manifest here")


def _manifests(
    name: str, names: Sequence[str], manifests: Sequence[NamedImage], services: Sequence[Service]
) -> list[NamedImage]:
    """The manifests of an environment that name a service's image.

    Those whose path names the environment; the last environment takes those that name none where it has no own. Where
    a kustomization among them sets the image, what it sets it for is left alone.
    """
    images = {one.image for one in services if one.image}
    named = [one for one in manifests if one.repository in images]
    own = [one for one in named if _means(one.path, name)]
    if not own and name == names[-1]:
        own = [one for one in named if not _is_of_another(one.path, names)]
    setting = [one for one in own if one.form == "kustomize"]
    set_images = {one.repository for one in setting}
    return setting + [one for one in own if one.form != "kustomize" and one.repository not in set_images]


def _means(path: str, name: str) -> bool:
    return not _words(path).isdisjoint(_ALIASES.get(name, frozenset({name})) | {name})


def _is_of_another(path: str, names: Sequence[str]) -> bool:
    known = frozenset().union(*_ALIASES.values(), _OTHERS, names)
    return not _words(path).isdisjoint(known)


def _words(path: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.split(path))
