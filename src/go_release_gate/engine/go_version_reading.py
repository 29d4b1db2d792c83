"""Collects which Go the places of the repository name: workflows, Dockerfiles, version files."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.dockerfile.ignore import read_patterns
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.relevant import VERSION_FILES
from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
from go_release_gate.facts.bake_builds import NAMES as BAKE_FILES
from go_release_gate.facts.bake_builds import bake_builds
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_built import with_modules
from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.go_images import image_places
from go_release_gate.facts.go_setups import Surroundings, workflow_places
from go_release_gate.facts.go_versions import FILE, GoPlace, GoVersions, Literal
from go_release_gate.facts.image_builds import ImageBuilds, builds_by_hand
from go_release_gate.facts.image_builds import image_builds as builds_of
from go_release_gate.facts.workflows import Workflows
from go_release_gate.gomod.goselect import in_version_file, of_range, of_release
from go_release_gate.workflow.composite import FILES as ACTION_FILES
from go_release_gate.workflow.composite import Action, first_action

if TYPE_CHECKING:
    from go_release_gate.config.settings import Settings
    from go_release_gate.facts.repository import Repository

SIZE_LIMIT = 64 << 10  # bytes of a version file
SCRIPT_LIMIT, SCRIPTS = 256 << 10, 500  # bytes of a script, their number
_BUILD_ARGUMENT = re.compile(r"--build-arg[= ][\"']?(\w+)")
LINE_LIMIT = 1 << 20  # bytes of a file of which one line is wanted


def collect_image_builds(facts: Facts, _settings: Settings, _edges: Edges) -> ImageBuilds | None:
    """The image builds of workflows and bake files, and what scripts give to builds; None where there are none."""
    workflows = facts.others.get(Workflows)
    found = builds_of(workflows.files) if isinstance(workflows, Workflows) else ImageBuilds(())
    files = facts.others.get(Dockerfiles)
    if isinstance(files, Dockerfiles):
        reader = _Reader(facts.repository.root)
        baked = (build for name in BAKE_FILES if (text := reader.text(name)) for build in bake_builds(name, text))
        found = replace(found, builds=(*found.builds, *baked))
        ignored = {path: read_patterns(reader.text(path)) for path in {one.ignore for one in files.files} if path}
        scripts = ((path, reader.text(path, SCRIPT_LIMIT)) for path in facts.repository.scripts[:SCRIPTS])
        by_hand = tuple(build for path, text in scripts for build in builds_by_hand(path, text))
        return replace(found, given=_given(facts.repository), ignored=ignored, by_hand=by_hand)
    return found if found.builds else None


def _given(repository: Repository) -> frozenset[str]:
    """Names of build arguments in Makefiles and scripts."""
    reader = _Reader(repository.root)
    names: set[str] = set()
    for path in repository.scripts[:SCRIPTS]:
        text = reader.text(path, SCRIPT_LIMIT)
        names.update(_BUILD_ARGUMENT.findall(text) if "--build-arg" in text else ())
    return frozenset(names)


def collect_go_versions(facts: Facts, _settings: Settings, _edges: Edges) -> GoVersions | None:
    """Every place that names a Go, None where no place does."""
    repository = facts.repository
    reader = _Reader(repository.root)
    directories = [module.dir for module in repository.modules]
    places = [*_of_workflows(facts, repository, reader, directories), *_of_dockerfiles(facts, directories)]
    places += _of_files(repository, reader)
    if not places:
        return None
    places = [_with_source(place, reader) for place in places]
    return GoVersions(tuple(sorted(places, key=lambda place: (place.path, place.line, place.kind))))


@dataclass(slots=True)
class _Reader:
    """Texts of small files, each read once; what cannot be read is empty: others say so."""

    root: Path
    texts: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Action | None] = field(default_factory=dict)

    def text(self, path: str, limit: int = SIZE_LIMIT) -> str:
        if path not in self.texts:
            self.texts[path] = self._read(path, limit)
        return self.texts[path]

    def line(self, path: str, number: int) -> str:
        """A line of a file, without its line feed."""
        lines = self.text(path, LINE_LIMIT).split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def action(self, directory: str) -> Action | None:
        """The composite action in a directory."""
        if directory and directory not in self.actions:
            self.actions[directory] = first_action(directory, self.text)
        return self.actions.get(directory)

    def _read(self, path: str, limit: int) -> str:
        if path.startswith(("..", "/")) or not os.path.lexists(self.root / path):
            return ""
        try:
            data = read_regular(self.root, posixpath.dirname(path) or ".", posixpath.basename(path), limit)
        except RefusedFileError:
            return ""
        return (data or b"").decode("utf-8-sig", "replace")


def _of_workflows(facts: Facts, repository: Repository, reader: _Reader, directories: list[str]) -> list[GoPlace]:
    workflows = facts.others.get(Workflows)
    if not isinstance(workflows, Workflows):
        return []
    calls = facts.others.get(GoCalls)
    found = workflow_places(workflows.files, Surroundings(reader.text, _directives(repository), reader.action))
    found = with_modules(found, workflows.files, calls.calls if isinstance(calls, GoCalls) else (), directories)
    return [_at_home(place) for place in found]


def _at_home(place: GoPlace) -> GoPlace:
    """A place whose Go a composite action names is that action's line: there it is mended."""
    literal = place.literal
    is_action = literal is not None and posixpath.basename(literal.path) in ACTION_FILES
    return replace(place, path=literal.path, line=literal.line) if literal and is_action else place


def _of_dockerfiles(facts: Facts, directories: list[str]) -> list[GoPlace]:
    files, calls, builds = (facts.others.get(kind) for kind in (Dockerfiles, GoCalls, ImageBuilds))
    if not isinstance(files, Dockerfiles):
        return []
    return image_places(
        files.files,
        calls.calls if isinstance(calls, GoCalls) else (),
        builds.builds if isinstance(builds, ImageBuilds) else (),
        directories,
    )


def _directives(repository: Repository) -> Callable[[str], tuple[str, str] | None]:
    """What tells `go` and `toolchain` of a go.mod or go.work."""
    found: dict[str, tuple[str, str]] = {}
    for module in repository.modules:
        if module.mod and module.mod.go:
            toolchain = module.mod.toolchain.value if module.mod.toolchain else ""
            found[module.file("go.mod")] = (module.mod.go.value, toolchain)
    for work in repository.workspaces:
        if work.file and work.file.go:
            toolchain = work.file.toolchain.value if work.file.toolchain else ""
            found[posixpath.normpath(f"{work.dir}/go.work")] = (work.file.go.value, toolchain)
    return found.get


def _of_files(repository: Repository, reader: _Reader) -> Iterator[GoPlace]:
    """The version files beside modules and at the root: what installs Go on a developer's machine."""
    modules = {module.dir for module in repository.modules}
    for directory in sorted({".", *modules}):
        for name in VERSION_FILES:
            path = posixpath.normpath(f"{directory}/{name}")
            text = reader.text(path)
            word, line = in_version_file(name, text) if text else ("", 0)
            selection = of_release(word) or of_range(word) if word else None
            if selection:
                yield GoPlace(
                    FILE,
                    path,
                    line,
                    f"{path} ({word})",
                    selection=selection,
                    modules=(directory,) if directory in modules else (),
                    is_guess=directory not in modules,
                    literal=Literal(path, line, selection.version),
                    scope=path,
                )


def _with_source(place: GoPlace, reader: _Reader) -> GoPlace:
    """The place with the line that its version stands on, where it does."""
    literal = place.literal
    if literal is None or literal.source:
        return place
    source = reader.line(literal.path, literal.line)
    return replace(place, literal=replace(literal, source=source) if literal.word in source else None)
