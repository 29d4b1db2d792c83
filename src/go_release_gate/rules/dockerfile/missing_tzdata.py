"""A program that asks for time zones in an image that has no zone data.

## What it finds

For each program of the repository that ends up in an image whose base has no `/usr/share/zoneinfo` (`scratch`, Alpine,
Ubuntu, busybox): its code calls `time.LoadLocation` with anything but `UTC` and `Local`, or the image or a container of
a manifest sets `TZ` to a zone, and nothing brings the data: no package `tzdata`, no copied `/usr/share/zoneinfo`, no
`import _ "time/tzdata"`, no `-tags timetzdata`, no `ZONEINFO`.

Also a `COPY --from` of `/usr/share/zoneinfo` from a stage that has none, which ends the build (golang's Alpine images).

In finished images: a program without zone data in an image that sets `TZ` to a zone and has none, and, as a note, one
whose table of functions has `time.LoadLocation`.

## Why

`time.LoadLocation` gives `unknown time zone Europe/Berlin` at run time, in the image only: the tests ran where the data
is. `TZ` is worse: the program silently runs in UTC. A `ZONEINFO` file serves `LoadLocation`, not `TZ`.

## Fix

`import _ "time/tzdata"` in package main (450 KB), `RUN apk add --no-cache tzdata`, or a copy of `/usr/share/zoneinfo`
from a stage that has it.

## Limits

Zones that dependencies load, base images that are not known, programs built by scripts or Makefiles, images in which
something is run that may install anything, and those that a manifest or compose file gives a volume with zones or
`ZONEINFO` are left alone.

## References

- https://pkg.go.dev/time#LoadLocation
- https://pkg.go.dev/time/tzdata
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from go_release_gate.dockerfile.bases import MUSL, base_of
from go_release_gate.dockerfile.graph import copies
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.facts.image_parts import parts
from go_release_gate.facts.programs import Programs
from go_release_gate.facts.workflows import Workflows
from go_release_gate.facts.workloads import Workloads
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._image_linking import without_zones
from go_release_gate.rules.dockerfile._deployed import Deployed
from go_release_gate.rules.dockerfile._images import Image, ending, first_need, images, seen_at

RULE = Rule(
    id="missing-tzdata",
    summary="a program asks for time zones in an image without zone data",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Dockerfiles, GoCalls, Programs),
    uses=(Workflows, ImageBuilds, Workloads),  # GoCalls is made from them
    fix="unsafe",
)

PLACES = ("/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo")
_ZIP = "/usr/local/go/lib/time/zoneinfo.zip"  # where a program that was built without -trimpath looks last
_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")
_PACKAGES = frozenset({"tzdata", "tzdata-utils", "tzdata-legacy"})


@RULE.check
def check(dockerfiles: Dockerfiles, calls: GoCalls, programs: Programs, *sources: object) -> Iterator[Draft]:
    """One draft per image that lacks zone data, and one per copy of what is not there."""
    deployed = Deployed(*sources)
    for image in images(dockerfiles, calls, programs):
        if not deployed.brings(image.dockerfile, *PLACES) and not deployed.is_set(image.dockerfile, "ZONEINFO"):
            yield from _judged(image, deployed)


@RULE.check_of(Dockerfiles)
def check_copies(dockerfiles: Dockerfiles) -> Iterator[Draft]:
    """One draft per COPY of zone data from a stage that has none."""
    for dockerfile in dockerfiles.files:
        for stage in dockerfile.stages:
            for copy in copies(dockerfile, stage):
                sources = [source for source in copy.sources if isinstance(source, str)]
                wanted = next((one for one in sources if posixpath.normpath(f"/{one.strip('/')}") == PLACES[0]), None)
                if wanted and copy.stage is not None and _has_none(dockerfile, dockerfile.stages[copy.stage]):
                    yield _missing_source(dockerfile, stage, copy.instruction, dockerfile.stages[copy.stage])


def _has_none(dockerfile: Dockerfile, stage: Stage) -> bool:
    added = parts(dockerfile, stage)
    image = Image(dockerfile, stage, base_of(dockerfile.base(stage).image), added, ())
    is_added = added.is_open or added.packages & _PACKAGES or image.brings(*PLACES, hint="zoneinfo")
    return image.base.has_zones is False and not is_added


def _missing_source(dockerfile: Dockerfile, stage: Stage, one: Instruction, source: Stage) -> Draft:
    return Draft(
        location=Location(dockerfile.path, one.line, column=one.column),
        message=f"{PLACES[0]} is copied from a stage that has none ({dockerfile.base(source).written} comes without "
        "tzdata), so the build ends here; expected the package tzdata in that stage",
        key=f"{stage.name or stage.index} copy {source.name or source.index}",
        target=Target("dockerfile", dockerfile.path),
        severity=Severity.ERROR,
    )


def _judged(image: Image, deployed: Deployed) -> Iterator[Draft]:
    lacking = [program for program in image.programs if not program.embeds_zones]
    added = image.added
    if image.base.has_zones is not False or added.is_open or added.packages & _PACKAGES or not lacking:
        return
    if image.brings(*PLACES, _ZIP, hint="zoneinfo") or image.base.is_go:  # Go's own zoneinfo.zip lies there
        return
    need = first_need(program.zones for program in lacking)
    if need and not image.is_set("ZONEINFO"):
        yield Draft(
            location=Location(image.dockerfile.path, image.stage.start.line, column=image.stage.start.column),
            message=f"the program loads time zones ({need.what} in {need.path}:{need.line}), and {image.written} has "
            'no zone data; expected the package tzdata, a copied /usr/share/zoneinfo, or import _ "time/tzdata"',
            key=f"{image.name} zones",
            related=seen_at(need),
            target=Target("dockerfile", image.dockerfile.path),
            severity=Severity.ERROR if need.is_certain else Severity.WARNING,
            fix=_fix(image),
        )
        return
    zone = image.stage.environment.get("TZ", "")
    if isinstance(zone, str) and _ZONE.fullmatch(zone):
        yield _variable(image, zone, _place(image))
    for workload, container in deployed.built(image.dockerfile):
        given, part = container.environment.get("TZ", ""), container.places.get("env.TZ")
        if _ZONE.fullmatch(given) and part:
            yield _variable(image, given, Location(workload.path, part.line, column=part.column))


def _variable(image: Image, zone: str, place: Location) -> Draft:
    zipped = " (ZONEINFO does not serve TZ)" if image.is_set("ZONEINFO") else ""
    return Draft(
        location=place,
        message=f"TZ={zone} has no effect: {image.written} has no zone data{zipped}, so the program runs in UTC; "
        'expected the package tzdata, a copied /usr/share/zoneinfo, or import _ "time/tzdata"',
        key=f"{image.name} TZ",
        target=Target("dockerfile", image.dockerfile.path),
        fix=_fix(image),
    )


def _place(image: Image) -> Location:
    """The ENV that sets TZ."""
    found = image.stage.start
    for stage in reversed(list(image.dockerfile.ancestry(image.stage))):
        for one in stage.instructions:
            if one.keyword == "ENV" and re.search(r"\bTZ[= ]", one.value):
                found = one
    return Location(image.dockerfile.path, found.line, column=found.column)


def _fix(image: Image) -> Fix | None:
    """The package behind FROM, for Alpine; other images have more than one way."""
    if image.base.family != MUSL or image.base.user != "0":
        return None
    line = image.dockerfile.base(image.stage).start.end_line
    text = f"RUN apk add --no-cache tzdata{ending(image.dockerfile, line)}"
    return Fix(safe=False, edits=(Edit(image.dockerfile.path, line + 1, line, text),))


RULE.check_of(ImageContent, uses=(Expected,))(without_zones)
