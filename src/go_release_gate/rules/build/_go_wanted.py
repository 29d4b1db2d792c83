"""What the modules of the repository ask for, and what that means for a place that names a Go."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from go_release_gate.dockerfile.ignore import is_ignored
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.go_versions import COMMAND, IMAGE, GoPlace
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.facts.repository import Repository
from go_release_gate.gomod import goversion
from go_release_gate.gomod.goselect import Selection, of_release
from go_release_gate.model.finding import Edit, Fix, Location
from go_release_gate.rules.dockerfile._copied import Place, context_of, places
from go_release_gate.rules.dockerfile._platforms import instruction_at

FIRST_SWITCHING = "1.21"  # from here on Go refuses what is too new for it, and can fetch another Go


@dataclass(frozen=True, slots=True)
class Wanted:
    """The Go a module asks for: the higher of its own `go` line and its workspace's, with the place of that line.

    `toolchain`: the release of its `toolchain` line, empty: none.
    """

    module: str
    go: str
    path: str
    line: int
    toolchain: str = ""

    @property
    def location(self) -> Location:
        """Where it says so."""
        return Location(self.path, self.line)


def wanted_by(repository: Repository, *, with_work: bool) -> dict[str, Wanted]:
    """What each module asks for, by directory; `with_work`: where a go.work above it counts."""
    found: dict[str, Wanted] = {}
    for module in repository.modules:
        if module.mod is None or module.mod.go is None:
            continue
        toolchain = goversion.from_toolchain(module.mod.toolchain.value) if module.mod.toolchain else ""
        own = Wanted(module.dir, module.mod.go.value, module.file("go.mod"), module.mod.go.line, toolchain)
        found[module.dir] = _raised(own, repository) if with_work else own
    return found


def _raised(own: Wanted, repository: Repository) -> Wanted:
    for work in repository.workspaces:
        line = work.file.go if work.file else None
        if line and own.module in work.members and goversion.compare(line.value, own.go) > 0:
            path = "go.work" if work.dir == "." else f"{work.dir}/go.work"
            return Wanted(own.module, line.value, path, line.line, own.toolchain)
    return own


def of_place(place: GoPlace, wanted: dict[str, Wanted]) -> list[Wanted]:
    """What the modules ask for that the place builds, the highest first; where they are not known, the lowest of all:
    whatever it builds asks for that much."""
    known = [wanted[module] for module in place.modules if module in wanted]
    if known:
        return sorted(known, key=lambda one: goversion.key(one.go), reverse=True)
    return [min(wanted.values(), key=lambda one: goversion.key(one.go))] if place.is_guess and wanted else []


def in_use(place: GoPlace) -> Selection | None:
    """The Go that runs there: the one that GOTOOLCHAIN names, else the one that is installed."""
    named = of_release(place.fetched) if place.fetched else None
    return named or place.selection


def has_work(
    place: GoPlace, repository: Repository, around: tuple[Dockerfiles | None, GoCalls | None, ImageBuilds | None]
) -> bool:
    """Whether a go.work surely lies above the directory in which an image builds."""
    dockerfiles, calls, builds = around
    file = next((one for one in dockerfiles.files if one.path == place.path), None) if dockerfiles else None
    context = context_of(file, builds, repository) if file and repository.workspaces else ""
    if file is None or not context or calls is None:
        return False
    patterns = builds.ignored.get(file.ignore, ()) if builds else ()
    for stage in file.stages:
        root = file.base(stage)
        own = [call for call in calls.calls if call.stage is stage and call.environment.get("GOWORK") != "off"]
        runs = {id(instruction_at(stage, call.line)) for call in own if call.command.verb in ("build", "install")}
        if not runs or place.scope != (root.name or str(root.index)):
            continue
        for one, known in places(file, stage, context, repository):
            origin = _work_above(known) if id(one) in runs else ""
            if origin and not is_ignored(patterns, posixpath.relpath(origin, context)):
                return True
    return False


def _work_above(known: Place) -> str:
    """The go.work that Go finds from the working directory upwards; empty: none, as far as is known."""
    directory = "" if known.is_open else known.directory
    while directory and not known.origin(posixpath.join(directory, "go.work")):
        directory = "" if directory == "/" else posixpath.dirname(directory)
    return known.origin(posixpath.join(directory, "go.work")) if directory else ""


def selections(place: GoPlace) -> Iterator[Selection | None]:
    """The Go of each combination of a matrix."""
    yield in_use(place)
    yield from place.others


def by_combination(place: GoPlace, wanted: list[Wanted]) -> Iterator[tuple[GoPlace, list[Wanted]]]:
    """Each module with the Go that it is built with in its own combinations of a matrix, where these are known."""
    if not place.pairs or place.fetched:
        yield place, wanted
        return
    for one in wanted:
        own = [selection for module, selection in place.pairs if module == one.module]
        if own:
            yield replace(place, selection=own[0], others=tuple(own[1:])), [one]


def is_older(place: GoPlace, go: str) -> bool:
    """Whether the Go of every combination is surely older than `go`."""
    return all(one is not None and one.is_older(go) for one in selections(place))


def is_refused(selection: Selection, wanted: Wanted) -> bool:
    """Whether Go refuses the module for sure: before 1.21 a `go` line was a hint alone."""
    return goversion.compare(wanted.go, FIRST_SWITCHING) >= 0 or not selection.is_older(FIRST_SWITCHING)


def can_switch(selection: Selection) -> bool:
    """Whether this Go knows how to fetch a newer one."""
    return not selection.is_older(FIRST_SWITCHING)


def files(modules: Iterable[Wanted]) -> str:
    """`go 1.26 of services/api/go.mod`, for messages."""
    first = next(iter(modules))
    return f"`go {first.go}` of {first.path}"


def fix_of(place: GoPlace, go: str) -> Fix | None:
    """The written version replaced by one that is new enough; None where it is not one literal that can be."""
    literal, selection = place.literal, place.selection
    if literal is None or selection is None or place.others or place.fetched:
        return None
    written = re.compile(rf"(?<![\d.]){re.escape(literal.word)}0*(?!\d|\.\d)")  # YAML's 1.20 is the number 1.2
    found = list(written.finditer(literal.source))
    if len(found) != 1 or (place.kind in (IMAGE, COMMAND) and not _has_sibling(literal.source)):
        return None
    version = goversion.language(go)
    if selection.is_exact:
        version = go if go.count(".") > 1 or not go.replace(".", "").isdigit() else f"{version}.0"
    before, after = literal.source[: found[0].start()], literal.source[found[0].end() :]
    is_number = before[-1:] in (" ", "[", ",") and after[:1] in ("", " ", "]", ",", "}", "\r")
    if is_number and version.endswith("0") and version.count(".") == 1 and literal.path.endswith((".yml", ".yaml")):
        version = f"'{version}'"
    return Fix(safe=False, edits=(Edit(literal.path, literal.line, literal.line, f"{before}{version}{after}\n"),))


def _has_sibling(source: str) -> bool:
    """Whether the same image with another version surely exists: no digest, no release of a distribution."""
    gone = ("@sha256", "stretch", "buster", "bullseye", "jessie", "alpine3", "nanoserver", "windows")
    return not any(word in source for word in gone)
