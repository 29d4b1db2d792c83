"""Which Dockerfiles and stages make an image that is shipped, not one that serves development. Shared by rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from go_release_gate.dockerfile.model import Dockerfile, Instruction, Stage
from go_release_gate.facts.dockerfiles import Dockerfiles
from go_release_gate.facts.image_builds import ImageBuilds
from go_release_gate.model.finding import Location, Target
from go_release_gate.oci.manifests.scan import is_passed_over, is_sample
from go_release_gate.rules.dockerfile._platforms import stage_named

_WORDS = re.compile(r"[^a-z0-9]+")
_FOR_DEVELOPMENT = frozenset(
    {
        "antithesis", "bench", "benchmark", "builder", "buildenv", "checks", "ci", "codespaces", "coverage", "debug",
        "debugger", "delve", "dev", "devcontainer", "devel", "development", "dlv", "e2e", "fuzz", "generate", "gitpod",
        "integration", "lint", "linter", "local", "mock", "playground", "sandbox", "test", "testdata", "tester",
        "testing", "tests", "tilt", "toolbox", "toolchain", "tooling", "tools", "vendor",
    }
)  # fmt: skip
_OF_FILES = _FOR_DEVELOPMENT | {"build", "buildx", "docs", "proto", "protoc", "gen"}
_OF_STAGES = _FOR_DEVELOPMENT | {"build", "base", "deps", "compile", "compiler", "artifact", "artifacts", "binaries"}


def shipped(found: Dockerfiles, builds: ImageBuilds | None = None) -> Iterator[tuple[Dockerfile, Stage]]:
    """Each Dockerfile of a shipped image with the stages that become images: the targets of builds, else the last."""
    for file in found.files:
        if is_for_development(file.path):
            continue
        for stage in _final(file, builds):
            if not is_development_stage(file, stage):
                yield file, stage


def is_for_development(path: str) -> bool:
    """Whether the path of a Dockerfile says that its image serves development, tests or examples."""
    if is_passed_over(path) or is_sample(path):
        return True
    *directories, name = path.lower().split("/")
    if any(part.startswith(".") or not _FOR_DEVELOPMENT.isdisjoint(_WORDS.split(part)) for part in directories):
        return True
    return not _OF_FILES.isdisjoint(_WORDS.split(name))


def is_development_stage(file: Dockerfile, stage: Stage) -> bool:
    """Whether its name says that the stage is no image to ship."""
    del file
    return not _OF_STAGES.isdisjoint(_WORDS.split(stage.name))


def _final(file: Dockerfile, builds: ImageBuilds | None) -> list[Stage]:
    targets = [build.target for build in (builds.of(file.path) if builds else ())]
    if "" in targets or not targets:
        targets = ["", *(target for target in targets if target)]
    found = [(stage_named(file, target) if target else None) or file.final for target in targets]
    return list(dict.fromkeys(found))


def place(file: Dockerfile, instruction: Instruction) -> Location:
    """Where an instruction stands."""
    return Location(file.path, instruction.line, None, instruction.column)


def target_of(file: Dockerfile) -> Target:
    """What a finding about a Dockerfile is about."""
    return Target("dockerfile", file.path)


def label(stage: Stage) -> str:
    """A stage for keys: its name, else its number."""
    return stage.name or str(stage.index)
