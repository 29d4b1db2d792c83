"""Two git tags or branches that become one image tag.

## What it finds

- Two release tags of one image that differ in nothing an image tag keeps: `v1.2.3` and `v1.2.3+build`, `v1.2.3+a` and
  `v1.2.3+b`. On a tag only what falls on the judged one counts.
- Two branches whose names become one image tag (`feature/a` and `feature-a`), and a branch that is called like a
  release (`1.2.3`). A note without `policy: strict`; not asked on a tag.

## Why

Characters that an image tag cannot have become `-`, and build metadata is dropped. The second push overwrites the
image of the first, with a green workflow on both sides; a branch `1.2.3` overwrites a release.

## Fix

Rename one of the two. Put what build metadata should say into the prerelease (`v1.2.3-build.5`) or into a label.

## Limits

Branches count as far as they are known: those of the checkout and of its origin. Whether a workflow pushes branches at
all is not asked here.

## References

- https://github.com/docker/metadata-action#tags-input
- https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
- https://semver.org/#spec-item-10
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from go_release_gate.facts.release_table import ReleaseTable, Row
from go_release_gate.facts.tags import Tags
from go_release_gate.gomod.version import parse
from go_release_gate.model.finding import Related, Target
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import draft

RULE = Rule(
    id="image-tag-collision",
    summary="two git tags or branches become one image tag",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(ReleaseTable, Tags),
)

_NAMED = 5
_FOREIGN = re.compile(r"[^A-Za-z0-9._-]+")


@RULE.check
def check(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    """One draft for each image tag that several git tags or branches give."""
    if table.pushed:
        yield from _of_pushed(table, tags)
        return
    yield from _of_two_modules(table)
    for row in _by_module(table.rows):
        for image_tag, names in shared(_image_tags(table, row, tags.known)).items():
            yield _draft(row, image_tag, names, "tags")
    yield from _of_branches(table, tags)


def _of_two_modules(table: ReleaseTable) -> Iterator[Draft]:
    """One image that two modules release: v1.0.0 of both is one name, unless something is put before it."""
    first: dict[str, Row] = {}
    for row in table.rows:
        other = first.setdefault(row.image, row)
        if row.image and other.module != row.module:
            yield Draft(
                location=row.place,
                message=f"the image {row.image} is released by the modules {other.module} and {row.module}: the same "
                "version of both is one image tag; give each module an image of its own",
                key=f"{row.image} {row.module}",
                related=(Related("the other module", other.place),),
                module=row.module,
                target=Target("image", row.name),
                severity=Severity.WARNING,
                confidence=Confidence.MEDIUM,
            )


def shared(named: Mapping[str, str]) -> dict[str, list[str]]:
    """Image tag → the names that give it, where there are several."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, image_tag in sorted(named.items()):
        found[image_tag].append(name)
    return {image_tag: names for image_tag, names in sorted(found.items()) if len(names) > 1}


def sanitised(name: str) -> str:
    """The image tag that the name of a branch becomes."""
    return _FOREIGN.sub("-", name)


def _of_pushed(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    for row in table.rows_of(table.pushed)[:1]:
        for image_tag, names in shared(_image_tags(table, row, {*tags.known, table.pushed})).items():
            others = [name for name in names if name != table.pushed]
            if len(others) < len(names):
                message = f"the tag {table.pushed} becomes the image tag {image_tag}, as does {_listed(others)}"
                yield draft(table, message)


def _of_branches(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    row = table.rows[0]
    severity = None if table.is_strict else Severity.NOTE
    for image_tag, names in shared({name: sanitised(name) for name in tags.branches}).items():
        yield _draft(row, image_tag, names, "branches", severity)
    for one in _by_module(table.rows):
        released = {image_tag: tag for tag, image_tag in _image_tags(table, one, tags.known).items()}
        for name in sorted(tags.branches):
            if sanitised(name) in released:
                names = [f"{name} (a branch)", released[sanitised(name)]]
                yield _draft(one, sanitised(name), names, "references", severity)


def _by_module(rows: Iterable[Row]) -> tuple[Row, ...]:
    """One image of each module: all of a module's share their tags."""
    return tuple({row.module: row for row in reversed(tuple(rows))}.values())[::-1]


def _image_tags(table: ReleaseTable, row: Row, tags: Iterable[str]) -> dict[str, str]:
    """Release tag → the image tag it becomes: its version without `v` and build metadata."""
    found: dict[str, str] = {}
    for tag, version in table.releases(row.module, tags).items():
        parts = parse(version)
        if parts and not parts.is_short:
            found[tag] = version.removeprefix("v").removesuffix(parts.build)
    return found


def _draft(row: Row, image_tag: str, names: list[str], what: str, severity: Severity | None = None) -> Draft:
    return Draft(
        location=row.place,
        message=f"{len(names)} {what} become the image tag {image_tag}: {_listed(names)}",
        key=f"{row.module} {image_tag}",
        module=row.module,
        target=Target("image", row.name),
        severity=severity,
        confidence=None if what == "tags" else Confidence.MEDIUM,
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
