"""Settings of `test`: the coverage asked for, and what tests beside `go test`. Schema and docs are made from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from go_release_gate.config.building import Command, Directory, Tag

Percent = Annotated[float, {"minimum": 0, "maximum": 100, "examples": [85]}]
Seconds = Annotated[float, {"exclusiveMinimum": 0, "maximum": 86400}]
CommandName = Annotated[
    str, {"pattern": r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$", "examples": ["integration"]}
]
FileGlob = Annotated[str, {"minLength": 1, "examples": ["**/*.pb.go"]}]
EnvironmentName = Annotated[str, {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*$", "examples": ["DATABASE_URL"]}]


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command that tests: integration or end to end.

    Attributes:
        name: What reports call it.
        run: The command, run at the root without a shell.
        compose: Compose file that is brought up before it, with `docker compose up --wait`, and taken down after it.
        timeout: Seconds it may take, and bringing its containers up, too.
        environment: Further variables for it and its containers.
    """

    name: CommandName
    run: Command
    compose: str = ""
    timeout: Seconds = 1800.0
    environment: Mapping[EnvironmentName, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModuleCoverage:
    """A module that is judged by itself, with thresholds of its own.

    Attributes:
        module: Directory of the module.
        coverage: Percent of its statements that tests must run; by default as for all.
        changed_coverage: Percent of its changed lines; by default as for all.
    """

    module: Directory
    coverage: float | None = None
    changed_coverage: float | None = None


@dataclass(frozen=True, slots=True)
class TestingSettings:
    """What `test` runs and asks for.

    Attributes:
        coverage: Percent of the statements of all modules together that tests must run; 0 asks for nothing.
        changed_coverage: Percent of the lines changed since the base commit that tests must run; 0 asks for nothing.
        exclude: Files that no coverage is asked of. Generated files are left out anyway.
        modules: Modules that are judged by themselves; the others are judged together.
        tags: Build tags of the tests.
        timeout: Seconds the tests of one package may take.
        module_timeout: Seconds all tests of one module may take, compiling them included.
        commands: Commands that test beside `go test`, one after another, once its tests have passed.
    """

    __test__ = False  # no test of ours

    coverage: Percent = 85.0
    changed_coverage: Percent = 75.0
    exclude: tuple[FileGlob, ...] = ()
    modules: tuple[ModuleCoverage, ...] = ()
    tags: tuple[Tag, ...] = ()
    timeout: Seconds = 600.0
    module_timeout: Seconds = 3600.0
    commands: tuple[CommandEntry, ...] = ()
