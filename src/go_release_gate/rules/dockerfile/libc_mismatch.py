"""A program that needs a C library which the image it is copied to does not have.

## What it finds

For each program that a stage builds and another stage's image gets by `COPY --from`: how it is linked against what the
image's base offers.

- A dynamically linked program in `scratch` or an image without a C library.
- A program built against glibc (golang's Debian images) in an Alpine image, or one built against musl in a glibc image.
- A program built on a newer Debian than the image's: its symbols are not there.
- A package that does not work without cgo (`github.com/mattn/go-sqlite3`) built with cgo off.

Whether cgo is on follows from `CGO_ENABLED` in the environment, the command or `go env -w`, else from the builder:
golang's Debian images have a C compiler, its Alpine images have none unless one is installed. cgo alone links
nothing: it must be used by `net`, `os/user` or a package with `import "C"`, which is what `go list` says of a program.
`-tags netgo,osusergo` and `-ldflags '-linkmode external -extldflags -static'` count; `-extldflags -static` alone does
not where only the standard library uses cgo (measured), and `-buildmode=pie` needs a loader even without cgo.

In finished images: a dynamically linked program whose loader is not in the image.

## Why

The container ends at once with `exec /app: no such file or directory`, which names the program though it is there: its
loader is missing. A program built where cgo was off by accident starts and fails at its first query.

## Fix

`CGO_ENABLED=0` in the build where nothing needs cgo; else an image with the same C library as the builder's.

## Limits

Unknown base images, programs built by scripts or Makefiles, and builds whose flags only a run knows are left alone.
A build for another platform than the builder's has cgo off by default: what depends on the platform is a warning.

## References

- https://pkg.go.dev/cmd/cgo
- https://github.com/docker-library/golang/issues/453
- https://github.com/GoogleContainerTools/distroless/blob/main/base/README.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.bases import GLIBC, MUSL, SCRATCH, STATIC, Base, base_of
from go_release_gate.dockerfile.model import Dockerfile
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.image_parts import arrivals, parts
from go_release_gate.facts.image_programs import Build, Shipped, builds, shipped
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.model.finding import Edit, Fix, Location, Related, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_linking import unfit_libc
from go_release_gate.rules.dockerfile._linking import STANDARD, Cgo, Linked, builder, cgo_of, linked

RULE = Rule(
    id="libc-mismatch",
    summary="a program needs a C library that its image does not have",
    severity=Severity.ERROR,
    since="0.1",
    needs=(Dockerfiles, GoCalls, Programs),
    uses=(Workflows, ImageBuilds, Workloads),  # GoCalls is made from them
    fix="unsafe",
)

_COMPATIBLE = frozenset({"gcompat", "libc6-compat", "glibc", "musl", "libc6", "glibc-bin"})
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/glibc-compat", "/")
_GLIBC = {"stretch": 24, "buster": 28, "bullseye": 31, "bookworm": 36, "trixie": 41}
_DISTROLESS = {"10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}
_UBUNTU = {"18.04": 27, "20.04": 31, "22.04": 35, "24.04": 39, "bionic": 27, "focal": 31, "jammy": 35, "noble": 39}
_LIBRARY = re.compile(r"\bldd\b|\bld-(?:linux|musl)|\blibc\.so|\s/lib(?:64)?(?:/|\s)")
_THREADS = 34  # since this release pthread_create is a symbol of libc itself, which every cgo program asks for


@RULE.check
def check(dockerfiles: Dockerfiles, calls: GoCalls, programs: Programs, *_sources: object) -> Iterator[Draft]:
    """One draft per program and image that do not fit, and per build that leaves out what needs cgo."""
    for dockerfile in dockerfiles.files:
        for stage in dockerfile.stages:
            for build in builds(dockerfile, stage, calls, programs):
                yield from _without_cgo(build)
        told: dict[tuple[int, int, int], Draft] = {}
        for one in shipped(dockerfile, calls, programs):
            draft = _misfit(dockerfile, one)
            if draft:
                told.setdefault((one.target.index, one.build.run.line, one.build.run.column), draft)
        yield from told.values()


def _without_cgo(build: Build) -> Iterator[Draft]:
    state, why = cgo_of(build)
    needing = sorted({one for program in build.programs for one in program.pure_cgo})
    if state is not Cgo.OFF or not needing:
        return
    yield _draft(
        build,
        f"{needing[0]} does not work without cgo, and it is off here ({why}); expected CGO_ENABLED=1 and a C compiler "
        "in the builder",
        f"cgo {needing[0]}",
        Severity.ERROR,
    )


def _misfit(dockerfile: Dockerfile, one: Shipped) -> Draft | None:
    if one.copy is None:
        return None
    image = base_of(dockerfile.base(one.target).image)
    how = linked(one.build, one.programs)
    if not how.is_dynamic or _brings_library(dockerfile, one):
        return None
    name = one.target.name or image.name or "the last stage"
    shown = dockerfile.base(one.target).written
    if image.family in (SCRATCH, STATIC):
        return _found(one, how, f"{shown} has no C library", name)
    if {how.family, image.family} == {MUSL, GLIBC}:
        return _found(one, how, f"it is linked against {how.family}, and {shown} has {image.family}", name)
    return _older(dockerfile, one, how, name)


def _older(dockerfile: Dockerfile, one: Shipped, how: Linked, name: str) -> Draft | None:
    """A glibc program on an older glibc."""
    newer, older = _release(builder(one.build)), _release(base_of(dockerfile.base(one.target).image))
    others = [package for package in how.packages if package not in STANDARD]
    if not newer or not older or newer <= older:
        return None
    is_sure = older < _THREADS <= newer
    if not is_sure and not others:
        return None
    text = f"it is linked against glibc 2.{newer}, and {dockerfile.base(one.target).written} has 2.{older}"
    return _found(one, how, text, name, Severity.ERROR if is_sure else Severity.WARNING)


def _release(base: Base) -> int:
    """The minor number of an image's glibc, as far as its tag says it; 0: it does not."""
    suite = next((suite for suite in _GLIBC if re.search(rf"\b{suite}\b", base.tag)), "")
    if base.name.endswith("ubuntu"):
        return next((number for tag, number in _UBUNTU.items() if base.tag.startswith(tag)), 0)
    if (match := re.search(r"-debian(1[0-3])$", base.name)) or (
        base.name.endswith("/debian") and (match := re.match(r"(1[0-3])\b", base.tag))
    ):
        suite = _DISTROLESS[match[1]]
    return _GLIBC.get(suite, 0)


def _brings_library(dockerfile: Dockerfile, one: Shipped) -> bool:
    """Whether the image gets a C library by other ways, or may."""
    added = parts(dockerfile, one.target)
    if added.is_open or added.packages & _COMPATIBLE or _collects(dockerfile, one):
        return True
    return any(
        target in _LIBRARIES or target.startswith(("/lib/", "/lib64/", "/usr/lib/", "/usr/glibc-compat/"))
        for copy, _, target in arrivals(added)
        if one.copy is None or copy.instruction is not one.copy.instruction
    )


def _collects(dockerfile: Dockerfile, one: Shipped) -> bool:
    """Whether a stage puts libraries beside the program, so that both are copied at once."""
    if one.copy is None or one.copy.stage is None:
        return False
    lineage = dockerfile.ancestry(dockerfile.stages[one.copy.stage])
    texts = (
        each.value + "".join(body.body for body in each.heredocs) for stage in lineage for each in stage.instructions
    )
    return any(_LIBRARY.search(text) for text in texts)


def _found(one: Shipped, how: Linked, text: str, name: str, severity: Severity = Severity.ERROR) -> Draft:
    grave = severity if how.is_certain else Severity.WARNING
    packages = [package for package in how.packages if package not in STANDARD]
    expected = "an image with that C library" if packages else "CGO_ENABLED=0 in front of the build"
    draft = _draft(
        one.build,
        f"the program is linked dynamically ({how.why}), but {text}; expected {expected}",
        f"libc {name}",
        grave,
    )
    copy = one.copy.instruction if one.copy else one.target.start
    related = (Related("copied here", Location(one.build.dockerfile.path, copy.line, column=copy.column)),)
    return Draft(
        draft.location,
        draft.message,
        draft.key,
        related=related,
        target=draft.target,
        severity=grave,
        fix=None if packages else _fix(one.build),
    )


def _draft(build: Build, message: str, key: str, severity: Severity) -> Draft:
    path = build.dockerfile.path
    scope = build.stage.name or str(build.stage.index)
    arguments = " ".join(build.command.arguments)
    return Draft(
        location=Location(path, build.run.line, column=build.run.column or None),
        message=message,
        key=f"{scope} {arguments} {key}",
        target=Target("dockerfile", path),
        severity=severity,
    )


def _fix(build: Build) -> Fix | None:
    """`CGO_ENABLED=0` in front of the command, or instead of the 1 on its line."""
    lines = build.dockerfile.text.split("\n")
    line = lines[build.run.line - 1] if build.run.line <= len(lines) else ""
    if "CGO_ENABLED=1" in line:
        text = line.replace("CGO_ENABLED=1", "CGO_ENABLED=0")
    elif build.value("CGO_ENABLED") == "" and build.run.column and line[build.run.column - 1 :].startswith("go "):
        text = f"{line[: build.run.column - 1]}CGO_ENABLED=0 {line[build.run.column - 1 :]}"
    else:
        return None
    return Fix(safe=False, edits=(Edit(build.dockerfile.path, build.run.line, build.run.line, f"{text}\n"),))


RULE.check_of(ImageContent, uses=(Expected,))(unfit_libc)
