"""The step of a workflow: inputs in the environment, annotations, a summary and outputs out. Otherwise a `check`.

Masks come before anything else is said; outputs are written last, whatever happened, so that no command that foreign
text may have forged in the log has the last word.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from go_release_gate.adapters.github.runner import Step, new_token
from go_release_gate.adapters.stepfiles import StepPlaces, step_places
from go_release_gate.errors import GateError

if TYPE_CHECKING:
    import argparse

    from go_release_gate.cli.check import Checked

SECRETS = ("github-token", "module-credentials", "registry-credentials")


@dataclass(frozen=True, slots=True)
class Ending:
    """How the step ends: exit code and outputs by name."""

    code: int
    outputs: Mapping[str, str] = field(default_factory=dict)


def main(environ: Mapping[str, str]) -> int:
    """Run the step in this process and return its exit code (CONTRACT "Exit codes").

    Everything goes to standard output: the runner reads two streams independently. Outside a workflow the help of
    the command is shown.
    """
    from go_release_gate.cli import app

    step = Step(environ, sys.stdout)
    if not step.is_active:
        return app.run([], environ)
    with contextlib.redirect_stderr(sys.stdout):
        ending = _guarded(step, environ)
        try:
            step.write_outputs(ending.outputs)
        except GateError as error:
            return _failed(error, environ).code
    return ending.code


def _guarded(step: Step, environ: Mapping[str, str]) -> Ending:
    """Run the step; every error becomes a message and an exit code."""
    try:
        return _run(step, environ)
    except GateError as error:
        return _failed(error, environ)
    except Exception as error:  # noqa: BLE001 - an escape would exit 1, which means "judged and failed"
        from go_release_gate.cli.complain import report_defect

        report_defect(error, environ)
        return _unjudged(3)


def _run(step: Step, environ: Mapping[str, str]) -> Ending:
    """Mask, judge, report."""
    from go_release_gate.cli import check, options

    _mask(step, environ)
    places = step_places(environ)
    surroundings = {**environ, **places.caches}
    args = options.parse(options.find_verb("check"), [], surroundings)
    if args is None:  # help needs a flag, and no flag was given
        return Ending(2)
    args.path = str(places.workspace / (args.path or "."))
    args.format = args.format or "github"
    return _report(step, environ, args, check.perform(args, surroundings), places)


def _mask(step: Step, environ: Mapping[str, str]) -> None:
    """Hide every secret input, and each token in the lines of `module-credentials`."""
    from go_release_gate.adapters import credentials
    from go_release_gate.config.environment import secret

    step.mask(secret(environ, name) for name in SECRETS)
    step.mask(credentials.masks(credentials.parse(secret(environ, "module-credentials"))))


def _report(
    step: Step, environ: Mapping[str, str], args: argparse.Namespace, checked: Checked, places: StepPlaces
) -> Ending:
    """Write the log, the JSON report, the patch and the summary; give the outputs."""
    from go_release_gate.cli.check import options_of, sinks_of
    from go_release_gate.config.environment import secret
    from go_release_gate.report import summary
    from go_release_gate.report.files import write_file
    from go_release_gate.report.outputs import check_outputs
    from go_release_gate.report.redact import Redactor
    from go_release_gate.report.write import write_reports

    redactor = Redactor((*checked.secrets, *(secret(environ, name) for name in SECRETS)))
    report = redactor.value(checked.report)
    options = options_of(args, environ)
    sinks = sinks_of(args, environ)
    kept = (*sinks.reports, ("json", places.report))
    write_reports(report, replace(sinks, reports=kept, guarded=places.workspace), options, sys.stdout, token=new_token)
    if report.patch:
        write_file(places.patch, report.patch)
    step.write_summary(summary.render(report, options))
    patch = places.for_later_steps(places.patch) if report.patch else ""
    outputs = check_outputs(report, report_path=places.for_later_steps(places.report), patch_path=patch)
    return Ending(report.verdict.exit_code, outputs)


def _failed(error: GateError, environ: Mapping[str, str]) -> Ending:
    from go_release_gate.cli.complain import complain

    complain(error, environ)
    return _unjudged(error.exit_code)


def _unjudged(code: int) -> Ending:
    return Ending(code, {"verdict": "unavailable" if code == 3 else "", "complete": "false"})
