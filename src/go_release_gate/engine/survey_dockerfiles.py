"""Which Dockerfiles build programs of the repository, from which context, and where workflows push them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.go_calls import GoCalls
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

_ANY_PLATFORM = ("linux/amd64", "linux/arm64")


def build_files(facts: Facts, mains: Sequence[Main], workflows: Workflows | None) -> tuple[BuildFile, ...]:
    """The Dockerfiles that matter, by path: what builds no program here and is built by no workflow is left out."""
    read, builds = facts.others.get(Dockerfiles), facts.others.get(ImageBuilds)
    files = read.files if isinstance(read, Dockerfiles) else ()
    known = builds.builds if isinstance(builds, ImageBuilds) else ()
    pushed = _pushed(workflows)
    found = []
    for file in files:
        if not is_aside(file.path):
            of_file = [build for build in known if build.dockerfile == file.path]
            found.append(_build_file(facts, file, mains, of_file, pushed))
    return tuple(one for one in found if one.mains or one.is_built)


def _build_file(
    facts: Facts,
    file: Dockerfile,
    mains: Sequence[Main],
    builds: Sequence[ImageBuild],
    pushed: dict[tuple[str, str], tuple[str, ...]],
) -> BuildFile:
    images = [name for build in builds for name in pushed.get((build.path, build.scope), ())]
    platforms = [name for build in builds for name in build.platforms]
    context = next((build.context for build in builds if build.context), "")
    return BuildFile(
        file.path,
        context or _context(facts.repository.root, file),
        _mains(facts, file, mains),
        next((build.target for build in builds if build.target), ""),
        tuple(dict.fromkeys(platforms)) or _platforms(file),
        tuple(dict.fromkeys(images)),
        bool(builds),
    )


def _mains(facts: Facts, file: Dockerfile, mains: Sequence[Main]) -> tuple[str, ...]:
    """Directories of the main packages that it builds; where its text hides them, the one that lies beside it."""
    fact = facts.others.get(GoCalls)
    calls = [one for one in fact.calls if one.dockerfile is file] if isinstance(fact, GoCalls) else []
    deepest: list[Module] = deepest_first(facts.repository.modules)
    found: dict[str, None] = {}
    building = [one for one in calls if one.command.verb in ("build", "install") and not one.is_start]
    for call in building:
        for place in packages_of(call, deepest):
            found.update(dict.fromkeys(_meant(place, mains)))
    if found:
        return tuple(found)
    is_builder = bool(building) or any(_is_go(str(stage.image)) for stage in file.stages)
    return _beside(file.path, mains) if is_builder else ()


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


def _is_go(image: str) -> bool:
    return posixpath.basename(image).partition(":")[0].partition("@")[0] == "golang"


def _context(root: Path, file: Dockerfile) -> str:
    """The usual context in which most of what is copied is there."""
    wanted = copied_paths(file)
    own = posixpath.dirname(file.path) or "."
    candidates = list(dict.fromkeys((own, ".")))
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
