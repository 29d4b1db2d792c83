"""`check`: judge every Go module of a repository, report, and mend when asked to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.github.runner import new_token
from go_release_gate.cli.asking import credentials_of, sinks_of, unjudged, wishes_of
from go_release_gate.cli.complain import complain
from go_release_gate.cli.owning import owners_by_path
from go_release_gate.cli.root import guarded_by, root_of
from go_release_gate.cli.session import Session, open_session
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.model.severity import Event
from go_release_gate.model.subject import Subject
from go_release_gate.report.colour import wants_colour
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.redact import Redactor
from go_release_gate.report.write import Sinks, check_sinks, write_reports

if TYPE_CHECKING:
    from go_release_gate.engine.run import Request
    from go_release_gate.model.report import CheckReport

__all__ = ["Checked", "credentials_of", "perform", "sinks_of", "unjudged", "wishes_of"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check left: the report and every secret that must stay out of sinks."""

    report: CheckReport
    secrets: tuple[str, ...] = ()


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the verb; 0 pass, 1 fail, 3 unavailable. Raises GateError for everything else."""
    if args.fix and args.diff:
        raise UsageError("--diff shows what would change, --fix changes it", "give one of them")
    sinks = sinks_of(args, environ)
    check_sinks(sinks)
    try:
        checked = perform(args, environ)
    except UnavailableError as error:
        if sinks.format == "text" and not sinks.files:
            raise
        complain(error, environ)
        checked = Checked(unjudged(error))
    redactor = Redactor(checked.secrets)
    options, stream = options_of(args, environ), sys.stdout
    if is_patch_wanted(args, sinks, environ):
        sys.stdout.buffer.write(redactor.text(checked.report.patch).encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()
        options, stream = replace(options, diff=False, colour=False), sys.stderr
    write_reports(
        checked.report,
        sinks,
        options,
        stream,
        redactor=redactor,
        token=new_token if environ.get("GITHUB_ACTIONS") == "true" else None,
    )
    return checked.report.verdict.exit_code


def is_patch_wanted(args: argparse.Namespace, sinks: Sinks, environ: Mapping[str, str]) -> bool:
    """Whether standard output is to hold the patch alone, byte for byte: `--diff` into a pipe or a file.

    On a terminal and in a workflow's log the patch is part of the text, foreign bytes made harmless.
    """
    is_read_by_people = sys.stdout.isatty() or environ.get("GITHUB_ACTIONS") == "true"
    return bool(args.diff) and sinks.format == "text" and sinks.output is None and not is_read_by_people


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Checked:
    """Check, and with `--fix` mend and check what is left."""
    root = root_of(args, environ)
    judged = judged_settings(args, environ, root)
    with open_session(wishes_of(args, environ, root), judged.settings, environ) as session:
        session.ask_go("go_release_gate.engine.run")
        request = _with_base(request_of(args, judged, session, root), judged, args, environ, session)
        report = _judge(request, session, environ)
        if args.fix:
            report = _mended(request, report, session, environ)
        return Checked(_with_baseline(args, report, guarded_by(environ)), session.secrets)


def _judge(request: Request, session: Session, environ: Mapping[str, str]) -> CheckReport:
    """Judge the checkout, or a copy in which `prepare` has run (trusted events only: it is the repository's code)."""
    from go_release_gate.engine.run import check

    command = request.settings.prepare
    if not command:
        return check(request, session.edges)
    if not request.settings.trusted:
        said = "`prepare` was not run: this pull request is not trusted"
        return check(replace(request, notices=(*request.notices, said)), session.edges)
    from go_release_gate.engine.prepare import prepared

    with prepared(request.root, command, runner=session.runner, env=environ, scratch=session.edges.scratch) as copy:
        return check(replace(request, root=copy), session.edges)


def _mended(request: Request, report: CheckReport, session: Session, environ: Mapping[str, str]) -> CheckReport:
    """Write the safe fixes and judge what is left; the report says what was written."""
    from go_release_gate.engine import fix

    written = fix.apply(request.root, report.mended)
    if not written:
        return report
    again = _judge(replace(request, mend=False), session, environ)
    said = f"mended: {', '.join(written)}"
    return replace(again, notices=(said, *again.notices), patch=report.patch)


def request_of(args: argparse.Namespace, judged: Judged, session: Session, root: Path) -> Request:
    """What the engine is asked."""
    event = judged.event
    subject = Subject(
        repository=event.repository or session.git.origin(),
        commit=event.head or session.git.head_commit(),
        ref=_ref(judged, session),
        event=judged.settings.event,
        base=judged.settings.base or event.base,
        config=judged.settings.digest,
        run=event.run,
    )
    from go_release_gate.engine.run import Request

    return Request(
        root,
        judged.settings,
        subject,
        judged.baseline,
        (*judged.notices, *session.notices),
        base_file=judged.base_file,
        code_owners=owners_by_path(root, session.git.prefix(), judged.base_file),
        mend=bool(args.diff or args.fix or event.run),
    )


def _with_base(
    request: Request, judged: Judged, args: argparse.Namespace, environ: Mapping[str, str], session: Session
) -> Request:
    """The request with the commit to compare with, where only what is new is asked for."""
    if not judged.settings.only_new:
        return request
    from go_release_gate.cli.basetree import find_base

    found = find_base(judged, args, environ, request.root, session)
    settings = replace(request.settings, only_new=found.counts)
    return replace(request, settings=settings, base_tree=found.tree, notices=(*request.notices, *found.notices))


def _ref(judged: Judged, session: Session) -> str:
    """What is judged: the event's ref; a tag that was named where the event is about none."""
    tag = judged.settings.tag
    if tag and judged.settings.event is Event.TAG and judged.event.tag != tag:
        return f"refs/tags/{tag}"
    return judged.event.ref or session.git.ref()


def options_of(args: argparse.Namespace, environ: Mapping[str, str]) -> RenderOptions:
    """How the reports look."""
    return RenderOptions(
        colour=wants_colour(args.color or "auto", environ, is_tty=sys.stdout.isatty()),
        diff=bool(args.diff),
        verbose=bool(args.verbose),
        quiet=bool(args.quiet),
        timings=bool(args.timings),
    )


def _with_baseline(args: argparse.Namespace, report: CheckReport, guarded: Path | None) -> CheckReport:
    """Write the baseline that `--write-baseline` asks for, unless what could not be judged would be missing in it."""
    if not args.write_baseline:
        return report
    if not report.complete:
        said = f"{args.write_baseline} was not written: not everything could be judged"
        return replace(report, notices=(*report.notices, said))
    from go_release_gate.engine.baseline import write

    write(Path(args.write_baseline), report, guarded)
    return report
