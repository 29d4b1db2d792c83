"""A released tag names something else than it did: a git tag another commit, an image tag another digest.

## What it finds

On a tag:

- the judged git tag, where GitHub has it at another commit now, or where another commit is checked out;
- an image of the configured table that a manifest names by release tag and digest, where the registry has another
  digest at that tag;
- an image tag of the judged version, of such an image, that exists already (a warning): whoever builds again pushes
  another digest to it.

## Why

A release is a promise that does not change. Go's checksum database keeps the first content of a version for ever: a
moved git tag makes every later download fail as an attack would. Who pulls an image by its tag gets one or the other,
by the day; a rollback to "1.4.2" runs something that was never tested under this name.

## Fix

Leave the old tag as it is and release the next version. Where an image exists already and is the right one, there is
nothing to push; the same digest at the same tag is no change.

## Limits

That a tag was moved is only seen where two sides can be compared: the checkout with GitHub (`github-token`), a
manifest with the registry (`registry-credentials` for private ones). Registries are asked for configured images alone.
What a registry, or GitHub, was asked and did not tell is said, and the report is not complete;
`ignore: [released-tag-moved]` asks no registry.

## References

- https://go.dev/ref/mod#checksum-database
- https://go.dev/doc/modules/managing-source
- https://docs.github.com/rest/git/refs#get-a-reference
- https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_uses import ImageUse, ImageUses
from go_release_gate.facts.publications import Publications, State
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.tags import Tags
from go_release_gate.gomod.ladder import is_release
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Event, Severity
from go_release_gate.oci.reference import InvalidReferenceError, Reference, parse
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import SHORT, draft

RULE = Rule(
    id="released-tag-moved",
    summary="a released git tag or image tag names something else than before",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable, Tags),
    uses=(ImageUses, Publications),
    events=(Event.TAG,),
)


@RULE.check
def check(table: ReleaseTable, tags: Tags, uses: ImageUses | None, found: Publications | None) -> Iterator[Draft]:
    """One draft for the git tag, and one for each image tag that was asked for."""
    if not table.pushed:
        return
    yield from _of_git(table, tags)
    if found:
        pinned = list(pinned_releases(table, uses))
        for use, reference in pinned:
            yield from _of_pin(use, reference, found)
        known = {str(reference) for _, reference in pinned}
        yield from (one for name in released_names(table) if name not in known for one in _of_image(table, name, found))


def released_names(table: ReleaseTable) -> tuple[str, ...]:
    """The references, by the version alone, under which the judged tag's images are published."""
    version = table.version_of(table.pushed)
    rows = table.rows_of(table.pushed) if is_release(version) else ()
    named = (f"{row.image}:{version.removeprefix('v')}" for row in rows if row.image)
    return tuple(dict.fromkeys(str(found) for found in map(_read, named) if found))


def pinned_releases(table: ReleaseTable, uses: ImageUses | None) -> Iterator[tuple[ImageUse, Reference]]:
    """Where files name an image of this repository by tag and digest: the place, and the reference without digest."""
    own = {(one.domain, one.path) for row in table.rows if row.image and (one := _read(row.image))}
    for use in uses.uses if uses else ():
        reference = _read(use.text)
        if reference and reference.tag and reference.digest and (reference.domain, reference.path) in own:
            yield use, Reference(reference.domain, reference.path, reference.tag)


def _of_git(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    pushed, remote = tags.pushed, tags.remote
    if pushed is None:
        return
    if remote and remote.commit != pushed.commit:
        here, there = pushed.commit[:SHORT], remote.commit[:SHORT]
        yield draft(table, f"the tag {table.pushed} is at {here} here and at {there} on GitHub: it was moved")
    elif tags.head and pushed.commit != tags.head:
        here, there = tags.head[:SHORT], pushed.commit[:SHORT]
        why = "it was moved, or another commit is judged"
        yield draft(table, f"the tag {table.pushed} is at {there}, but {here} is checked out: {why}")


def _of_pin(use: ImageUse, reference: Reference, found: Publications) -> Iterator[Draft]:
    published = found.of.get(str(reference))
    pinned = use.text.rpartition("@")[2]
    if published and published.state is State.PRESENT and published.digest != pinned:
        yield Draft(
            location=Location(use.path, use.line, None, use.column),
            message=f"{reference} was released as {pinned}, and the registry has {published.digest} there now",
            key=str(reference),
            target=Target("image", use.repository),
        )


def _of_image(table: ReleaseTable, name: str, found: Publications) -> Iterator[Draft]:
    published = found.of.get(name)
    if published and published.state is State.PRESENT:
        message = f"{name} exists already ({published.digest}): push nothing to it unless it is the same digest"
        yield draft(table, message, key=name, severity=Severity.WARNING)


def _read(text: str) -> Reference | None:
    try:
        return parse(text)
    except InvalidReferenceError:  # another rule's matter
        return None
