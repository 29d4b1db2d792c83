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
from go_release_gate.facts.mirror import Mirror
from go_release_gate.facts.modgraph import ModuleCache
from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.tidy_run import TidyRun, collect, explain_failure
from go_release_gate.model.outcome import ModuleError

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

    def explain(self, done: Completed, module: Module) -> ModuleError:
        """Class of another failed call of Go about `module`."""
        return explain_failure(done, module, self.run)

    def _work(self, module: Module, run: TidyRun) -> Callable[[], Tidy]:
        def work() -> Tidy:
            tidy = collect(module, run)
            if not tidy.changes:
                return tidy
            from go_release_gate.facts.explained import explained

            return replace(tidy, changes=explained(module, tidy, run, self.cache))

        return work

    def _done(self, directory: str, tidy: Tidy) -> None:
        self.facts.tidy[directory] = tidy
        self.edges.progress.step(directory, str(tidy.outcome))


@contextmanager
def tidying(facts: Facts, settings: Settings, edges: Edges) -> Iterator[Tidier]:
    """Copy the tree to a fresh path and tidy there; the copy is gone at the end, whatever happened."""
    circuits = Circuits(edges.clock)
    with ExitStack() as stack:
        with phase("copy", 0, facts, edges):
            mirror = Mirror(
                facts.repository,
                edges.scratch,
                owner=edges.owner,
                memory=edges.memory,
                trusted=settings.trusted,
            )
            stack.enter_context(mirror)
        edges.copy = mirror.path
        stack.callback(setattr, edges, "copy", None)
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
