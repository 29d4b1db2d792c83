"""An image with both a tag and a digest: only the digest is pulled.

## What it finds

`image: ghcr.io/acme/shop:1.4.2@sha256:…` in Kubernetes manifests, compose files and values of charts, and the same
with both fields given apart (`tag` and `digest`, `newTag` and `digest`).

## Why

Whoever pulls takes the digest and drops the tag without looking whether the two belong together. Someone who raises the
tag and leaves the digest has released nothing, and everything that shows the manifest says otherwise.

## Fix

Where a program keeps both in step (Renovate, Dependabot, an image updater), leave it and set the rule to `off`.
Otherwise keep the digest and put the version in a comment, or keep the tag alone.

## Limits

Whether the tag stands for that digest is not asked here: it takes a registry. Dockerfiles and workflows are not looked
at, where the tag beside a digest is the usual comment.

## References

- https://kubernetes.io/docs/concepts/containers/images/#image-names
- https://github.com/distribution/reference/blob/main/helpers.go
- https://docs.renovatebot.com/docker/#digest-pinning
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.image_uses import ImageUse, ImageUses
from go_release_gate.model.severity import Severity
from go_release_gate.oci.manifests.scan import is_sample
from go_release_gate.oci.manifests.use import COMPOSE, HELM, KUBERNETES, KUSTOMIZE
from go_release_gate.oci.reference import InvalidReferenceError, Reference
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.image._uses import draft, grouped, shown

RULE = Rule(
    id="tag-and-digest",
    summary="a deployment gives an image a tag and a digest; the tag is ignored",
    severity=Severity.NOTE,
    since="0.1",
    needs=(ImageUses,),
)

_JUDGED = frozenset({KUBERNETES, KUSTOMIZE, HELM, COMPOSE})


@RULE.check
def check(found: ImageUses) -> Iterator[Draft]:
    """One draft per name and file."""
    for use, related in grouped(use for use in found.uses if use.where in _JUDGED and not is_sample(use.path)):
        reference = _read(use)
        if reference and reference.tag and reference.digest:
            name = f"`{shown(reference.familiar_name)}`"
            message = f"{name} has the tag `{reference.tag}` and a digest: the digest is pulled, whatever the tag"
            yield draft(use, message, use.text, related=related)


def _read(use: ImageUse) -> Reference | None:
    try:
        return use.reference()
    except InvalidReferenceError:  # another rule's matter
        return None
