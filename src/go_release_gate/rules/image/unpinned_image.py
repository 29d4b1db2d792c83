"""A deployment that names no version of an image: `latest`, or no tag at all.

## What it finds

In Kubernetes manifests, kustomizations (`newTag`), values of charts and compose files: an image with the tag `latest`,
or, where nobody adds one, without tag and digest.

## Why

What such a name means is decided when a node pulls. Two replicas of one deployment can run different code, a restart
is a release, and a rollback of the manifest rolls nothing back. Without a tag Kubernetes also pulls at every start.

## Fix

Name the release, and where it must not change under the name, its digest: `ghcr.io/acme/shop:1.4.2` or
`ghcr.io/acme/shop@sha256:…`.

## Limits

No finding for what is pinned before it is deployed (a kustomization that draws the manifest in and gives a tag, another
values file of the same chart, skaffold), for services that a compose file builds, for `imagePullPolicy: Never`, for
the name `controller:latest` that kubebuilder writes into manifests and replaces on deployment, for a chart's image
without a tag (its templates take `appVersion`), and for what lies in directories of examples, development, documents
and tests. In compose files
it is a note: most of them serve development. Dockerfiles are not looked at: hadolint's DL3006 and DL3007 are about
those.

## References

- https://kubernetes.io/docs/concepts/containers/images/#image-names
- https://kubernetes.io/docs/concepts/configuration/overview/
- https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
- https://docs.docker.com/reference/compose-file/services/#image
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
    id="unpinned-image",
    summary="a deployment names `latest`, or no version of an image at all",
    severity=Severity.WARNING,
    since="0.1",
    needs=(ImageUses,),
)

_JUDGED = frozenset({KUBERNETES, KUSTOMIZE, HELM, COMPOSE})
_SCAFFOLD = "docker.io/library/controller"


@RULE.check
def check(found: ImageUses) -> Iterator[Draft]:
    """One draft per name and file."""
    for use, related in grouped(use for use in found.uses if _is_judged(use)):
        message = _problem(use)
        if message:
            severity = Severity.NOTE if use.where == COMPOSE else None
            yield draft(use, message, use.text, related=related, severity=severity)


def _is_judged(use: ImageUse) -> bool:
    return use.where in _JUDGED and not (use.is_local or use.is_overridden or is_sample(use.path))


def _problem(use: ImageUse) -> str:
    try:
        reference = use.reference()
    except InvalidReferenceError:  # another rule's matter
        return ""
    if reference.digest or reference.name == _SCAFFOLD:
        return ""
    if reference.tag == "latest":
        return f"`{shown(use.text)}` is whatever was pushed last; name the release"
    return _untagged(use, reference)


def _untagged(use: ImageUse, reference: Reference) -> str:
    if reference.tag or use.can_default or use.where == KUSTOMIZE:
        return ""
    return f"`{shown(use.text)}` has no tag, so `latest` is pulled; name the release"
