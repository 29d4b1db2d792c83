"""Every setting of a run, with its default. The dataclasses are the source of the schema and of the docs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

from go_release_gate.config.building import BuildSettings
from go_release_gate.config.testing import TestingSettings
from go_release_gate.model.severity import Event, Severity

if TYPE_CHECKING:
    from go_release_gate.config.releases import Releases


@dataclass(frozen=True, slots=True)
class GoSettings:
    """Settings of the Go command.

    Attributes:
        version: Go to judge with, as `go-version` says it (`1.25.3`); empty: the one on PATH.
        fetch_toolchain: Whether a newer toolchain module may be fetched, checksum-verified, on trusted events.
        timeout: Seconds one call of Go may take.
    """

    version: Annotated[
        str, {"pattern": r"^([1-9][0-9]*(\.[0-9]+){1,2}((rc|beta)[0-9]+)?)?$", "examples": ["1.25.3"]}
    ] = ""
    fetch_toolchain: bool = False
    timeout: Annotated[float, {"exclusiveMinimum": 0, "maximum": 86400}] = 300.0


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """What a release tag must be.

    Attributes:
        branches: Branches of which one must hold the tagged commit, such as "main" or "release/*".
        tags: Which kind of git tag counts, any, annotated or signed ones; a signature must be there, not be known.
    """

    branches: tuple[Annotated[str, {"minLength": 1}], ...] = ()
    tags: Literal["any", "annotated", "signed"] = "any"


@dataclass(frozen=True, slots=True)
class WorkloadSettings:
    """What probes of containers are held against, in seconds.

    Attributes:
        liveness_delay: Least initial delay of a liveness probe where no startup probe comes before it.
        liveness_period: Least time between two liveness probes.
        liveness_failures: Least number of failed liveness probes before a restart.
        readiness_delay: Least initial delay of a readiness probe that gives one.
        readiness_period: Least time between two readiness probes.
        probe_timeout: Longest time limit of a probe.
    """

    liveness_delay: Annotated[int, {"minimum": 0}] = 30
    liveness_period: Annotated[int, {"minimum": 1}] = 10
    liveness_failures: Annotated[int, {"minimum": 1}] = 3
    readiness_delay: Annotated[int, {"minimum": 0}] = 10
    readiness_period: Annotated[int, {"minimum": 1}] = 5
    probe_timeout: Annotated[int, {"minimum": 1}] = 3


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """One entry of the table of images: `tags` empty stands for the tags of its module.

    `path`, `line`: where the file says so.
    """

    image: str
    module: str = "."
    tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    path: str = field(default="", compare=False)
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that steers a check, after flags, environment, file and defaults have been merged.

    Attributes:
        severities: rule id → severity, or None for off.
        fail_on: gravest severity that still passes is below it; None: never fail on findings.
        on_unavailable: `fail` or `warn`; on a tag always `fail`.
        jobs: processes at once; 0: one per processor.
        verify: `anchored`, `go` or `both`.
        prepare: command to run once before judging (trusted events only), empty: none.
        owners: pairs (glob, owner) naming who is told of a module.
        edition: edition of the rules that counts; newer rules arrive as notes.
        baseline: path of the baseline file relative to the root, empty: none.
        trusted: False on a fork's or bot's pull request: nothing of it is executed, no credentials are given.
        only_new: whether only findings that the base commit does not have decide the verdict.
        modules: directories of the modules to judge; empty: all of them.
        digest: `sha256:…` of the configuration file's bytes, empty: none.
        policy: `default` or `strict`.
        images: the table of images as the file gives it; empty: it is discovered.
        build: what `build` compiles.
        test: what `test` runs and asks for.
        releases: the release ledger with its services and environments, None: the file says nothing of them.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    event: Event = Event.BRANCH
    tag: str = ""
    base: str = ""
    fail_on: Severity | None = Severity.ERROR
    on_unavailable: str = "fail"
    jobs: int = 0
    verify: str = "anchored"
    prepare: tuple[str, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    edition: str = "0.1"
    baseline: str = ""
    offline: bool = False
    trusted: bool = True
    only_new: bool = False
    modules: tuple[str, ...] = ()
    digest: str = ""
    go: GoSettings = field(default_factory=GoSettings)
    policy: str = "default"
    images: tuple[ImageSettings, ...] = ()
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    test: TestingSettings = field(default_factory=TestingSettings)
    workloads: WorkloadSettings = field(default_factory=WorkloadSettings)
    releases: Releases | None = None
