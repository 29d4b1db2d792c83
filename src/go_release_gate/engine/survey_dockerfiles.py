"""Which Dockerfiles build programs of the repository, from which context, and where workflows push them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from go_release_gate.dockerfile.commands import commands
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCall, GoCalls
from go_release_gate.facts.go_dockerfile_calls import copied_paths
from go_release_gate.facts.image_builds import ImageBuild, ImageBuilds
from go_release_gate.facts.program_places import deepest_first, is_within, packages_of
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample
from go_release_gate.oci.reference import InvalidReferenceError, parse
from go_release_gate.pipeline.survey import BuildFile, Main

if TYPE_CHECKING:
    from pathlib import Path

    from go_release_gate.dockerfile.model import Dockerfile
    from go_release_gate.engine.context import Facts
    from go_release_gate.facts.module import Module
    from go_release_gate.facts.workflows import Workflows

_MAKERS = frozenset({"make", "mage", "task", "just"})
_WRAPPERS = frozenset({"xx-go", "garble"})
_ANY_PLATFORM = ("linux/amd64", "linux/arm64")


def build_files(facts: Facts, mains: Sequence[Main], workflows: Workflows | None) -> tuple[BuildFile, ...]:
    """The Dockerfiles that build programs of the repository, by path; which ones may not be known."""
    read, builds = facts.others.get(Dockerfiles), facts.others.get(ImageBuilds)
    files = read.files if isinstance(read, Dockerfiles) else ()
    known = builds.builds if isinstance(builds, ImageBuilds) else ()
    pushed = _pushed(workflows)
    found = []
    for file in files:
        if not is_aside(file.path):
            of_file = [build for build in known if build.dockerfile == file.path]
            found.append(_build_file(facts, file, mains, of_file, pushed))
    return tuple(one for one in found if one is not None)


def _build_file(
    facts: Facts,
    file: Dockerfile,
    mains: Sequence[Main],
    builds: Sequence[ImageBuild],
    pushed: dict[tuple[str, str], tuple[str, ...]],
) -> BuildFile | None:
    said = next((build.context for build in builds if build.context), "")
    directories = _mains(facts, file, mains, said or _context(facts.repository.root, file))
    if directories is None:
        return None
    images = [name for build in builds for name in pushed.get((build.path, build.scope), ())]
    platforms = [name for build in builds for name in build.platforms]
    return BuildFile(
        file.path,
        said or _context(facts.repository.root, file, directories),
        directories,
        next((build.target for build in builds if build.target), ""),
        tuple(dict.fromkeys(platforms)) or _platforms(file),
        tuple(dict.fromkeys(images)),
        bool(builds),
    )


def _mains(facts: Facts, file: Dockerfile, mains: Sequence[Main], context: str) -> tuple[str, ...] | None:
    """Directories of the main packages that it builds; where its text hides them, the one that lies beside it, or
    none; None: it builds no program of the repository."""
    fact = facts.others.get(GoCalls)
    every = fact.calls if isinstance(fact, GoCalls) else ()
    calls = [one for one in every if one.dockerfile is file]
    deepest: list[Module] = deepest_first(facts.repository.modules)
    found: dict[str, None] = {}
    building = [one for one in calls if _builds(one)]
    for call in building:
        for place in packages_of(call, deepest):
            found.update(dict.fromkeys(_meant(place, mains)))
    if found:
        return tuple(found)
    is_by_script = any(file.path in one.ran_by and _builds(one) for one in every)
    is_builder = bool(building) or is_by_script or _makes(file)
    return _beside(file.path, mains) if is_builder and _has_source(file, context, mains) else None


def _has_source(file: Dockerfile, context: str, mains: Sequence[Main]) -> bool:
    """Whether the source of a program of the repository is copied into it."""
    paths = [posixpath.dirname(path) or "." if path.endswith(".go") else path for path in copied_paths(file)]
    copied = [posixpath.normpath(posixpath.join(context, path)) for path in paths]
    return any(is_within(main.directory, place) for main in mains for place in copied if not _is_tool(main.directory))


def _builds(call: GoCall) -> bool:
    """Whether a command builds what lies here; what it names with a version comes from elsewhere."""
    is_foreign = any("@" in argument for argument in call.command.arguments)
    return call.command.verb in ("build", "install") and not call.is_start and not is_foreign


def _makes(file: Dockerfile) -> bool:
    """Whether a stage runs make, a tool like it, or a wrapper of `go build`."""
    called = (run.words for stage in file.stages for run in commands(file, stage) if not run.is_start)
    names = ((posixpath.basename(words[0]), words[1:3]) for words in called if words)
    return any(name in _MAKERS or (name in _WRAPPERS and "build" in rest) for name, rest in names)


def _meant(place: str, mains: Iterable[Main]) -> Iterator[str]:
    directory = place.removesuffix("/...").removesuffix("...") or "."
    for main in mains:
        if main.directory == place or (place.endswith("...") and is_within(main.directory, directory)):
            yield main.directory


def _beside(path: str, mains: Sequence[Main]) -> tuple[str, ...]:
    """The one main package in or below the Dockerfile's directory that is no test, example or tool."""
    directory = posixpath.dirname(path) or "."
    own = [one.directory for one in mains if is_within(one.directory, directory) and not _is_tool(one.directory)]
    return (directory,) if directory in own else tuple(own) if len(own) == 1 else ()


def is_aside(path: str) -> bool:
    """Whether a file lies among tests, documentation, examples, or what serves development."""
    return is_passed_over(path) or is_sample(path)


def _is_tool(directory: str) -> bool:
    return is_aside(f"{directory}/main.go") or bool({"tools", "internal"} & set(directory.split("/")))


def _context(root: Path, file: Dockerfile, mains: Sequence[str] = ()) -> str:
    """The usual context that holds its programs, and in which most of what is copied is there."""
    wanted = copied_paths(file)
    own = posixpath.dirname(file.path) or "."
    candidates = [one for one in dict.fromkeys((own, ".")) if all(is_within(main, one) for main in mains)]
    return max(candidates, key=lambda one: sum(os.path.lexists(root / one / path) for path in wanted))


def _platforms(file: Dockerfile) -> tuple[str, ...]:
    """Two where the Dockerfile cross-compiles, else the one that a runner builds by itself."""
    return _ANY_PLATFORM if "TARGETARCH" in file.text or "TARGETPLATFORM" in file.text else _ANY_PLATFORM[:1]


def _pushed(workflows: Workflows | None) -> dict[tuple[str, str], tuple[str, ...]]:
    """Workflow and `job/step` → repositories that are pushed there, as far as they are known."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for outcome in workflows.outcomes if workflows else ():
        for push in outcome.pushes:
            names = push.names if isinstance(push.names, tuple) else ()
            key = (push.workflow, f"{push.job}/{push.step}")
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *repositories(names))))
    return found


def repositories(names: Iterable[str]) -> Iterator[str]:
    """The repositories of references; what is none is left out."""
    for name in names:
        try:
            reference = parse(name)
        except InvalidReferenceError:
            continue
        yield f"{reference.domain}/{reference.path}"
