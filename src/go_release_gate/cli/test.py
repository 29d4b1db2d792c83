"""`test`: run the tests of every module, count what they cover, and judge both."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.adapters.github.runner import new_token
from go_release_gate.cli.asking import sinks_of, unjudged, wishes_of
from go_release_gate.cli.build import options_of, subject_of
from go_release_gate.cli.complain import complain
from go_release_gate.cli.root import below, guarded_by, root_of
from go_release_gate.cli.session import Session, open_session
from go_release_gate.cli.settings import Judged, judged_settings
from go_release_gate.config.load import FILE_NAME
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.model.severity import Event
from go_release_gate.report.redact import Redactor
from go_release_gate.report.write import check_sinks, write_reports

if TYPE_CHECKING:
    from go_release_gate.engine.base_judging import BaseTree
    from go_release_gate.engine.testing.asked import TestingWishes
    from go_release_gate.report.tested import TestingReport


@dataclass(frozen=True, slots=True)
class Tested:
    """What a run of the tests left: the report and every secret that must stay out of sinks."""

    report: TestingReport
    secrets: tuple[str, ...] = ()


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the verb; 0 pass, 1 fail, 3 unavailable. Raises GateError for everything else."""
    sinks = sinks_of(args, environ)
    check_sinks(sinks)
    try:
        tested = perform(args, environ)
    except UnavailableError as error:
        if sinks.format == "text" and not sinks.files:
            raise
        complain(error, environ)
        tested = untested(error)
    from go_release_gate.report.tested_forms import form

    write_reports(
        tested.report,
        sinks,
        options_of(args, environ),
        sys.stdout,
        redactor=Redactor(tested.secrets),
        token=new_token if environ.get("GITHUB_ACTIONS") == "true" else None,
        forms=form,
    )
    return tested.report.check.verdict.exit_code


def untested(error: UnavailableError) -> Tested:
    """The report of a run that could test nothing."""
    from go_release_gate.report.tested import TestingReport

    return Tested(TestingReport(unjudged(error)))


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Tested:
    """Fetch with the credentials that are given, then test without them.

    Raises:
        UsageError: a name that is no module's, a flag that cannot be. UnavailableError: there is no Go, no space.
        NoModuleError: there is no module.
    """
    from go_release_gate.adapters import privileges
    from go_release_gate.engine.testing.asked import TestingRequest
    from go_release_gate.engine.testing.run import prepare
    from go_release_gate.engine.testing.run import test as test_all

    root = root_of(args, environ)
    wanted = _wishes(args, environ)
    judged = judged_settings(args, environ, root)
    wishes = wishes_of(args, environ, root)
    with open_session(wishes, judged.settings, environ) as session:
        request = TestingRequest(
            root,
            judged.settings,
            subject_of(judged, session, session.git.head_commit()),
            wanted,
            judged.baseline,
            (*judged.notices, *session.notices),
            environ,
            args.config or FILE_NAME,
        )
        prepared = prepare(request, session.edges, lambda: _base(judged, args, environ, root, session))
        secrets = session.secrets
    bare = replace(wishes, credentials="", registry_credentials="", token="")
    with open_session(bare, judged.settings, environ) as session:
        privileges.hide()  # from here on code of the repository runs
        return Tested(test_all(request, prepared, session.edges, session.runner), secrets)


def _base(
    judged: Judged, args: argparse.Namespace, environ: Mapping[str, str], root: Path, session: Session
) -> BaseTree | None:
    """The commit to count changed lines from, where one is asked for."""
    if not args.base and judged.event.event is not Event.PULL_REQUEST:
        return None
    from go_release_gate.cli.basetree import locate_base

    return locate_base(judged, args, environ, root, session)


def _wishes(args: argparse.Namespace, environ: Mapping[str, str]) -> TestingWishes:
    from go_release_gate.engine.testing.asked import TestingWishes

    shuffle = args.shuffle or "on"
    if not re.fullmatch(r"on|off|-?\d{1,19}", shuffle):
        raise UsageError(f"--shuffle: expected on, off or a seed, got {shuffle[:40]!r}")
    return TestingWishes(
        race=args.race or "auto",
        shuffle=shuffle,
        count=args.count or 0,
        reruns=args.rerun_failed or 0,
        coverage_file=_place("coverage-file", args.coverage_file, environ),
        logs=_place("logs-dir", args.logs_dir, environ),
    )


def _place(name: str, given: str | None, environ: Mapping[str, str]) -> Path | None:
    """Where something is left; in a workflow never through a link of the checkout."""
    if not given:
        return None
    place = Path(given).absolute()
    workspace = guarded_by(environ)
    if workspace is not None:
        top = workspace.resolve()
        inside = below(place, top)
        if inside is not None and place.resolve() != top / inside:
            raise UsageError(f"--{name} {given!r} leads through a symbolic link of the checkout")
    return place
