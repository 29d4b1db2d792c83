"""`build`: compile every program for every platform as a release would, and judge what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.adapters.github.runner import new_token
from go_release_gate.cli.asking import sinks_of, unjudged, wishes_of
from go_release_gate.cli.complain import complain
from go_release_gate.cli.root import below, guarded_by, root_of
from go_release_gate.cli.session import Session, open_session
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.engine.building.ahead import Ahead
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.context import jobs_of
from go_release_gate.engine.work_sums import kept_work_sums
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.model.severity import Event
from go_release_gate.model.subject import Subject
from go_release_gate.report.colour import wants_colour
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.redact import Redactor
from go_release_gate.report.write import check_sinks, write_reports

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.engine.base_judging import BaseTree
    from go_release_gate.engine.building.guess import Guess
    from go_release_gate.engine.building.run import BuildWishes
    from go_release_gate.report.built import BuildReport


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left: the report and every secret that must stay out of sinks."""

    report: BuildReport
    secrets: tuple[str, ...] = ()


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the verb; 0 pass, 1 fail, 3 unavailable. Raises GateError for everything else."""
    sinks = sinks_of(args, environ)
    check_sinks(sinks)
    try:
        built = perform(args, environ)
    except UnavailableError as error:
        if sinks.format == "text" and not sinks.files:
            raise
        complain(error, environ)
        from go_release_gate.report.built import BuildReport

        built = Built(BuildReport(unjudged(error)))
    from go_release_gate.report.built_forms import form  # loaded while Go works

    write_reports(
        built.report,
        sinks,
        options_of(args, environ),
        sys.stdout,
        redactor=Redactor(built.secrets),
        token=new_token if environ.get("GITHUB_ACTIONS") == "true" else None,
        forms=form,
    )
    return built.report.check.verdict.exit_code


def options_of(args: argparse.Namespace, environ: Mapping[str, str]) -> RenderOptions:
    """How the reports look."""
    return RenderOptions(
        colour=wants_colour(args.color or "auto", environ, is_tty=sys.stdout.isatty()),
        verbose=bool(args.verbose),
        quiet=bool(args.quiet),
        timings=bool(args.timings),
    )


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Built:
    """Build and judge.

    Raises:
        UsageError: an unknown service or platform, a place for programs that is none. UnavailableError: nothing could
            be built (no Go, no space). NoModuleError: there is no program.
    """
    root = root_of(args, environ)
    output = _output(args, environ)
    judged = judged_settings(args, environ, root)
    with kept_work_sums(root), open_session(wishes_of(args, environ, root), judged.settings, environ) as session:
        ahead = Ahead(root, judged.settings, session.edges)
        ahead.ask()
        session.asking = ahead.thread
        stamp = _stamp(judged, session, root, environ)
        guess = _guess(args, environ, judged, session.edges.go, (root, stamp.commit))
        subjects: list[Subject] = []
        naming = Thread(target=lambda: subjects.append(subject_of(judged, session, stamp.commit)), daemon=True)
        naming.start()
        ahead.start()
        from go_release_gate.engine.building.run import BuildRequest, build

        naming.join()
        request = BuildRequest(
            root,
            judged.settings,
            subjects[0] if subjects else subject_of(judged, session, stamp.commit),
            _wishes(args, environ, judged, output),
            stamp,
            judged.baseline,
            (*judged.notices, *session.notices),
            *_base(judged, session, args, environ, root),
        )
        if args.with_images:
            from go_release_gate.cli.building_images import with_images

            request = with_images(request, args, environ, session.runner)
        try:
            return Built(build(request, session.edges, ahead, guess), session.secrets)
        finally:
            if guess:
                guess.settle()


def _guess(
    args: argparse.Namespace, environ: Mapping[str, str], judged: Judged, go: Go, tree: tuple[Path, str]
) -> Guess | None:
    """What was built last of this tree (root, commit), begun; None: no program is kept, so that none is up to date."""
    (root, commit), settings = tree, judged.settings
    if not _keeps(environ, judged) or args.reproducible or not settings.trusted or not go.cache:
        return None
    from go_release_gate.engine.building.guess import Guess

    asked = [str((args.service, args.platform)), settings.digest, commit, __version__]
    guess = Guess(go, root, asked, jobs_of(settings))
    guess.start(settings.build.timeout)
    return guess


def _keeps(environ: Mapping[str, str], judged: Judged) -> bool:
    """What a workflow restored from a cache is not believed, and nothing is left of a release that was not linked."""
    return environ.get("GITHUB_ACTIONS") != "true" and judged.settings.event is not Event.TAG


def _wishes(args: argparse.Namespace, environ: Mapping[str, str], judged: Judged, output: Path | None) -> BuildWishes:
    from go_release_gate.engine.building.run import BuildWishes

    return BuildWishes(
        services=tuple(args.service or ()),
        platforms=tuple(args.platform or ()),
        output=output,
        reproducible=bool(args.reproducible),
        smoke=bool(args.smoke),
        keeps=_keeps(environ, judged),
    )


def _stamp(judged: Judged, session: Session, root: Path, environ: Mapping[str, str]) -> Stamp:
    """The commit that is checked out; its version is the tag's, else what git describe says."""

    def version() -> str:
        from go_release_gate.cli.describing import described

        tag = judged.settings.tag.rpartition("/")[2]
        if tag:
            return tag
        found = described(root, environ)
        one = found.modules.get(found.main)
        return one.text if one else ""

    return Stamp(*session.git.head(), version)


def _base(
    judged: Judged, session: Session, args: argparse.Namespace, environ: Mapping[str, str], root: Path
) -> tuple[BaseTree | None, str]:
    """The commit to compare the programs with, where one is asked for, or why there is none."""
    if not args.base and judged.event.event is not Event.PULL_REQUEST:
        return None, ""
    from go_release_gate.cli.basetree import locate_base

    try:
        return locate_base(judged, args, environ, root, session), ""
    except UnavailableError as error:
        return None, error.message


def subject_of(judged: Judged, session: Session, head: str) -> Subject:
    """What the report is about; `head`: the commit that is checked out."""
    event, settings = judged.event, judged.settings
    tag = settings.tag
    return Subject(
        repository=event.repository or session.git.origin(),
        commit=event.head or head,
        ref=f"refs/tags/{tag}" if tag and settings.event is Event.TAG else event.ref or session.git.ref(),
        event=settings.event,
        base=settings.base or event.base,
        config=settings.digest,
        run=event.run,
    )


def _output(args: argparse.Namespace, environ: Mapping[str, str]) -> Path | None:
    """Where programs are left; in a workflow never through a link of the checkout."""
    if not args.output_dir:
        return None
    place = Path(args.output_dir).absolute()
    workspace = guarded_by(environ)
    if workspace is not None:
        top = workspace.resolve()
        name = below(place, top)
        if name is not None and place.resolve() != top / name:
            raise UsageError(f"--output-dir {args.output_dir!r} leads through a symbolic link of the checkout")
    if place.exists() and not place.is_dir():
        raise UsageError(f"--output-dir {args.output_dir!r} is no directory")
    return place
