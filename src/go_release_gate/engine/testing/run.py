"""One run of the tests from the root of a repository to its report. Nothing here prints or exits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.adapters.testenv import tests_environment
from go_release_gate.engine.context import Edges, Facts, parallel, phase
from go_release_gate.engine.discover import discover
from go_release_gate.engine.globs import matcher
from go_release_gate.engine.testing.asked import Changes, TestingRequest
from go_release_gate.engine.testing.beating import Beat
from go_release_gate.engine.testing.commands import Stage, run_command
from go_release_gate.engine.testing.coverage import count
from go_release_gate.engine.testing.listing import Listed, list_modules
from go_release_gate.engine.testing.running import Bench, Ran, run_module
from go_release_gate.engine.testing.thresholds import thresholds, total
from go_release_gate.engine.work_sums import kept_work_sums
from go_release_gate.errors import NoModuleError, UnavailableError, UsageError
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.tested import RanCommand, RanModule, RanTests
from go_release_gate.gotest.profile import Block
from go_release_gate.report.tested import TestingReport

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Runner
    from go_release_gate.engine.base_judging import BaseTree

NOTHING_RAN = "no test was run: there is none in the modules that were tested"

CUT = "the test program of {} ended before its tests had: os.Exit(0), or a TestMain without m.Run; Go calls that passed"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known before any test runs: modules with their packages fetched, and the lines that changed."""

    facts: Facts
    listed: tuple[Listed, ...]
    changes: Changes | None = None


def prepare(request: TestingRequest, edges: Edges, base: Callable[[], BaseTree | None] = lambda: None) -> Prepared:
    """Discover, fetch and compare: everything that may need credentials.

    Args:
        base: gives the commit to count changed lines from; None: there is none to compare with.

    Raises:
        NoModuleError: there is none. UsageError: a name that is no module's. UnavailableError: there is no Go.
    """
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
    _refuse_unknown(facts.repository, request)
    changes: Changes | None = None
    try:
        tree = base()
        if tree is not None:
            from go_release_gate.engine.testing.changes import changes_since

            with phase("compare", 0, facts, edges):
                changes = changes_since(tree, request.root, edges.scratch)
    except UnavailableError as error:
        facts.notices.append(f"coverage of changed lines is not judged: {error.message}")
    with phase("list", len(facts.repository.modules), facts, edges), _kept(facts):
        listed = list_modules(facts.repository, request, edges)
    return Prepared(facts, listed, changes)


def test(request: TestingRequest, prepared: Prepared, edges: Edges, runner: Runner) -> TestingReport:
    """Run the tests of every module and judge what came of them. `edges`: of a session without credentials."""
    started, facts = edges.clock(), prepared.facts
    env = tests_environment(edges.go.environment, request.parent, request.root)
    bench = _bench(request, env, facts, edges)
    packages = sum(len(one.packages) for one in prepared.listed)
    with phase("test", packages, facts, edges), _kept(facts):
        ran = _run_all(prepared.listed, bench, request)
    is_excluded = matcher(request.settings.test.exclude)
    counted = [count(one.module, one.profile, request.root, is_excluded, prepared.changes) for one in ran]
    modules = tuple(one.module for one in counted)
    stage = Stage(request.root, runner, env, request.parent, request.config)
    commands, logs = _commands(request, modules, stage, facts, edges)
    _leave(request, modules, commands, logs, [one.profile for one in counted])
    tests = RanTests(
        modules,
        commands,
        thresholds(modules, request.settings.test),
        prepared.changes.base if prepared.changes else "",
        total(one.coverage for one in modules),
        total(one.changed for one in modules),
    )
    facts.timings["total"] = facts.timings.get("list", 0.0) + edges.clock() - started
    edges.progress.close()
    return _judged(tests, request, facts, edges)


test.__test__ = False  # type: ignore[attr-defined]  # no test of ours


def _kept(facts: Facts) -> AbstractContextManager[None]:
    return kept_work_sums(facts.repository.root, [one.dir for one in facts.repository.workspaces])


def _refuse_unknown(repository: Repository, request: TestingRequest) -> None:
    known = {one.dir for one in repository.modules}
    if not known:
        raise NoModuleError("no Go module found below this directory", "run it at the root of a repository")
    unknown = [one for one in request.settings.modules if one not in known]
    if unknown:
        raise UsageError(f"--module {unknown[0]!r} names no module", f"modules: {', '.join(sorted(known)[:20])}")


def _bench(request: TestingRequest, env: Mapping[str, str], facts: Facts, edges: Edges) -> Bench:
    bench = Bench(
        request.root, edges.go, env, request.settings, request.wishes, edges.scratch, Beat(edges.progress), edges.owner
    )
    if request.wishes.race == "off":
        return bench
    from go_release_gate.engine.testing.race import why_no_race

    with phase("race detector", 0, facts, edges):
        why = why_no_race(edges.go, env, edges.scratch, edges.owner)
    if why and request.wishes.race == "on":
        raise UnavailableError(f"the race detector does not work here: {why}", "install a C compiler, or --race auto")
    if why:
        facts.notices.append(f"tests run without the race detector, which does not work here: {why}")
    return replace(bench, raced=not why)


def _run_all(listed: Sequence[Listed], bench: Bench, request: TestingRequest) -> list[Ran]:
    """One module after the other, unless somebody says that they may run beside each other: tests take ports."""
    found: dict[str, Ran] = {}
    work = {str(number): partial(run_module, one, number, bench) for number, one in enumerate(listed)}
    parallel(request.settings.jobs or 1, work, found.__setitem__)
    return [found[name] for name in work]


def _commands(
    request: TestingRequest, modules: Sequence[RanModule], stage: Stage, facts: Facts, edges: Edges
) -> tuple[tuple[RanCommand, ...], dict[str, str]]:
    """Every command, once `go test` has passed; and the logs of containers by the name of their command."""
    entries = request.settings.test.commands
    if not entries:
        return (), {}
    if any(one.has_failed or one.error for one in modules):
        facts.notices.append(f"not run, as not all tests passed: {', '.join(one.name for one in entries)}")
        return (), {}
    found: list[RanCommand] = []
    logs: dict[str, str] = {}
    with phase("commands", len(entries), facts, edges):
        for entry in entries:
            ran, said = run_command(entry, stage)
            found.append(ran)
            logs |= {f"{entry.name}-containers": said} if said else {}
            edges.progress.step(entry.name, "failed" if ran.problem else "unavailable" if ran.error else "passed")
    return tuple(found), logs


def _leave(
    request: TestingRequest,
    modules: Sequence[RanModule],
    commands: Sequence[RanCommand],
    logs: Mapping[str, str],
    profiles: Sequence[Mapping[str, tuple[Block, ...]]],
) -> None:
    """The files that are asked for: coverage of all modules, and what was said by what failed."""
    from go_release_gate.engine.testing.leaving import leave_coverage, leave_logs

    if request.wishes.coverage_file is not None:
        leave_coverage(request.wishes.coverage_file, profiles)
    if request.wishes.logs is not None:
        leave_logs(request.wishes.logs, modules, commands, logs)


def _judged(tests: RanTests, request: TestingRequest, facts: Facts, edges: Edges) -> TestingReport:
    from go_release_gate.engine.judging_facts import judge_facts
    from go_release_gate.model.report import CheckReport
    from go_release_gate.rules.of_tests import RULES_OF_TESTS

    unreadable = [one.error.message for one in tests.modules if one.error]
    unreadable += [one.error.message for one in tests.commands if one.error]
    judgement = judge_facts(
        {RanTests: tests}, request.settings, unreadable=unreadable, baseline=request.baseline, rules=RULES_OF_TESTS
    )
    notices = [*request.notices, *facts.notices]
    notices += [CUT.format(one.path) for module in tests.modules for one in module.packages if one.is_cut]
    notices += [f"{one.dir} was not tested: {one.error.message}" for one in tests.modules if one.error]
    if not tests.tests and not tests.commands:
        notices.append(NOTHING_RAN)
    report = CheckReport(
        version=__version__,
        go=edges.go.toolchain.version,
        subject=request.subject,
        verdict=judgement.verdict,
        complete=judgement.complete,
        skipped=tuple((skipped.dir, skipped.reason) for skipped in facts.repository.skipped),
        findings=judgement.findings,
        suppressed=judgement.suppressed,
        notices=tuple(notices),
        timings=facts.timings,
    )
    return TestingReport(report, tests)
