"""A place that builds a module with another Go than its go.mod asks for, or than another place builds it with.

## What it finds

Held against the `go` and `toolchain` lines of the modules that the place builds (and against go.work's where it is a
member), with the direction:

- **older**: an image, a setup-go step, a job's container or `docker run golang:…` whose Go is older than the `go` line.
  With GOTOOLCHAIN=local (images of Go and actions/setup-go from v6 on set it) Go refuses to build: an error. With
  GOTOOLCHAIN=auto it silently fetches another Go than the one that is pinned: a warning.
- **different**: a Dockerfile that builds a module with another minor version than the workflows that test it, or than
  another stage or Dockerfile, where the `go` line permits both: a warning.
- **newer**: another minor version than the `go` line, once for each Dockerfile and workflow: a note.
- a version file (`.go-version`, `.tool-versions`, `mise.toml`) that is older than the `go` line, and a label
  `GO_VERSION` that says another version than the image: warnings.

ARGs within ARGs, `--build-arg` and `build-args` of workflows, `env`, outputs of steps, a matrix, the defaults and the
callers of reusable workflows and of the repository's composite actions, and version files are followed.

In finished images: a program that is built by a Go older than its module asks for at the released commit (an error: it
was not built from it), and programs of one image that are built by different Go releases.

## Why

CI reads go.mod, the Dockerfile pins its image, and the image is built at the release alone: that is when it fails. And
what was tested with one Go and shipped with another was not tested.

## Fix

Raise the image or the step to the `go` line; `go-version-file: go.mod` keeps a step there by itself. The offered edit
changes the literal version. It is not safe: another Go builds another program.

## Limits

Per module and per place that builds it, never repository-wide. For an image go.work counts where it is surely copied
along. What a place builds is known from its commands and from
the directories it copies; where it is not, only what holds for every module is said. `stable`, `1.x`, `^1.21`, `latest`
and unknown values are held against nothing; `golang:1.25` is taken for the newest 1.25, so patch releases are compared
only where both are written out. A matrix that builds a module with a Go that is new enough is a library's test of
older releases: no conflict.

## References

- https://go.dev/doc/toolchain
- https://github.com/actions/setup-go
- https://hub.docker.com/_/golang
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.go_versions import (
    AUTO,
    COMMAND,
    CONTAINER,
    FILE,
    IMAGE,
    LABEL,
    LOCAL,
    SETUP,
    GoPlace,
    GoVersions,
)
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gomod import goversion
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.model.severity import Confidence, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build import _go_wanted as go_wanted
from go_release_gate.rules.build._go_wanted import Wanted
from go_release_gate.rules.build._image_go import judged
from go_release_gate.rules.module._words import bounded, listing

RULE = Rule(
    id="go-version-disagreement",
    summary="an image, workflow or version file names another Go than go.mod",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Repository, GoVersions),
    uses=(Dockerfiles, GoCalls, ImageBuilds, Workflows),  # GoVersions is made from them
    fix="unsafe",
)
_MODULE_FILES = ("go.mod", "go.work")


@RULE.check
def check(
    repository: Repository,
    versions: GoVersions,
    files: Dockerfiles | None,
    calls: GoCalls | None,
    builds: ImageBuilds | None,
    *_sources: object,
) -> Iterator[Draft]:
    """Older first; what is not older may be newer, or different from what others build with."""
    in_work, alone = wanted_by_place(repository)
    told: set[tuple[str, int]] = set()
    fine: list[tuple[GoPlace, list[Wanted]]] = []
    for place in (*versions.of(SETUP, CONTAINER, COMMAND, IMAGE), *versions.of(FILE)):
        has_work = place.kind != IMAGE or go_wanted.has_work(place, repository, (files, calls, builds))
        is_alone = place.is_alone or not has_work
        wanted = go_wanted.of_place(place, alone if is_alone else in_work)
        if not wanted or None in tuple(go_wanted.selections(place)):
            continue
        draft = next(filter(None, (_older(*one) for one in go_wanted.by_combination(place, wanted))), None)
        if draft is None:
            fine.append((place, wanted))
        elif not {(place.path, place.line), (place.path, 0)} & told:
            told |= {(place.path, place.line), (place.source, 0)}  # a version file that a step reads is told of there
            yield draft
    fine = [one for one in fine if (one[0].path, one[0].line) not in told]
    different = list(_different(fine))
    yield from different
    yield from _newer(fine, {draft.location.path for draft in different})
    yield from map(_label, versions.of(LABEL))


def wanted_by_place(repository: Repository) -> tuple[dict[str, Wanted], dict[str, Wanted]]:
    """What modules ask for where go.work lies beside them, and in an image, where it may not."""
    return go_wanted.wanted_by(repository, with_work=True), go_wanted.wanted_by(repository, with_work=False)


def _older(place: GoPlace, wanted: list[Wanted]) -> Draft | None:
    """The draft for a place whose Go is older than the highest `go` line; None: it is not."""
    highest = wanted[0]
    selection = go_wanted.in_use(place)
    if selection is None or not go_wanted.is_older(place, highest.go):
        return _behind_toolchain(place, highest)
    line = go_wanted.files(wanted)
    severity = Severity.WARNING
    if place.kind == FILE:
        effect = "whoever installs Go by it cannot build the module, or builds it with another Go"
    elif not go_wanted.is_refused(selection, highest):
        effect = f"go {selection.version} does not refuse it, and compiles what it does not know wrongly or not at all"
    elif place.switching == LOCAL or not go_wanted.can_switch(selection):
        sure = place.kind == IMAGE or not place.is_guess
        severity = Severity.ERROR if sure else Severity.WARNING
        why = f"GOTOOLCHAIN is {f'go{place.fetched}' if place.fetched else LOCAL}"
        why = why if go_wanted.can_switch(selection) else "it cannot fetch a newer one"
        effect = f"the build fails, {why}"
    elif place.switching == AUTO:
        effect = f"with GOTOOLCHAIN=auto another Go is fetched silently, not the one that is named: go {highest.go}"
    else:
        effect = "the build fails, or silently fetches another Go, as GOTOOLCHAIN says"
    return _draft(
        place,
        f"{_named(place)} is older than {line}: {effect}; expected go {highest.go} or newer",
        f"older {place.kind} {place.scope}",
        severity,
        wanted,
        fix=go_wanted.fix_of(place, highest.go),
    )


def _behind_toolchain(place: GoPlace, wanted: Wanted) -> Draft | None:
    """GOTOOLCHAIN=auto in an image fetches the Go of the `toolchain` line."""
    if place.kind != IMAGE or place.switching != AUTO or not wanted.toolchain:
        return None
    if not go_wanted.is_older(place, wanted.toolchain):
        return None
    return _draft(
        place,
        f"{_named(place)} is older than `toolchain go{wanted.toolchain}` of {wanted.path}: with GOTOOLCHAIN=auto that "
        "Go is fetched silently, not the one that is named",
        f"toolchain {place.kind} {place.scope}",
        Severity.WARNING,
        [wanted],
        fix=go_wanted.fix_of(place, wanted.toolchain),
    )


def _different(fine: Iterable[tuple[GoPlace, list[Wanted]]]) -> Iterator[Draft]:
    """Images that build a module with a minor version that nobody tests it with, or that another image does not use."""
    places = [(place, [one.module for one in wanted]) for place, wanted in fine]
    images = [(place, modules) for place, modules in places if place.kind == IMAGE and not place.is_test]
    told: set[tuple[str, int]] = set()
    for image, modules in images:
        tests = [
            other
            for other, others in places
            if other.kind in (SETUP, CONTAINER) and set(others) & set(modules) and not _is_of_module_file(other)
        ]
        minors = {one.minor for test in tests for one in go_wanted.selections(test) if one}
        minor = _minor(image)
        if not minors:
            older = [(one, shared) for one, shared in images if set(shared) & set(modules) and _minor(one) != minor]
            newest = max((_minor(one) for one, _ in older), key=goversion.key, default="")
            if newest and goversion.compare(minor, newest) < 0 and (image.path, image.line) not in told:
                told.add((image.path, image.line))
                yield _apart(image, [one for one, _ in older], "builds the same module with")
        elif minor not in minors and (image.path, image.line) not in told:
            told.add((image.path, image.line))
            yield _apart(image, tests, "tests the module with")


def _apart(image: GoPlace, others: list[GoPlace], does: str) -> Draft:
    first = others[0]
    versions = listing(sorted({one.minor for other in others for one in go_wanted.selections(other) if one}))
    return _draft(
        image,
        f"{_named(image)}: {first.path}:{first.line} {does} go {versions}; expected one minor version for what is "
        "tested and what is released",
        f"different {image.kind} {image.scope}",
        Severity.WARNING,
        [],
        related=tuple(Related(_named(other), Location(other.path, other.line)) for other in others),
    )


def _newer(fine: Iterable[tuple[GoPlace, list[Wanted]]], told: set[str]) -> Iterator[Draft]:
    """One note for each file that names a newer minor version than every line of go.mod it is about."""
    for place, wanted in fine:
        selection = go_wanted.in_use(place)
        is_open = place.others or place.is_guess or place.kind == FILE or place.is_test or _is_of_module_file(place)
        if selection is None or is_open or place.path in told:
            continue
        highest = max((word for one in wanted for word in (one.go, one.toolchain) if word), key=goversion.key)
        if not selection.is_newer_minor(highest):
            continue
        told.add(place.path)
        yield _draft(
            place,
            f"{_named(place)} is newer than {go_wanted.files(wanted)}: the module is built with another Go than the "
            f"oldest it promises to work with; `toolchain go{_full(selection.version)}` in go.mod would say so",
            f"newer {place.kind}",
            Severity.NOTE,
            wanted,
        )


def _label(place: GoPlace) -> Draft:
    return _draft(place, place.written, f"label {place.scope}", Severity.WARNING, [])


def _draft(place: GoPlace, message: str, key: str, severity: Severity, wanted: list[Wanted], **more: object) -> Draft:
    related = tuple(Related(f"go {one.go}", one.location) for one in wanted)
    kind = "image" if place.kind in (IMAGE, LABEL) else "workflow" if place.kind != FILE else "repository"
    given = more.pop("related", ())
    extra = given if isinstance(given, tuple) else ()
    return Draft(
        location=Location(place.path, place.line, None, place.column),
        message=message,
        key=key,
        severity=severity,
        confidence=Confidence.MEDIUM if place.is_guess else Confidence.HIGH,
        related=bounded((*related, *extra)),
        target=Target(kind, place.path if kind != "repository" else "."),
        **more,  # type: ignore[arg-type]
    )


def _minor(place: GoPlace) -> str:
    selection = go_wanted.in_use(place)
    return selection.minor if selection else ""


def _is_of_module_file(place: GoPlace) -> bool:
    return place.source.rpartition("/")[2] in _MODULE_FILES


def _named(place: GoPlace) -> str:
    named = f"{place.written} (GOTOOLCHAIN=go{place.fetched})" if place.fetched else place.written
    versions = [one.version for one in place.others if one]
    return f"{named} (also {listing(versions)})" if versions else named


def _full(version: str) -> str:
    return version if version.count(".") > 1 or "rc" in version else f"{version}.0"


RULE.check_of(ImageContent, uses=(Expected,))(judged)
