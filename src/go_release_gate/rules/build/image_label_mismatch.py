"""A label of a finished image tells another version, commit or source than the image is of.

## What it finds

Labels (and annotations of index and manifest) under `org.opencontainers.image.`:

- `version` is not the version of the git tag; without one, not the version that the program was built as.
- `revision` is not the commit of the tag; without one, not the commit that the program was built from.
- `source` is another repository. `created` lies in the future, or is no date.
- `base.digest` is not the digest that the Dockerfile's last `FROM` pins.
- The dependency snapshot (`dev.go-release-gate.dependency-snapshot`) is not that of the commit's build list.
- Platforms of one index whose version or revision differ: one of them was built at another time.

## Why

Labels are what people look at when an image must be traced back to its source, and what programs read that update or
roll back. A label that is wrong leads to the wrong commit. Labels of a base image stay unless they are set anew.

## Fix

Set the labels where the image is built, from the tag: `go-release-gate tags` and docker/metadata-action make them.

## Limits

Absent labels are no finding. A leading `v` does not count, nor do build metadata (`+…`), which tags of images cannot
have. Commits may be shortened to seven digits. A version label that is no full version (`1.2`, `main`)
is a warning, and so is a base digest: what is pinned may be an index, and the label one manifest of it. A clone of a
local folder does not say which repository it is of.

## References

- https://github.com/opencontainers/image-spec/blob/main/annotations.md
- https://docs.docker.com/build/metadata/annotations/
- https://pkg.go.dev/runtime/debug#BuildSetting
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from go_release_gate.facts.image_content import Expected, ImageContent, PlatformImage
from go_release_gate.facts.snapshot import LABEL
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image import Said, draft, drafts, own_binaries

RULE = Rule(
    id="image-label-mismatch",
    summary="a label of the image tells another version, commit or source than it is of",
    severity=Severity.ERROR,
    since="0.1",
    needs=(),
)

PREFIX = "org.opencontainers.image."
SKEW = timedelta(hours=1)  # clocks differ
_FULL = re.compile(r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_PSEUDO = re.compile(r"[-.]\d{14}-[0-9a-f]{12}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_HOSTED = re.compile(
    r"(?:git\+)?(?:\w+://)?(?:[^@/]+@)?(?:www\.)?([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?/*"
    r"(?:/(?:-|blob|tree)/.*)?"  # a directory or file of it
)
_REMOTE = re.compile(r"(?!file:)(?:\w+://)?[^./][^/]*[:/]")  # and not a folder that was cloned here


@RULE.check_of(ImageContent, uses=(Expected,))
def check(image: ImageContent, expected: Expected | None) -> Iterator[Draft]:
    """One draft per label that is wrong."""
    wanted = expected or Expected()
    yield from drafts(image, lambda platform: _of_platform(image, platform, wanted))
    for key in ("version", "revision"):
        told = {labels_of(image, one).get(PREFIX + key, ""): one.platform for one in reversed(image.platforms)}
        if len(told) > 1:
            each = ", ".join(f"{told[value]} says `{value}`" if value else f"{told[value]} none" for value in told)
            said = f"the platforms of one image differ in the label {PREFIX}{key}: {each}; build them in one run"
            yield draft(image, Said(f"differs {key}", said))


def labels_of(image: ImageContent, platform: PlatformImage) -> Mapping[str, str]:
    """Labels; annotations of the index and then of the manifest only where there is no label."""
    return {**image.annotations, **platform.annotations, **platform.config.labels}


def _of_platform(image: ImageContent, platform: PlatformImage, wanted: Expected) -> Iterator[Said]:
    yield from _created(platform.config.created, "the configuration", image)
    labels = labels_of(image, platform)
    yield from _of_labels(labels, image, platform, wanted)
    for given in (platform.annotations, image.annotations):
        other = {key: value for key, value in given.items() if labels.get(key) != value}
        for said in _of_labels(other, image, platform, wanted):
            yield replace(said, key=f"{said.key} annotation", message=said.message.replace("label", "annotation", 1))


def _of_labels(
    labels: Mapping[str, str], image: ImageContent, platform: PlatformImage, wanted: Expected
) -> Iterator[Said]:
    yield from _version(labels.get(f"{PREFIX}version", ""), platform, wanted)
    yield from _revision(labels.get(f"{PREFIX}revision", ""), platform, wanted)
    source = labels.get(f"{PREFIX}source", "")
    if source and _REMOTE.match(wanted.source) and _repository(source) != _repository(wanted.source):
        said = f"the label {PREFIX}source is `{source}`, but the repository is `{wanted.source}`"
        yield Said("source", f"{said}; labels of a base image stay unless they are set anew", Severity.WARNING)
    yield from _created(labels.get(f"{PREFIX}created", ""), "the label", image)
    # what is pinned may be an index, and the label the manifest that was chosen from it
    base = f"{PREFIX}base.digest"
    yield from _same(labels, base, wanted.base_digest, "the Dockerfile's last FROM pins", Severity.WARNING)
    yield from _same(labels, LABEL, wanted.snapshot, "the commit's build list has")


def _same(
    labels: Mapping[str, str], key: str, wanted: str, who: str, severity: Severity | None = None
) -> Iterator[Said]:
    told = labels.get(key, "")
    if told and wanted and told != wanted:
        said = f"the label {key} is `{told}`, but {who} `{wanted}`; build the image again from the commit"
        yield Said(key, said, severity)


def _version(told: str, platform: PlatformImage, wanted: Expected) -> Iterator[Said]:
    version, where = wanted.version, f"the tag {wanted.tag} is of" if wanted.tag else "expected is"
    if not version:
        built = {
            one.info.main.version
            for one in own_binaries(platform, None)
            if one.info and one.info.main and _FULL.fullmatch(one.info.main.version)
        }
        version, where = (built.pop(), "its program was built as") if len(built) == 1 else ("", "")
        if _PSEUDO.search(version) or not _FULL.fullmatch(told):
            return
    if not told or not version or _plain(told) in (_plain(version), _plain(version.replace("+", "-"))):
        return
    severity = None if _FULL.fullmatch(told) else Severity.WARNING
    said = f"the label {PREFIX}version is `{told}`, but {where} {version}; set it from the tag"
    yield Said("version", said, severity)


def _plain(version: str) -> str:
    return version.removeprefix("v").partition("+")[0]


def _revision(told: str, platform: PlatformImage, wanted: Expected) -> Iterator[Said]:
    revision, where = wanted.revision, "the release is of"
    if not revision:
        built = {one.info.settings.get("vcs.revision", "") for one in own_binaries(platform, None) if one.info}
        revision, where = (built.pop(), "its program was built from") if len(built) == 1 else ("", "")
    if not told or not revision or (_COMMIT.fullmatch(told) and revision.startswith(told)):
        return
    said = f"the label {PREFIX}revision is `{told}`, but {where} the commit {revision}; build it again from that commit"
    yield Said("revision", said)


def _created(told: str, where: str, image: ImageContent) -> Iterator[Said]:
    if not told:
        return
    when, now = _time(told), _time(image.read_at)
    if when is None:
        yield Said(f"created {where}", f"{where} says that it was created `{told}`, which is no date", Severity.WARNING)
    elif now is not None and when > now + SKEW:
        yield Said(f"created {where}", f"{where} says that it was created {told}, in the future", Severity.WARNING)


def _time(text: str) -> datetime | None:
    """RFC 3339 with its zone; None: it is none."""
    cut = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        found = datetime.fromisoformat(cut)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _repository(address: str) -> str:
    """`host/owner/name` of any way to write it."""
    bare = address.partition("#")[0].partition("?")[0].strip()
    match = _HOSTED.fullmatch(bare)
    return f"{match[1]}/{match[2]}".lower() if match else bare.lower()
