"""The phases after tidy: verify the cache it filled, compare vendor trees with a fresh vendoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.engine.context import Edges, Facts, jobs_of, parallel, phase
from go_release_gate.facts.anchored import VerifyRun, verify_repository
from go_release_gate.facts.anchors import merge
from go_release_gate.facts.module import Module
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.verify import Verification, Verify
from go_release_gate.facts.verify_go import verify_with_go
from go_release_gate.model.outcome import ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Completed
    from go_release_gate.config.settings import Settings
    from go_release_gate.facts.vendoring import VendorRun

    Explain = Callable[[Completed, Module], ModuleError]


def verify_all(facts: Facts, settings: Settings, edges: Edges, explain: Explain) -> frozenset[str]:
    """Fill `facts.verify`; gives the directories of modules that must be tidied again, because content that
    tidy had read was damaged and is healed now. `explain` gives another failure of Go its class."""
    with phase("verify", 0, facts, edges):
        if settings.verify != "go":
            run = VerifyRun(
                Path(edges.go.toolchain.modcache),
                edges.go,
                edges.scratch,
                edges.progress,
                jobs_of(settings),
                settings.verify == "both",
                settings.offline,
                settings.go.timeout,
                frozenset(directory for directory, tidy in facts.tidy.items() if tidy.error is None),
            )
            verification = verify_repository(facts.modules, run)
            facts.verify = dict(verification.by_dir)
            facts.others[Verification] = verification
        else:
            facts.others[Verification] = Verification(contradictions=merge(facts.modules).contradictions())
        if settings.verify != "anchored":
            _verify_with_go(facts, settings, edges, explain)
    return frozenset(directory for directory, verify in facts.verify.items() if verify.healed)


def _verify_with_go(facts: Facts, settings: Settings, edges: Edges, explain: Explain) -> None:
    """Ask Go itself for every module; where both were asked, the graver answer counts."""

    def work(module: Module) -> Callable[[], Verify]:
        return lambda: verify_with_go(
            module,
            go=edges.go,
            directory=facts.repository.root / module.dir,
            scratch=edges.scratch,
            explain=lambda done: explain(done, module),
            timeout=settings.go.timeout,
        )

    def done(directory: str, verify: Verify) -> None:
        facts.verify[directory] = _graver(facts.verify.get(directory), verify)
        edges.progress.step(directory, str(verify.outcome))

    modules = [module for module in facts.modules if module.error is None]
    parallel(jobs_of(settings), {module.dir: work(module) for module in modules}, done)


_GRAVITY = (Outcome.FAIL, Outcome.UNAVAILABLE, Outcome.PASS, Outcome.NOT_APPLICABLE)


def _graver(anchored: Verify | None, of_go: Verify) -> Verify:
    if anchored is None:
        return of_go
    worse = min(anchored, of_go, key=lambda verify: _GRAVITY.index(verify.outcome))
    return replace(anchored, outcome=worse.outcome, error=worse.error, damaged=(*anchored.damaged, *of_go.damaged))


def vendor_run(facts: Facts, settings: Settings, edges: Edges, explain: Explain) -> VendorRun:
    """What vendoring shares over one check."""
    from go_release_gate.facts.vendoring import VendorRun

    return VendorRun(facts.repository.root, edges.go, edges.scratch, edges.is_conversion, explain, settings.go.timeout)


def vendor_all(facts: Facts, settings: Settings, edges: Edges, explain: Explain) -> None:
    """Fill `facts.vendor` for the modules that have a vendor directory."""
    modules = {module.dir: module for module in facts.modules if module.has_vendor and module.error is None}
    modules |= _of_workspaces(facts)
    if not modules:
        return
    from go_release_gate.facts.vendoring import collect_vendor

    run = vendor_run(facts, settings, edges, explain)

    def work(module: Module) -> Callable[[], Vendor]:
        return lambda: collect_vendor(module, facts.tidy.get(module.dir), run)

    def done(directory: str, vendor: Vendor) -> None:
        facts.vendor[directory] = vendor
        edges.progress.step(directory, str(vendor.outcome))

    with phase("vendor", len(modules), facts, edges):
        parallel(jobs_of(settings), {directory: work(module) for directory, module in modules.items()}, done)


def _of_workspaces(facts: Facts) -> dict[str, Module]:
    """A vendor tree beside a go.work where no module lies: its first member answers for it."""
    found = {}
    for workspace in facts.repository.workspaces:
        members = [module for module in facts.modules if module.dir in workspace.members and not module.has_vendor]
        here = facts.repository.module_at(workspace.dir)
        if here is None and members and (facts.repository.root / workspace.dir / "vendor").is_dir():
            found[members[0].dir] = Module(workspace.dir, "", b"", None, has_vendor=True)
    return found
