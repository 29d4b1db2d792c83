"""The tidy phase: one copy of the tree, every module judged in it, every change explained, and mended on demand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts, jobs_of, parallel, phase
from go_release_gate.facts.circuit import Circuits
from go_release_gate.facts.explained import explained
from go_release_gate.facts.mirror import Mirror
from go_release_gate.facts.modgraph import ModuleCache
from go_release_gate.facts.module import Module
from go_release_gate.facts.patch import Mended
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.tidy_run import TidyRun, collect, explain_failure
from go_release_gate.model.outcome import ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Completed
    from go_release_gate.config.settings import Settings


@dataclass(slots=True)
class Tidier:
    """Tidies modules in the copy as long as the copy exists."""

    run: TidyRun
    cache: ModuleCache
    facts: Facts
    settings: Settings
    edges: Edges

    def tidy(self, directories: frozenset[str] | None = None, env: Mapping[str, str] | None = None) -> None:
        """Judge the modules named (all by default) and fill `facts.tidy`; `env` adds settings for Go."""
        run = replace(self.run, env=env or {})
        modules = [m for m in self.facts.modules if directories is None or m.dir in directories]
        # the largest first: a long one that starts last would be waited for alone
        ordered = sorted(modules, key=lambda module: -len(module.sum_bytes or b""))
        with phase("tidy", len(modules), self.facts, self.edges):
            parallel(jobs_of(self.settings), {m.dir: self._work(m, run) for m in ordered}, self._done)

    def mend(self) -> list[Mended]:
        """Tidy in dependency order: a module is judged again once one it replaces locally has changed."""
        changed: set[str] = set()
        mended: list[Mended] = []
        for module in self.facts.modules:
            tidy = self.facts.tidy[module.dir]
            if changed.intersection(module.local_replaces):
                tidy = collect(module, self.run)
            if tidy.outcome is not Outcome.FAIL or tidy.mod_after is None:
                continue
            if tidy.mod_after != module.mod_bytes:
                changed.add(module.dir)
                (self.run.mirror.dir_of(module) / "go.mod").write_bytes(tidy.mod_after)
            mended += _mended(module, tidy, self.run)
        return mended

    def explain(self, done: Completed, module: Module) -> ModuleError:
        """Class of another failed call of Go about `module`."""
        return explain_failure(done, module, self.run)

    def _work(self, module: Module, run: TidyRun) -> Callable[[], Tidy]:
        def work() -> Tidy:
            tidy = collect(module, run)
            return replace(tidy, changes=explained(module, tidy, run, self.cache)) if tidy.changes else tidy

        return work

    def _done(self, directory: str, tidy: Tidy) -> None:
        self.facts.tidy[directory] = tidy
        self.edges.progress.step(directory, str(tidy.outcome))


def _mended(module: Module, tidy: Tidy, run: TidyRun) -> list[Mended]:
    files = (("go.mod", module.mod_bytes, tidy.mod_after), ("go.sum", module.sum_bytes, tidy.sum_after))
    mended = []
    for name, before, after in files:
        is_converted = b"\r\n" in (before or b"") and run.is_conversion(module.file(name))
        file = Mended(module.file(name), before, after, is_converted)
        if file.diff:
            mended.append(file)
    return mended


@contextmanager
def tidying(facts: Facts, settings: Settings, edges: Edges) -> Iterator[Tidier]:
    """Copy the tree to a fresh path and tidy there; the copy is gone at the end, whatever happened."""
    circuits = Circuits(edges.clock)
    with ExitStack() as stack:
        with phase("copy", 0, facts, edges):
            mirror = Mirror(facts.repository, edges.scratch, owner=edges.owner, trusted=settings.trusted)
            stack.enter_context(mirror)
        run = TidyRun(
            facts.repository,
            edges.go,
            mirror,
            _scratch(edges),
            circuits,
            edges.is_conversion,
            edges.sleep,
            settings.go.timeout,
            settings.offline,
            fetch_toolchain=settings.go.fetch_toolchain and settings.trusted,
        )
        yield Tidier(run, ModuleCache(Path(edges.go.toolchain.modcache)), facts, settings, edges)
        facts.notices += [f"{host} was asked no more after it had failed" for host in circuits.open_hosts]


def _scratch(edges: Edges) -> Path:
    """Where Go may write copies of go.mod and go.sum."""
    folder = edges.scratch / "modfiles"
    folder.mkdir(exist_ok=True)
    if edges.owner:
        os.chown(folder, *edges.owner)
    return folder
