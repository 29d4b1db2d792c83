"""One build from the root of a repository to its report. Nothing here prints or exits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.adapters.stepfiles import make_for
from go_release_gate.config.settings import Settings
from go_release_gate.engine.building.ahead import Ahead, modules_of
from go_release_gate.engine.building.compile import Compiled, Site, call_of, kept_programs
from go_release_gate.engine.building.guess import Guess
from go_release_gate.engine.building.plan import chosen, variants
from go_release_gate.engine.building.services import Unlisted, orders_for
from go_release_gate.engine.building.site import build_orders, site_of
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import Edges, Facts, phase
from go_release_gate.engine.work_sums import kept_work_sums
from go_release_gate.errors import NoModuleError, UnavailableError
from go_release_gate.facts.built import BuiltProgram, BuiltPrograms, CheckedVariant, Order
from go_release_gate.model.severity import Event

if TYPE_CHECKING:
    from go_release_gate.engine.base_judging import BaseTree
    from go_release_gate.engine.baseline import Baseline
    from go_release_gate.engine.building.with_images import ImageWishes
    from go_release_gate.engine.judging_facts import Judgement
    from go_release_gate.facts.built_images import BuiltImages
    from go_release_gate.model.report import Subject
    from go_release_gate.model.shipped import ShippedChanges
    from go_release_gate.report.built import BuildReport

Built = tuple[tuple[BuiltProgram, ...], tuple[CheckedVariant, ...]]


@dataclass(frozen=True, slots=True)
class BuildWishes:
    """What is wanted of a build.

    Attributes:
        services, platforms: names of those to build; empty: all. output: where the programs are left, None: nowhere.
        reproducible: build everything twice. smoke: start what can be started.
        keeps: whether programs may stay in the build cache, so that Go links only what changed.
    """

    services: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    output: Path | None = None
    reproducible: bool = False
    smoke: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build: `root` (real path), its settings, what the report calls it, the commit for linker flags.

    `base`: the commit to compare the programs with; `no_base`: why there is none though one is asked for.
    `images`: how images are built, None: not at all.
    """

    root: Path
    settings: Settings
    subject: Subject
    wishes: BuildWishes = field(default_factory=BuildWishes)
    stamp: Stamp = field(default_factory=Stamp)
    baseline: Baseline | None = None
    notices: tuple[str, ...] = ()
    base: BaseTree | None = None
    no_base: str = ""
    images: ImageWishes | None = None


def build(request: BuildRequest, edges: Edges, ahead: Ahead | None = None, guess: Guess | None = None) -> BuildReport:
    """Build every program of the repository and judge what came of it.

    Args:
        ahead: what is looking at the tree already. guess: what is being built already, where programs may be kept.

    Raises:
        NoModuleError: there is none, or no program. UnavailableError: nothing at all could be built (no Go, no space, a
            tree of strangers that leads out of itself).
    """
    started = edges.clock()
    Thread(target=_warm, daemon=True).start()
    facts = ahead.facts() if ahead else modules_of(request.root, request.settings, edges)
    if not request.settings.trusted:
        _enclosed(facts)
    with kept_work_sums(request.root, [one.dir for one in facts.repository.workspaces]):
        orders = _ordered(request, facts, edges)
        programs, variants_ = _built(request, facts, edges, orders, guess)
        changes = _changes(request, facts, edges, orders)
    built = BuiltPrograms(programs, variants_, request.subject.commit, request.settings.event is Event.TAG)
    judgement, images = _judged(request, facts, edges, built)
    edges.progress.close()
    facts.timings["total"] = edges.clock() - started
    from go_release_gate.model.report import CheckReport
    from go_release_gate.report.built import BuildReport

    report = CheckReport(
        version=__version__,
        go=edges.go.toolchain.version,
        subject=request.subject,
        verdict=judgement.verdict,
        complete=judgement.complete,
        skipped=tuple((skipped.dir, skipped.reason) for skipped in facts.repository.skipped),
        findings=judgement.findings,
        suppressed=judgement.suppressed,
        notices=(*request.notices, *facts.notices, *_notices(orders), *_broken(facts)),
        timings=facts.timings,
    )
    return BuildReport(report, built, changes, images)


def _judged(
    request: BuildRequest, facts: Facts, edges: Edges, built: BuiltPrograms
) -> tuple[Judgement, BuiltImages | None]:
    """What the rules say of the programs, and of the images where they are built, too."""
    settings = request.settings
    unreadable = [one.error.message for one in built.programs if one.error]
    unreadable += [one.error.message for one in built.variants if one.error]
    unlisted = facts.others.get(Unlisted)
    unreadable += unlisted.reasons if isinstance(unlisted, Unlisted) else ()
    unreadable += [f"{one.dir}: {one.error.message}" for one in facts.repository.modules if one.error]
    from go_release_gate.engine.judging_facts import judge_facts
    from go_release_gate.rules.of_builds import RULES_OF_BUILDS

    judgement = judge_facts(
        {BuiltPrograms: built}, settings, unreadable=unreadable, baseline=request.baseline, rules=RULES_OF_BUILDS
    )
    images: BuiltImages | None = None
    if request.images is not None:
        from go_release_gate.engine.building.with_images import with_images

        judgement, images = with_images(judgement, request, request.images, facts, edges)
    return judgement, images


def _changes(request: BuildRequest, facts: Facts, edges: Edges, orders: Sequence[Order]) -> ShippedChanges | None:
    """What became of every program since the base commit, where one is asked for."""
    if request.no_base:
        from go_release_gate.model.shipped import ShippedChanges

        return ShippedChanges("", problem=request.no_base)
    if request.base is None:
        return None
    from go_release_gate.engine.building.shipped import Wanted, shipped_changes

    wishes = request.wishes
    wanted = Wanted(request.settings, request.stamp, orders, wishes.services, wishes.platforms)
    site = site_of(facts.repository, request.settings, edges, edges.scratch, stamp=request.stamp)
    return shipped_changes(request.base, wanted, site, facts, edges)


def _enclosed(facts: Facts) -> None:
    """Raise UnavailableError where strangers would have Go read, and tell, what is not theirs."""
    from go_release_gate.engine.building.enclosed import way_out

    found = way_out(facts.repository)
    if found:
        raise UnavailableError(
            f"nothing is built of a pull request that is not trusted: {found}", "leave it away, or build it once merged"
        )


def _ordered(request: BuildRequest, facts: Facts, edges: Edges) -> tuple[Order, ...]:
    with phase("plan", 0, facts, edges):
        found = orders_for(facts, request.settings, edges)
    if not found:
        raise NoModuleError("no program (package main) found below this directory", "name one in build.services")
    return chosen(found, request.wishes.services, request.wishes.platforms)


def _built(request: BuildRequest, facts: Facts, edges: Edges, orders: Sequence[Order], guess: Guess | None) -> Built:
    """What came of the orders, and of the tags that are only type-checked."""
    wishes, settings = request.wishes, request.settings
    is_stamped = (request.root / ".git").exists() or not wishes.reproducible
    output = _output(wishes, edges)
    site = site_of(
        facts.repository, settings, edges, output, stamp=request.stamp, buildvcs="auto" if is_stamped else "false"
    )
    with phase("build", len(orders), facts, edges):
        programs, compiled = build_orders(orders, replace(site, guess=guess))
    if guess:
        kept = [call_of(one.order, site, one.file) for one in compiled if one.file]
        guess.keep(kept)
    checked = tuple(variants(orders, settings.build.tag_sets))
    found: tuple[CheckedVariant, ...] = ()
    if checked:
        from go_release_gate.engine.building.typecheck import type_check

        with phase("type-check", len(checked), facts, edges):
            found = type_check(checked, site)
    return _further((programs, compiled), site, request, facts, edges), found


def _warm() -> None:
    """Load what is needed once Go is done, while it works."""
    import elftools.elf.structs  # noqa: F401

    import go_release_gate.engine.building.audit
    import go_release_gate.engine.judging_facts
    import go_release_gate.report.built_forms
    import go_release_gate.rules.of_builds  # noqa: F401


def _further(
    done: tuple[tuple[BuiltProgram, ...], tuple[Compiled, ...]],
    site: Site,
    request: BuildRequest,
    facts: Facts,
    edges: Edges,
) -> tuple[BuiltProgram, ...]:
    """What is done with the programs only when it is asked for."""
    (programs, compiled), wishes = done, request.wishes
    if wishes.output is not None:
        keep(compiled, wishes.output)
    if wishes.reproducible:
        from go_release_gate.engine.building.reproduce import reproduced

        with phase("build again", len(compiled), facts, edges):
            programs = reproduced(programs, compiled, site, edges.scratch)
    if wishes.smoke and not request.settings.trusted:
        facts.notices.append("nothing was started: this event is not trusted")
    elif wishes.smoke:
        from go_release_gate.engine.building.smoke import started

        told = edges.go.toolchain.env
        host = f"{told.get('GOOS', '')}/{told.get('GOARCH', '')}"
        programs = started(programs, compiled, host=host, scratch=edges.scratch, owner=edges.owner)
    return programs


def _output(wishes: BuildWishes, edges: Edges) -> Path:
    """Where programs are made. Kept ones are believed by Go without looking inside: never for a release."""
    cache = edges.go.toolchain.env.get("GOCACHE", "")
    if wishes.keeps and not wishes.reproducible and cache not in ("", "off"):
        return kept_programs(cache, edges.owner)
    place = edges.scratch / "programs"
    place.mkdir(exist_ok=True)
    return place


def keep(compiled: Sequence[Compiled], output: Path) -> None:
    """Leave the programs below `output`, as `linux_arm64/api`. Raises UnavailableError: they cannot be written."""
    import shutil

    from go_release_gate.engine.building.audit import name_of

    for one in compiled:
        if one.file is None:
            continue
        target = output / name_of(one.order)
        try:
            make_for(_nearest(output), target.parent)
            target.unlink(missing_ok=True)  # never through a link, never into a program that runs
            shutil.copyfile(one.file, target)
            target.chmod(0o755)
            if os.geteuid() == 0:  # later steps of a job must be able to delete it
                owner = target.parent.stat()
                os.chown(target, owner.st_uid, owner.st_gid)
        except OSError as error:
            raise UnavailableError(f"cannot write {str(target)!r}: {error.strerror}", "mend --output-dir") from error


def _nearest(directory: Path) -> Path:
    """The directory, or the nearest one above it that exists."""
    return next(place for place in (directory, *directory.parents) if place.exists())


def _notices(orders: Sequence[Order]) -> list[str]:
    """What of the release's own build is not known, said once."""
    return list(
        dict.fromkeys(f"{one.service} ({one.path}:{one.line}): {said}" for one in orders for said in one.unknown)
    )


def _broken(facts: Facts) -> list[str]:
    unlisted = facts.others.get(Unlisted)
    reasons = list(unlisted.reasons) if isinstance(unlisted, Unlisted) else []
    return reasons + [f"{one.dir} was not built: {one.error.message}" for one in facts.repository.modules if one.error]
