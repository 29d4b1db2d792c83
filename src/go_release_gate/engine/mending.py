"""What would mend the modules whose findings have a safe fix: files as they are and as they would be."""

from __future__ import annotations

from collections.abc import Iterable

from go_release_gate.engine.context import phase
from go_release_gate.engine.tidying import Tidier
from go_release_gate.engine.verifying import vendor_run
from go_release_gate.facts.module import Module
from go_release_gate.facts.patch import Mended
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.tidy_run import TidyRun, collect
from go_release_gate.facts.vendoring import renew_vendor
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import Outcome

OF_TIDY = frozenset({"untidy-module", "unformatted-module-file", "missing-go-directive"})
OF_VENDOR = frozenset({"stale-vendor"})


def mend(tidier: Tidier, findings: Iterable[Finding]) -> list[Mended]:
    """Files to write, in dependency order; nothing is written here.

    A module is tidied again once one that it replaces locally has changed, even if it had no finding; a vendor
    tree follows its go.mod. Findings that do not count are not mended.
    """
    counted = {(finding.module, finding.rule) for finding in findings if finding.module is not None}
    tidied = {directory for directory, rule in counted if rule in OF_TIDY}
    vendored = {directory for directory, rule in counted if rule in OF_VENDOR}
    changed: set[str] = set()
    mended: list[Mended] = []
    with phase("mend", 0, tidier.facts, tidier.edges):
        for module in tidier.facts.modules:
            tidy = _tidied(module, tidier, changed) if module.dir in tidied or _follows(module, changed) else None
            if tidy and tidy.mod_after is not None:
                if tidy.mod_after != module.mod_bytes:
                    changed.add(module.dir)
                    (tidier.run.mirror.dir_of(module) / "go.mod").write_bytes(tidy.mod_after)
                mended += _files(module, tidy, tidier.run)
            if module.has_vendor and (module.dir in vendored or module.dir in changed):
                mended += _vendor(module, tidy, tidier)
    return mended


def _follows(module: Module, changed: set[str]) -> bool:
    return bool(changed.intersection(module.local_replaces))


def _tidied(module: Module, tidier: Tidier, changed: set[str]) -> Tidy | None:
    """Tidy's answer, asked anew when a neighbour has changed; None when there is nothing to write."""
    tidy = collect(module, tidier.run) if _follows(module, changed) else tidier.facts.tidy[module.dir]
    return tidy if tidy.outcome is Outcome.FAIL else None


def _files(module: Module, tidy: Tidy, run: TidyRun) -> list[Mended]:
    files = (("go.mod", module.mod_bytes, tidy.mod_after), ("go.sum", module.sum_bytes, tidy.sum_after))
    mended = []
    for name, before, after in files:
        is_converted = b"\r\n" in (before or b"") and run.is_conversion(module.file(name))
        file = Mended(module.file(name), before, after, is_converted)
        if file.diff:
            mended.append(file)
    return mended


def _vendor(module: Module, tidy: Tidy | None, tidier: Tidier) -> list[Mended]:
    after = (tidy.mod_after, tidy.sum_after) if tidy and tidy.mod_after is not None else None
    run = vendor_run(tidier.facts, tidier.settings, tidier.edges, tidier.explain)
    return renew_vendor(module, after or (module.mod_bytes, module.sum_bytes), run)
