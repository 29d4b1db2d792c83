"""Tidy's changes with their reasons: asks Go why, then reads the module cache."""

from __future__ import annotations

from go_release_gate.facts.modgraph import ModuleCache
from go_release_gate.facts.module import Module
from go_release_gate.facts.reasons import explain, gather
from go_release_gate.facts.tidy import Change, Tidy
from go_release_gate.facts.tidy_run import TidyRun, modfile_of
from go_release_gate.facts.why import ask
from go_release_gate.gomod import modfile


def explained(module: Module, tidy: Tidy, run: TidyRun, cache: ModuleCache) -> tuple[Change, ...]:
    """The changes of `tidy`, each with its reason; costs one call of Go and is only made for untidy modules."""
    assert tidy.mod_after is not None  # noqa: S101 - changes come with the file that has them
    directory = run.mirror.dir_of(module)
    chains = ask(
        run.go,
        {change.subject.rsplit("@", 1)[0] for change in tidy.changes if "@" in change.subject},
        cwd=directory,
        modfile=modfile_of(module, run),
        timeout=run.timeout,
    )
    local = {other.path: other.mod for other in run.repository.modules if other.mod}
    after = modfile.parse(tidy.mod_after)
    return explain(tidy.changes, gather(module, after, chains=chains, cache=cache, directory=directory, local=local))
