"""The fact the table of releases is: git tag → module → image → platforms, as configured or as discovered.

A module in the directory `services/api` is released by tags `services/api/v1.2.3`, one at the top by `v1.2.3`; a last
element `v2` that only repeats the major version is no part of the tag (https://go.dev/ref/mod#vcs-version).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from go_release_gate.gomod.ladder import is_release
from go_release_gate.gomod.modulepath import agrees, expected_major, split_major
from go_release_gate.model.finding import Location
from go_release_gate.workflow.patterns import example, matches

if TYPE_CHECKING:
    from go_release_gate.facts.module import Module

_WILD = re.compile(r"[*?+\[!\\]")
_MAJOR = re.compile(r"(v(?:0|[1-9][0-9]*))\.")
_BEFORE_VERSION = re.compile(r"((?:.*[-_.@])?)v[0-9.]*")  # what of a name's literal start is not the version
_BEFORE_WILD = re.compile(r"(?:.*[-_@])?")


@dataclass(frozen=True, slots=True)
class ModuleTags:
    """A module as its tags see it: `prefix` comes before the version (`services/api/`), `place` is its module line."""

    dir: str
    path: str
    prefix: str
    place: Location

    def version_of(self, tag: str) -> str:
        """The text of `tag` where a version stands by Go's rule; empty: it is no tag of this module."""
        rest = tag.removeprefix(self.prefix)
        fits = tag.startswith(self.prefix) and rest.startswith("v") and "/" not in rest
        return rest if fits else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One image of the table.

    Attributes:
        image: its repository; empty: a Dockerfile tells of it, nothing names it.
        module: directory of the module it is built from.
        patterns: of the git tags that release it.
        platforms: it is built for; empty: not said.
        place: where this is said: the configuration's line, or the Dockerfile.
    """

    image: str
    module: str
    patterns: tuple[str, ...]
    platforms: tuple[str, ...]
    place: Location

    @property
    def name(self) -> str:
        """What messages call the image."""
        return self.image or f"the image of {self.place.path}"

    def version_of(self, tag: str) -> str:
        """The text of `tag` where a version stands; empty: the tag does not release this image."""
        found = (version_in(pattern, tag) for pattern in self.patterns if matches_tag(pattern, tag))
        return next((version for version in found if version), "")


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """Every image and module of the repository with the tags that release it.

    Attributes:
        rows: the images; from the configuration where it names some, else discovered.
        modules: every module with a readable path.
        pushed: the tag that is judged; empty: none is.
        is_strict: whether `policy: strict` holds. is_configured: whether the rows are from the configuration.
        unlisted: images of modules that the configured table leaves out.
        branches: patterns of the release branches; empty: any branch. kind: `any`, `annotated` or `signed`.
    """

    rows: tuple[Row, ...]
    modules: tuple[ModuleTags, ...]
    pushed: str = ""
    is_strict: bool = False
    is_configured: bool = False
    unlisted: tuple[Row, ...] = ()
    branches: tuple[str, ...] = ()
    kind: str = "any"

    def module_at(self, directory: str) -> ModuleTags | None:
        """The module in a directory."""
        return next((module for module in self.modules if module.dir == directory), None)

    def rows_of(self, tag: str) -> tuple[Row, ...]:
        """The images that a tag releases; where the version's major tells modules apart, only those it fits."""
        found = tuple(row for row in self.rows if row.version_of(tag))
        fitting = tuple(row for row in found if self._fits(row.module, row.version_of(tag)))
        return fitting or found

    def modules_of(self, tag: str) -> tuple[ModuleTags, ...]:
        """The modules a tag releases: those of its images, else by Go's rule."""
        named = {row.module for row in self.rows_of(tag)}
        if named:
            return tuple(module for module in self.modules if module.dir in named)
        found = tuple(module for module in self.modules if module.version_of(tag))
        return tuple(module for module in found if self._fits(module.dir, module.version_of(tag))) or found

    def version_of(self, tag: str) -> str:
        """The version in a tag's name; a tag that belongs nowhere is read as Go would."""
        owners: tuple[Row | ModuleTags, ...] = (*self.rows_of(tag), *self.modules_of(tag))
        return next((owner.version_of(tag) for owner in owners if owner.version_of(tag)), tag.rpartition("/")[2])

    def releases(self, directory: str, tags: Iterable[str]) -> dict[str, str]:
        """Tag → version, for those of `tags` that release the module in a directory."""
        rows = [row for row in self.rows if row.module == directory]
        module = self.module_at(directory)
        owners: tuple[Row | ModuleTags, ...] = (*rows, *([module] if module else []))
        found = {tag: next((version for one in owners if (version := one.version_of(tag))), "") for tag in tags}
        alike = self._alike(module)
        return {tag: version for tag, version in found.items() if version and not _is_siblings(module, alike, version)}

    def samples(self, row: Row) -> tuple[str, ...]:
        """Tags, one or two for each pattern, that would release the image: they show what else takes them."""
        module = self.module_at(row.module)
        majors = dict.fromkeys(((module and expected_major(module.path)) or "v1", "v1"))
        return tuple(dict.fromkeys(tag for pattern in row.patterns for tag in _samples(pattern, majors)))

    def _alike(self, module: ModuleTags | None) -> tuple[ModuleTags, ...]:
        """Modules whose tags look like this one's (`.` and `v2`)."""
        if module is None:
            return ()
        return tuple(one for one in self.modules if one.prefix == module.prefix and one.dir != module.dir)

    def _fits(self, directory: str, version: str) -> bool:
        module = self.module_at(directory)
        return module is not None and agrees(module.path, version)


def _is_siblings(module: ModuleTags | None, alike: tuple[ModuleTags, ...], version: str) -> bool:
    """Whether the version is one of a module whose tags look alike: its major fits only that one."""
    if module is None or not alike or not is_release(version) or agrees(module.path, version):
        return False
    return any(agrees(one.path, version) for one in alike)


def module_tags(module: Module) -> ModuleTags:
    """How Go tags a module."""
    line = module.mod.path_line if module.mod else 1
    return ModuleTags(
        module.dir, module.path, tag_prefix(module.dir, module.path), Location(module.file("go.mod"), line)
    )


def tag_prefix(directory: str, path: str) -> str:
    """What comes before the version in the tags of the module `path` in `directory`: empty, or with `/` at its end."""
    split = split_major(path)
    suffix = split[1] if split and split[1].startswith("/") else ""
    parts = [] if directory == "." else directory.split("/")
    if suffix and parts and parts[-1] == suffix[1:]:
        parts.pop()
    return "".join(f"{part}/" for part in parts)


def matches_tag(pattern: str, tag: str) -> bool:
    """Whether a pattern takes a tag, as a workflow's filter would."""
    head = _literal(pattern)
    if not tag.startswith(head):
        return False
    if pattern[len(head) :] == "*":  # nearly every pattern, and there may be thousands of tags
        return "/" not in tag[len(head) :]
    return matches(pattern, tag)


@cache
def _literal(pattern: str) -> str:
    """What a pattern begins with, up to its first special character."""
    return _WILD.split(pattern, maxsplit=1)[0]


def version_in(pattern: str, tag: str) -> str:
    """What stands for the version in a tag that the pattern takes: `v1.2.3` of `api-v1.2.3` for `api-v*`."""
    before = _before_version(pattern)
    return tag.rpartition("/")[2].removeprefix(before or "")


def major_in(pattern: str) -> str:
    """The major version that every tag of the pattern has: `v2` of `api-v2.*`; empty: they differ."""
    segment = pattern.rpartition("/")[2]
    found = _MAJOR.match(segment.removeprefix(_before_version(pattern) or ""))
    return found[1] if found else ""


def can_hold_version(pattern: str) -> bool:
    """Whether tags that the pattern takes can name a version at all: `v*` and `api-v1.*` can, `nightly` cannot."""
    return _before_version(pattern) is not None


def _samples(pattern: str, majors: Iterable[str]) -> Iterator[str]:
    folder, slash, _ = pattern.rpartition("/")
    named = (f"{folder}{slash}{_before_version(pattern) or ''}{major}.2.3" for major in majors)
    yield from (tag for tag in (*named, example(pattern)) if tag and matches_tag(pattern, tag))


@cache
def _before_version(pattern: str) -> str | None:
    """The literal text between the last `/` and the version; None: there is no room for a version."""
    segment = pattern.rpartition("/")[2]
    head = _WILD.split(segment, maxsplit=1)[0]
    if found := _BEFORE_VERSION.fullmatch(head):
        return found[1]
    return head if head != segment and _BEFORE_WILD.fullmatch(head) else None
