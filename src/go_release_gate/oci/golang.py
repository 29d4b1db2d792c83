"""Images that bring Go: which release their tag names, and whether they hold Go to it.

The official image sets GOTOOLCHAIN=local from 1.21 on (https://github.com/docker-library/golang/issues/472), and so do
mirrors of it. Of the others it is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.gomod.goselect import Selection, of_tag

_SPLIT = re.compile(r"(?P<repository>[^@\s]+?)(?::(?P<tag>[\w][\w.-]*))?(?:@(?P<digest>sha256:[0-9a-f]+))?")
# Repositories whose tags are releases of Go, by their last component or their last two.
_OFFICIAL = frozenset({"golang"})
_OTHERS = frozenset(
    {"chainguard/go", "cimg/go", "circleci/golang", "goreleaser/goreleaser-cross", "openshift/golang", "go-toolset"}
)


@dataclass(frozen=True, slots=True)
class GoImage:
    """An image of Go.

    Attributes:
        name: as written. repository, tag, digest: its parts, empty where they are not there.
        selection: the release its tag names; None: whatever is newest.
        is_local: whether it sets GOTOOLCHAIN=local.
    """

    name: str
    repository: str
    tag: str
    digest: str
    selection: Selection | None
    is_local: bool


def go_image(name: str) -> GoImage | None:
    """The image of Go that `name` is; None: it is none, or nobody can tell."""
    match = _SPLIT.fullmatch(name)
    if match is None:
        return None
    repository, tag, digest = (match[part] or "" for part in ("repository", "tag", "digest"))
    parts = repository.lower().split("/")
    is_official = parts[-1] in _OFFICIAL and parts[-2:-1] != ["circleci"]
    if not is_official and parts[-1] not in _OTHERS and "/".join(parts[-2:]) not in _OTHERS:
        return None
    return GoImage(name, repository, tag, digest, of_tag(tag) if tag else None, is_official)
