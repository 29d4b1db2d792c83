"""An image that no release tag can release.

## What it finds

An entry of `images:` whose patterns take no tag that names a version (`tags: [nightly]`); and, where the configuration
names images, a name that a workflow pushes on a tag and that is none of them, a name in a manifest, chart or compose
file that is almost one of them, and a Dockerfile of a module that none of them is built from (a note).

## Why

The table of images says what a tag releases. An image that no version tag reaches is built by hand or never, and
nobody can say from which commit; one that is missing from the table is built without any of its checks.

## Fix

Leave out `tags` to release the image by its module's own tags, or give a pattern with a version: `tags: ["api-v*"]`.
Add the missing image, with its module, to `images:`.

## Limits

Without `images:` every Dockerfile is one image, released by the tags of the module around it. A Dockerfile whose
module cannot be told is passed over.

## References

- https://go.dev/ref/mod#vcs-version
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from go_release_gate.facts.image_uses import ImageUse, ImageUses
from go_release_gate.facts.release_table import ReleaseTable, Row, can_hold_version
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.finding import Target
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.oci.manifests.scan import is_sample
from go_release_gate.oci.manifests.use import COMPOSE, HELM, KUBERNETES, KUSTOMIZE
from go_release_gate.oci.reference import InvalidReferenceError
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.image._uses import draft, grouped

RULE = Rule(
    id="image-without-tag-pattern",
    summary="no release tag can release an image",
    severity={Event.BRANCH: Severity.WARNING, Event.PULL_REQUEST: Severity.WARNING, Event.TAG: Severity.ERROR},
    since="0.1",
    needs=(ReleaseTable,),
    uses=(Workflows, ImageUses),
)

_DEPLOYED = frozenset({KUBERNETES, KUSTOMIZE, HELM, COMPOSE})
_ALIKE = 0.9  # of 1: one letter more, less or other in a name of ordinary length


@RULE.check
def check(table: ReleaseTable, _workflows: Workflows | None, found: ImageUses | None) -> Iterator[Draft]:
    """One draft for each image without a usable pattern, and for each that the table leaves out."""
    for row in table.rows:
        if row.patterns and not any(map(can_hold_version, row.patterns)):
            patterns = ", ".join(row.patterns)
            module = table.module_at(row.module)
            yield Draft(
                location=row.place,
                message=f"no release tag can release {row.name}: {patterns} names no version; "
                f"expected such as {module.prefix if module else ''}v*",
                key=row.image,
                module=row.module if module else None,
                target=Target("image", row.name),
            )
    yield from map(_unlisted, table.unlisted)
    if table.is_configured and found:
        yield from _strangers(table, found)


def _strangers(table: ReleaseTable, found: ImageUses) -> Iterator[Draft]:
    """One draft for each file and name that is almost an image of this repository: nobody releases it here."""
    known = {row.image for row in (*table.rows, *table.unlisted) if row.image}
    deployed = (use for use in found.uses if use.where in _DEPLOYED and not (use.is_local or is_sample(use.path)))
    for use, related in grouped(deployed):
        name = _name_of(use)
        near = get_close_matches(name, known, n=1, cutoff=_ALIKE) if name and name not in known else []
        if near and near[0].rpartition("/")[0] == name.rpartition("/")[0]:
            message = f"no entry of images: is {name}; did you mean {near[0]}?"
            yield draft(use, message, name, related=related, severity=Severity.WARNING, confidence=Confidence.MEDIUM)


def _name_of(use: ImageUse) -> str:
    try:
        return use.reference().name
    except InvalidReferenceError:  # another rule's matter
        return ""


def _unlisted(row: Row) -> Draft:
    if row.module:
        message = f"no entry of images: is built from the module {row.module}, which has a Dockerfile here"
    else:
        message = f"no entry of images: names {row.image}, which this workflow pushes on a tag"
    return Draft(
        location=row.place,
        message=message,
        key=row.image or row.module,
        module=row.module or None,
        target=Target("image", row.name),
        severity=Severity.NOTE if row.module else None,
    )
