"""A base image whose name stands for something else tomorrow.

## What it finds

In a Dockerfile, of the stages that the image is made of: a base image, or an image that `COPY --from` takes files
from, with a tag that moves with every push (`latest`, `edge`, `nightly`, `main`, …) or without tag. And, as a note,
a base image of the shipped stages that has a version in its tag but no digest.

## Why

The same commit builds another image tomorrow: with another Go, another C library, another user. What was tested is not
what is released, and a rebuild for an urgent fix brings in what nobody has looked at.

## Fix

Name a release, and its digest: `FROM golang:1.25.3-alpine@sha256:…`. Renovate and Dependabot keep both up to date.

## Limits

Names with a variable that only the build gives are left out; one that comes from an ARG's value is a note. Dockerfiles
for development, tests and examples are left out. A name without registry, owner and tag is only judged where it is that
of a well known image: others may be named contexts. hadolint's DL3006 and DL3007 are about the same lines and are not
passed on; `unpinned-image` judges manifests, not Dockerfiles.

## References

- https://docs.docker.com/build/building/best-practices/#pin-base-image-versions
- https://docs.docker.com/reference/dockerfile/#from
- https://docs.docker.com/build/concepts/context/#additional-build-contexts
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.dockerfile.bases import base_of, reference_of
from go_release_gate.dockerfile.graph import Copy, Mount, copies, mounts, needed
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage, Value
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.model.severity import Severity
from go_release_gate.oci.reference import Reference
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.dockerfile._shipped import place, shipped, target_of
from go_release_gate.rules.image._uses import shown

RULE = Rule(
    id="mutable-base-image",
    summary="the name of a base image stands for something else tomorrow",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles,),
    uses=(ImageBuilds,),
)

_MOVING = frozenset(
    {"latest", "edge", "nightly", "main", "master", "head", "dev", "devel", "develop", "snapshot", "canary", "tip"}
)
_WELL_KNOWN = frozenset({"node", "python", "nginx", "postgres", "redis", "ruby", "rust", "openjdk", "maven", "httpd"})


@RULE.check
def check(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[Draft]:
    """One draft per image and Dockerfile."""
    seen: set[tuple[str, str]] = set()
    for file, final in shipped(found, builds):
        ancestry = set(file.ancestry(final))
        for stage in needed(file, final):
            for instruction, image, written in _named(file, stage):
                draft = _judged(file, instruction, image, written, is_shipped=stage in ancestry)
                if draft and (file.path, draft.key) not in seen:
                    seen.add((file.path, draft.key))
                    yield draft


def _named(file: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, Value, str]]:
    """The images that a stage names: where, what, and as it is written."""
    if stage.parent is None and stage.image != "scratch":
        yield stage.start, stage.image, stage.written
    origins: list[Copy | Mount] = [*copies(file, stage), *mounts(file, stage)]
    for one in origins:
        if isinstance(one.image, str):
            yield one.instruction, one.image, one.image


def _judged(file: Dockerfile, one: Instruction, image: Value, written: str, *, is_shipped: bool) -> Draft | None:
    reference = reference_of(image)
    if reference is None or reference.digest or not isinstance(image, str) or _may_be_context(reference):
        return None
    name = f"`{shown(image)}`"
    told, severity = "name a release and its digest", None
    if not reference.tag:
        message = f"{name} has no tag, so it is whatever was pushed last as `latest`; {told}"
    elif reference.tag.lower() in _MOVING:
        message = f"{name} is whatever was pushed last; {told}"
    elif is_shipped:
        message = f"{name} can be pushed again, and the same commit then builds another image; add its digest"
        severity = Severity.NOTE
    else:
        return None
    severity = Severity.NOTE if "$" in written else severity
    return Draft(place(file, one), message, image, target=target_of(file), severity=severity)


def _may_be_context(reference: Reference) -> bool:
    """Whether the name may be that of another build: a bare word that is no well known image, or of this machine."""
    if reference.domain == "localhost" or reference.domain.startswith("localhost:"):
        return True
    name = reference.familiar_name
    is_known = name in _WELL_KNOWN or bool(base_of(name).source)
    return "/" not in name and not reference.tag and not is_known
