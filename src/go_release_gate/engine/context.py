"""What every phase of a check shares: the edges it runs against, the facts it fills, time and threads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from go_release_gate.model.progress import Progress, Silence

if TYPE_CHECKING:
    from go_release_gate.adapters.git import Git
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.hadolint import Hadolint
    from go_release_gate.adapters.registry.client import Registries
    from go_release_gate.adapters.workflow_linters import WorkflowLinters
    from go_release_gate.config.settings import Settings
    from go_release_gate.facts.module import Module
    from go_release_gate.facts.patch import Mended
    from go_release_gate.facts.repository import Repository
    from go_release_gate.facts.tidy import Tidy
    from go_release_gate.facts.vendor import Vendor
    from go_release_gate.facts.verify import Verify

T = TypeVar("T")


@dataclass(slots=True)
class Edges:
    """The edges a check runs against, injected so that tests can stand in.

    Attributes:
        go: the Go command.
        is_conversion: whether a file's CRLF came from the checkout alone (path relative to the root).
        clock, sleep: monotonic seconds; waits.
        scratch: private directory for intermediate files, outside the tree.
        memory: a directory in memory for the copy of the tree, None to use `scratch`.
        git: the repository, for what its commits and tags say; None: there is none.
        github: makes what asks GitHub for what the checkout lacks, once something is asked; None: it is not asked.
        registries: makes what asks image registries, once something is asked; None: they are not asked.
        hadolint: finds what lints Dockerfiles, once there are some; None: nothing does.
        workflow_linters: the same for workflows.
        owner: (uid, gid) that children run as when privileges are dropped, else None.
        copy: the root of the copy of the tree in which Go reads it, while there is one.
    """

    go: Go
    scratch: Path
    is_conversion: Callable[[str], bool] = lambda _path: False
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    owner: tuple[int, int] | None = None
    memory: Path | None = None
    git: Git | None = None
    github: Callable[[], Api] | None = None
    registries: Callable[[], Registries] | None = None
    hadolint: Callable[[], Hadolint | None] | None = None
    workflow_linters: Callable[[], WorkflowLinters | None] | None = None
    progress: Progress = field(default_factory=Silence)
    copy: Path | None = None


@dataclass(slots=True)
class Facts:
    """Everything that was collected about one repository."""

    repository: Repository
    tidy: dict[str, Tidy] = field(default_factory=dict)
    verify: dict[str, Verify] = field(default_factory=dict)
    vendor: dict[str, Vendor] = field(default_factory=dict)
    mended: list[Mended] = field(default_factory=list)
    others: dict[type, object] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    @property
    def modules(self) -> tuple[Module, ...]:
        """The modules to judge: those of the directories in `chosen`, all of them when it is empty."""
        return tuple(module for module in self.repository.modules if not self.chosen or module.dir in self.chosen)


@contextmanager
def phase(name: str, total: int, facts: Facts, edges: Edges) -> Iterator[None]:
    """Announce and time one phase."""
    edges.progress.phase(name, total)
    started = edges.clock()
    try:
        yield
    finally:
        facts.timings[name] = facts.timings.get(name, 0.0) + edges.clock() - started


def parallel(jobs: int, work: Mapping[str, Callable[[], T]], done: Callable[[str, T], None]) -> None:
    """Run `work` on up to `jobs` threads; `done` is called in this thread as each ends."""
    if len(work) <= 1 or jobs == 1:
        for name, task in work.items():
            done(name, task())
        return
    from concurrent.futures import ThreadPoolExecutor, as_completed

    pool = ThreadPoolExecutor(max_workers=min(jobs, len(work)))
    try:
        names = {pool.submit(task): name for name, task in work.items()}
        for future in as_completed(names):
            done(names[future], future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def jobs_of(settings: Settings) -> int:
    """Processes at once: the setting, or one for each processor this process may use."""
    if settings.jobs:
        return settings.jobs
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
