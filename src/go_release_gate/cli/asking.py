"""What every verb that judges is asked in the same way: its surroundings, its reports, and what it says without any."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.cli.root import guarded_by
from go_release_gate.cli.session import Wishes
from go_release_gate.config.environment import secret
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.report.progress import progress_for
from go_release_gate.report.write import Sinks, parse_report

if TYPE_CHECKING:
    from go_release_gate.model.report import CheckReport


def unjudged(error: UnavailableError) -> CheckReport:
    """The report of a run that could judge nothing, for whoever reads reports and not messages."""
    from go_release_gate.model.outcome import Verdict
    from go_release_gate.model.report import CheckReport, Subject

    return CheckReport(
        version=__version__,
        go="",
        subject=Subject(),
        verdict=Verdict.UNAVAILABLE,
        complete=False,
        notices=tuple(filter(None, (error.message, error.hint))),
        timings={"total": 0.0},
    )


def wishes_of(args: argparse.Namespace, environ: Mapping[str, str], root: Path) -> Wishes:
    """What the session over `root` is made from."""
    return Wishes(
        root,
        Path(environ.get("GITHUB_WORKSPACE") or root),
        credentials_of(args, environ),
        args.ca_bundle or "",
        secret(environ, "registry-credentials"),
        secret(environ, "github-token"),
        in_workflow=environ.get("GITHUB_ACTIONS") == "true",
        progress=progress_for(sys.stderr, environ, quiet=bool(args.quiet), verbose=bool(args.verbose)),
    )


def credentials_of(args: argparse.Namespace, environ: Mapping[str, str]) -> str:
    """Text of `module-credentials`: from the environment, or from the file that the option names."""
    text = secret(environ, "module-credentials")
    name = args.module_credentials_file
    if not name:
        return text
    try:
        return f"{text}\n{Path(name).read_text(encoding='utf-8')}"
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the file of --module-credentials-file: {type(error).__name__}") from error


def sinks_of(args: argparse.Namespace, environ: Mapping[str, str]) -> Sinks:
    """Where the reports go; in a workflow never through a link of the checkout."""
    return Sinks(
        args.format or "text",
        Path(args.output) if args.output else None,
        tuple(parse_report(text) for text in args.report or ()),
        guarded_by(environ),
    )
