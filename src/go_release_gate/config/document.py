"""The configuration file as dataclasses: the source of its schema, of its check and of its documentation.

Attribute names become kebab-case keys; the lines under `Attributes:` become the descriptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from go_release_gate.config.building import BuildSettings
from go_release_gate.config.releases import Environment, LedgerSettings, Name, Service
from go_release_gate.config.settings import GoSettings, ReleaseSettings, WorkloadSettings
from go_release_gate.config.testing import TestingSettings
from go_release_gate.model.severity import Event

RULE_ID = "rule-id"  # marks a text that must be the id of a known rule

RuleId = Annotated[str, RULE_ID]
Level = Literal["error", "warning", "note", "off"]
Edition = Annotated[str, {"pattern": r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$", "examples": ["0.1"]}]
Glob = Annotated[str, {"minLength": 1}]
ImageName = Annotated[
    str, {"pattern": r"^[^\s@:/]+(:[0-9]+(?=/))?(/[^\s@:/]+)*$", "examples": ["registry.example.com/acme/shop"]}
]
TagPattern = Annotated[str, {"pattern": r"^[^\s?+!\[\]~^:\\]+$", "examples": ["services/api/v*"]}]
Platform = Annotated[str, {"pattern": r"^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?$", "examples": ["linux/amd64"]}]


@dataclass(frozen=True, slots=True)
class EventLevels:
    """A severity for each event; an event that is not named keeps the rule's own.

    Attributes:
        branch: On a branch.
        pull_request: On a pull request.
        tag: On a release tag.
    """

    branch: Level | None = None
    pull_request: Level | None = None
    tag: Level | None = None

    def on(self, event: Event) -> Level | None:
        """The severity on `event`, None where the rule's own counts."""
        return {Event.BRANCH: self.branch, Event.PULL_REQUEST: self.pull_request, Event.TAG: self.tag}[event]


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """An image, the module it is built from and the git tags that release it.

    Attributes:
        image: Repository of the image, without tag or digest.
        module: Directory of the module.
        tags: Patterns of the git tags that release it (`v*`, `services/api/v*`); by default those of its module.
        platforms: Platforms it is built for, such as "linux/amd64".
    """

    image: ImageName
    module: str = "."
    tags: tuple[TagPattern, ...] = ()
    platforms: tuple[Platform, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The configuration file of go-release-gate.

    Attributes:
        rules: Edition of the rules that counts, such as "0.1". Rules of a later edition arrive as notes.
        select: Rules to apply, instead of all of them.
        ignore: Rules to leave out.
        severity: Severity per rule, one for all events or one per event.
        include: Directories to judge that discovery passes over. A glob that names a folder matches all below it.
        exclude: Directories to leave out; the report lists them as skipped.
        go: Settings of the Go command.
        verify: How the module cache is verified.
        prepare: Command to run once before judging, without a shell; never for a fork's pull request.
        owners: Who is told of findings, by glob of module directories; the last match counts.
        baseline: File with findings that are known and do not count, relative to the root.
        fail_on: Gravity from which a finding fails the run.
        on_unavailable: What to do when a module cannot be judged. On a tag it always fails.
        only_new: Whether only findings decide that the base commit does not have. A pull request cannot switch it on.
        jobs: Processes at once; 0 is one per processor.
        policy: Under "strict" image tags that move follow the highest stable release alone, and names never collide.
        images: The images of this repository, each with its module, git tags and platforms.
        release: What a release tag must be.
        workloads: What probes in manifests are held against.
        build: What `build` compiles, for which platforms and how.
        test: What `test` runs, and the coverage that is asked for.
        ledger: Where the release ledger lies and how it is signed.
        services: Services of the release ledger by name; without any, the entries of `images` under their last word.
        environments: Environments of the release ledger by name.
    """

    rules: Edition = "0.1"
    select: tuple[RuleId, ...] = ()
    ignore: tuple[RuleId, ...] = ()
    severity: Mapping[RuleId, Level | EventLevels] = field(default_factory=dict)
    include: tuple[Glob, ...] = ()
    exclude: tuple[Glob, ...] = ()
    go: GoSettings = field(default_factory=GoSettings)
    verify: Literal["anchored", "go", "both"] = "anchored"
    prepare: str | tuple[str, ...] = ()
    owners: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    baseline: str = ""
    fail_on: Literal["error", "warning", "note", "never"] = "error"
    on_unavailable: Literal["fail", "warn"] = "fail"
    only_new: bool = False
    jobs: Annotated[int, {"minimum": 0, "maximum": 1024}] = 0
    policy: Literal["default", "strict"] = "default"
    images: tuple[ImageEntry, ...] = ()
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    workloads: WorkloadSettings = field(default_factory=WorkloadSettings)
    build: BuildSettings = field(default_factory=BuildSettings)
    test: TestingSettings = field(default_factory=TestingSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    services: Mapping[Name, Service] = field(default_factory=dict)
    environments: Mapping[Name, Environment] = field(default_factory=dict)
