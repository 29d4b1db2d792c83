"""Which Go the images of Dockerfiles bring, and what is built with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from go_release_gate.dockerfile.graph import Copy, Mount, copies, mounts
from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage, Value
from go_release_gate.facts.go_built import modules_of_calls
from go_release_gate.facts.go_calls import GoCall
from go_release_gate.facts.go_versions import AUTO, IMAGE, LABEL, LOCAL, GoPlace, Literal, switching_of
from go_release_gate.facts.image_builds import ImageBuild
from go_release_gate.gomod.goselect import of_release
from go_release_gate.oci.golang import GoImage, go_image
from go_release_gate.shell.unknown import Unknown

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")
_NOT_SHIPPED = "tests?|dev|develop|debug|dlv|e2e|ci|lint|fuzz|bench|examples?|tilt|local|tools?"
_TEST = re.compile(rf"(?i)(?:^|[-._/])(?:{_NOT_SHIPPED})(?:$|[-._/])")
_BUILDERS = re.compile(r"(?:^|[;&|\s(])(?:make|gmake|mage|task|just)(?:\s|$)|\bbuild[\w-]*\.sh\b")
_SOURCES = re.compile(r"^(?:\.|\./|\./?\*|(?:\./)?(?:src|cmd|internal|pkg)/?\S*|\S*\.go|go\.\S+)$")
_FOREIGN = re.compile(r"\bgit\s+(?:clone|init|fetch)\b|\bgo\s+mod\s+init\b")
_ADDRESS = re.compile(r"://|^git@")
_LABEL = re.compile(r"(?i)(?<![\w.-])\"?((?:[\w.-]+\.)?go(?:lang)?[_.-]?version)\"?=(\"[^\"]*\"|'[^']*'|\S+)")


def image_places(
    files: Sequence[Dockerfile], calls: Sequence[GoCall], builds: Sequence[ImageBuild], directories: Sequence[str]
) -> list[GoPlace]:
    """The places of all Dockerfiles, those of images that a workflow builds with other arguments among them."""
    places: list[GoPlace] = []
    for file in files:
        own = [call for call in calls if call.dockerfile is file and call.stage is not None]
        of_file = list(_of_file(file, own, directories))
        places += of_file
        places += _overridden(file, own, [build for build in builds if build.dockerfile == file.path], directories)
        places += _labels(file, of_file)
    return places


def _of_file(file: Dockerfile, calls: Sequence[GoCall], directories: Sequence[str]) -> Iterator[GoPlace]:
    for stage in file.stages:
        family = [one for one in file.stages if file.base(one) is stage]
        if stage.parent is None and isinstance(stage.image, str) and (image := go_image(stage.image)):
            default = LOCAL if image.is_local else ""
            if place := _place(file, stage, image, (family, calls, directories, default)):
                yield place
        for one in stage.instructions:
            copied = go_image(one.flag("from")) if one.keyword == "COPY" and "/usr/local/go" in one.value else None
            if copied and (place := _place(file, stage, copied, ([stage], calls, directories, AUTO), one)):
                yield place


def _place(
    file: Dockerfile,
    stage: Stage,
    image: GoImage,
    around: tuple[list[Stage], Sequence[GoCall], Sequence[str], str],
    copy: Instruction | None = None,
) -> GoPlace | None:
    """The place that an image is; None: nothing of the repository is built with it."""
    family, calls, directories, default = around
    own = [call for call in calls if any(call.stage is one for one in family)]
    modules, is_open = modules_of_calls(own, directories)
    is_open = is_open and not _clones(family) and any(_sees_repository(file, one) for one in family)
    if not modules and is_open and tuple(directories) == (".",):
        modules = (".",)
    is_guess = not modules and (is_open or any(map(_builds, family)))
    if not modules and not is_guess:
        return None
    switching, fetched = switching_of(_toolchain(own, family), default)
    start = copy or stage.start
    literal = _literal(file, stage, image) if copy is None else None
    at_own = literal is None or literal.line == start.line
    offset = start.value.find(stage.written) if copy is None else -1
    return GoPlace(
        IMAGE,
        file.path,
        literal.line if literal else start.line,
        image.name,
        selection=image.selection,
        switching=switching,
        fetched=fetched,
        modules=modules,
        is_guess=is_guess,
        literal=literal,
        scope=stage.name or str(stage.index),
        is_test=bool(_TEST.search(f"{file.path}/{stage.name}")),
        column=start.column_of(offset) if at_own and offset >= 0 else None,
    )


def _builds(stage: Stage) -> bool:
    """Whether the stage copies the repository's sources and runs something that builds."""
    copied = [one for one in stage.instructions if one.keyword in ("COPY", "ADD") and not one.flag("from")]
    has_sources = any(_SOURCES.match(word) for one in copied for word in one.array or one.value.split()[:-1])
    return has_sources and any(one.keyword == "RUN" and _BUILDERS.search(one.value) for one in stage.instructions)


def _clones(family: Sequence[Stage]) -> bool:
    """Whether a stage brings in, or makes, a module that is none of the repository's: it may build that one."""
    return any(one.keyword == "RUN" and _FOREIGN.search(one.value) for stage in family for one in stage.instructions)


def _sees_repository(file: Dockerfile, stage: Stage) -> bool:
    """Whether files of the build context come into a stage, also by way of others."""
    waiting, seen = [stage.index], {stage.index}
    while waiting:
        for each in file.ancestry(file.stages[waiting.pop()]):
            origins: list[Copy | Mount] = [*copies(file, each), *mounts(file, each)]
            for one in origins:
                sources: tuple[Value, ...] = one.sources if isinstance(one, Copy) else ("mount",)
                if one.is_context and any(isinstance(word, Unknown) or not _ADDRESS.search(word) for word in sources):
                    return True
                if one.stage is not None and one.stage not in seen:
                    seen.add(one.stage)
                    waiting.append(one.stage)
    return False


def _toolchain(calls: Sequence[GoCall], family: Sequence[Stage]) -> str | None:
    for call in calls:
        if "GOTOOLCHAIN" in call.environment:
            return call.environment["GOTOOLCHAIN"]
    for stage in family:
        for scope in reversed(stage.scopes):
            if "GOTOOLCHAIN" in scope:
                value = scope["GOTOOLCHAIN"]
                return value if isinstance(value, str) else "?"
    return None


def _literal(file: Dockerfile, stage: Stage, image: GoImage) -> Literal | None:
    """The line with the version: that of FROM, else of the ARG it comes from."""
    if image.selection is None:
        return None
    version = image.selection.version
    lines = file.text.split("\n")
    numbers = [stage.start.line] if version in stage.written else []
    numbers += [one.line for one in file.arguments if re.search(rf"(?<![\d.]){re.escape(version)}(?![\d.])", one.value)]
    for number in numbers[:1]:
        if 0 < number <= len(lines):
            return Literal(file.path, number, version, lines[number - 1])
    return None


def _overridden(
    file: Dockerfile, calls: Sequence[GoCall], builds: Sequence[ImageBuild], directories: Sequence[str]
) -> Iterator[GoPlace]:
    """What workflows make of the images by their build arguments, those that have no default among them."""
    for build in builds:
        for stage in file.stages:
            names = [match[1] or match[3] for match in _VARIABLE.finditer(stage.written)]
            given = next((name for name in names if name in build.arguments), "")
            image = go_image(_filled(stage.written, file, build)) if given and stage.parent is None else None
            own = go_image(stage.image) if isinstance(stage.image, str) else None
            if image is None or image.selection is None or (own and image.selection == own.selection):
                continue
            family = [one for one in file.stages if file.base(one) is stage]
            place = _place(file, stage, image, (family, calls, directories, LOCAL if image.is_local else ""))
            if place is None:
                continue
            value, line = build.arguments[given], build.lines.get(given, build.line)
            yield replace(
                place,
                path=build.path,
                line=line,
                written=f"{given}={value} for {image.name} of {file.path}",
                scope=build.scope,
                literal=Literal(build.path, line, image.selection.version),
                column=None,
            )


def _filled(written: str, file: Dockerfile, build: ImageBuild) -> str:
    def value(name: str, default: str) -> str:
        known = build.arguments.get(name, file.globals.get(name))
        return known if isinstance(known, str) and known else default or "\ue000"

    return _VARIABLE.sub(lambda match: value(match[1] or match[3], match[2] or ""), written)


def _labels(file: Dockerfile, places: Sequence[GoPlace]) -> Iterator[GoPlace]:
    """Labels that say another version than the only one that the file builds with."""
    minors = {place.selection.minor if place.selection else "" for place in places}
    if len(minors) != 1 or "" in minors:
        return
    for stage in file.stages:
        for one in stage.instructions:
            if one.keyword != "LABEL":
                continue
            for match in _LABEL.finditer(one.value):
                said = of_release(_expanded(match[2].strip("\"'"), stage, one))
                first = places[0].selection
                if said is None or first is None:
                    continue
                is_exact = said.is_exact and first.is_exact
                if said.minor in minors and (not is_exact or said.version == first.version):
                    continue
                message = f"label {match[1]} says go {said.version}, the image builds with {places[0].written}"
                yield GoPlace(LABEL, file.path, one.line_of(match.start()), message, scope=match[1], selection=said)


def _expanded(text: str, stage: Stage, instruction: Instruction) -> str:
    scope = stage.scope(instruction)

    def value(match: re.Match[str]) -> str:
        found = scope.get(match[1] or match[3])
        return found if isinstance(found, str) else "?"

    return _VARIABLE.sub(value, text)
