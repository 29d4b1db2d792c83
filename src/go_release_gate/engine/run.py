"""One check from the root of a repository to its report: discover, collect, judge. Nothing here prints or exits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.config.policy import EDITION
from go_release_gate.config.settings import Settings
from go_release_gate.engine.apply import apply_rules
from go_release_gate.engine.asking import ask_retractions, is_answered, is_read
from go_release_gate.engine.baseline import Baseline
from go_release_gate.engine.choose import chosen_modules
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.discover import discover
from go_release_gate.engine.judge import edition_notices, judge
from go_release_gate.engine.owners import with_owners
from go_release_gate.engine.relevant import collect_further, load_ahead, relevant_rules
from go_release_gate.engine.suppress import suppress
from go_release_gate.engine.tidying import Tidier, tidying
from go_release_gate.engine.verifying import vendor_all, verify_all
from go_release_gate.errors import NoModuleError
from go_release_gate.facts.module import Module
from go_release_gate.facts.patch import cap
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.toolchain import Toolchain
from go_release_gate.facts.vendor import Vendor
from go_release_gate.facts.verify import Verify
from go_release_gate.model.finding import Finding
from go_release_gate.model.outcome import ModuleError, Outcome
from go_release_gate.model.report import (
    CheckReport,
    Comparison,
    ModuleAnswer,
    Subject,
    Suppressed,
    TidyAnswer,
    VerifyAnswer,
)
from go_release_gate.model.severity import Event

if TYPE_CHECKING:
    from go_release_gate.engine.base_judging import BaseTree

Sifted = tuple[tuple[Finding, ...], tuple[Suppressed, ...], tuple[str, ...]]
NO_INDEX = {"GODEBUG": "goindex=0"}
DIFF_LIMIT = 64 * 1024  # characters of one module's diff in the report; the patch is never cut


@dataclass(frozen=True, slots=True)
class Request:
    """What to check: `root` (real path), its settings, and what the report calls it.

    `mend`: whether the patch that tidies all modules is wanted (`--diff`, `--fix`, a workflow step).
    `base_file`: reads a file of a pull request's base commit, whose suppressions count when its author is not trusted.
    `base_tree`: the commit whose findings do not count where `only_new` is set; None: there is none to compare with.
    `code_owners`: path → owners, for findings where the configuration names no owners.
    """

    root: Path
    settings: Settings
    subject: Subject
    baseline: Baseline | None = None
    notices: tuple[str, ...] = ()
    mend: bool = False
    base_file: Callable[[str], bytes | None] | None = None
    base_tree: BaseTree | None = None
    code_owners: Callable[[str], tuple[str, ...]] | None = None


def check(request: Request, edges: Edges) -> CheckReport:
    """Judge every module below the root.

    Raises:
        NoModuleError: there is none. UnavailableError: nothing at all could be judged (no Go, no space).
    """
    started = edges.clock()
    facts = _discovered(request, edges)
    load_ahead(facts.repository, request.settings)
    with tidying(facts, request.settings, edges) as tidier:
        _collect(tidier)
        with phase("rules", 0, facts, edges):
            found = judged_findings(facts, edges.go.toolchain, request.settings)
            found = with_owners(found, request.settings, request.code_owners)
            sifted = suppress(found, request, facts)
        if request.mend:
            from go_release_gate.engine.mending import mend

            facts.mended = mend(tidier, sifted[0])
    comparison = None
    if request.settings.only_new:
        from go_release_gate.engine.only_new import compare

        sifted, comparison = compare(sifted, request, facts, edges)
    edges.progress.close()
    facts.timings["total"] = edges.clock() - started
    return _report(request, facts, sifted, edges.go.toolchain, comparison)


def _discovered(request: Request, edges: Edges) -> Facts:
    settings = request.settings
    facts = Facts(Repository(request.root, ()))
    with phase("discover", 0, facts, edges):
        facts.repository = discover(
            request.root,
            include=settings.include,
            exclude=settings.exclude,
            trusted=settings.trusted,
            caches=(Path(edges.go.toolchain.modcache),),
        )
    if not facts.repository.modules:
        raise NoModuleError("no Go module found below this directory", _skipped_hint(facts.repository))
    facts.chosen = chosen_modules(facts.repository, settings.modules)
    return facts


def _collect(tidier: Tidier) -> None:
    """Every fact the rules need, in the order that makes them true: tidy fills the cache that verify hashes."""
    facts, settings, edges = tidier.facts, tidier.settings, tidier.edges
    # a release depends on nothing that an earlier job may have left in the build cache
    tidier.tidy(env=NO_INDEX if settings.event is Event.TAG else None)
    healed = verify_all(facts, settings, edges, tidier.explain)
    if healed:
        # what was judged from damaged content is judged again, without the index made from it
        tidier.tidy(healed, NO_INDEX)
    vendor_all(facts, settings, edges, tidier.explain)
    ask_retractions(facts, settings, edges)
    collect_further(facts, settings, edges)


def _skipped_hint(repository: Repository) -> str:
    if not repository.skipped:
        return "run it at the root of a repository, or name a directory: go-release-gate check PATH"
    places = ", ".join(f"{skipped.dir} ({skipped.reason})" for skipped in repository.skipped[:5])
    more = f" and {len(repository.skipped) - 5} more" if len(repository.skipped) > 5 else ""
    nested = next((skipped.dir for skipped in repository.skipped if skipped.reason == "nested-repository"), "")
    if nested:
        return f"{nested} is a repository of its own: name it as PATH, or `path: {nested}` in a workflow"
    return f"passed over: {places}{more}; `--include` brings one back"


def _report(
    request: Request, facts: Facts, sifted: Sifted, toolchain: Toolchain, comparison: Comparison | None
) -> CheckReport:
    settings = request.settings
    findings, suppressed, notices = sifted
    answers = tuple(module_answer(module, facts) for module in facts.modules)
    accepted = (one.finding for one in suppressed)
    verdict, complete = judge(findings, answers, settings, accepted, is_answered=is_answered(facts))
    complete = complete and is_read(facts)
    return CheckReport(
        version=__version__,
        go=toolchain.version,
        subject=request.subject,
        verdict=verdict,
        complete=complete,
        modules=answers,
        skipped=tuple((skipped.dir, skipped.reason) for skipped in facts.repository.skipped),
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        comparison=comparison,
        notices=(*request.notices, *facts.notices, *notices, *_newer_rules(settings)),
        timings=facts.timings,
        patch="".join(file.diff for file in facts.mended),
        mended=tuple(facts.mended),
    )


def _newer_rules(settings: Settings) -> tuple[str, ...]:
    """What is said of rules newer than the edition in force; there are none in the newest."""
    if settings.edition == EDITION:
        return ()
    from go_release_gate.rules.registry import RULES

    return edition_notices(RULES, settings)


def judged_findings(facts: Facts, toolchain: Toolchain, settings: Settings) -> list[Finding]:
    """What the rules find in the facts, about the repository and the modules that were to be judged."""
    of_repository: dict[type, object] = {Repository: facts.repository, Toolchain: toolchain, **facts.others}
    of_modules = {
        module.dir: _present(
            {
                Module: module,
                Tidy: facts.tidy.get(module.dir),
                Verify: facts.verify.get(module.dir),
                Vendor: facts.vendor.get(module.dir),
            }
        )
        for module in facts.modules
    }
    found = apply_rules(relevant_rules(facts.repository, settings), of_repository, of_modules, settings)
    return [finding for finding in found if not facts.chosen or finding.module in (None, *facts.chosen)]


def _present(facts: dict[type, object]) -> dict[type, object]:
    return {kind: fact for kind, fact in facts.items() if fact is not None}


def module_answer(module: Module, facts: Facts) -> ModuleAnswer:
    """What the report says of one module."""
    tidy = facts.tidy.get(module.dir, Tidy(Outcome.UNAVAILABLE))
    verify = facts.verify.get(module.dir, Verify(Outcome.NOT_APPLICABLE))
    vendor = facts.vendor.get(module.dir, Vendor(Outcome.NOT_APPLICABLE))
    return ModuleAnswer(
        module.dir,
        module.path,
        TidyAnswer(tidy.outcome, tidy.kind, cap(tidy.diff, DIFF_LIMIT)),
        VerifyAnswer(
            verify.outcome,
            verify.modules,
            verify.verified,
            verify.absent,
            verify.bytes,
            tuple(f"{healed.module}@{healed.version}" for healed in verify.healed),
        ),
        vendor.outcome,
        _error(module.error, tidy.error, verify.error, vendor.error),
        (sum(change.reason.kind != "unknown" for change in tidy.changes), len(tidy.changes)),
    )


def _error(*errors: ModuleError | None) -> ModuleError | None:
    return next((error for error in errors if error), None)
