"""The step of a workflow: inputs in the environment, findings on GitHub, a summary and outputs out.

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
from go_release_gate.errors import GateError, UnavailableError, UsageError
from go_release_gate.report.files import write_file
from go_release_gate.report.options import RenderOptions

if TYPE_CHECKING:
    import argparse

    from go_release_gate.model.report import CheckReport
    from go_release_gate.report.redact import Redactor

SECRETS = (
    "github-token",
    "module-credentials",
    "registry-credentials",
    "signing-key",
    "signing-password",
    "metrics-token",
)


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
    """Mask, then judge and report, or report what another run has judged."""
    from go_release_gate.cli import options

    _mask(step, environ)
    places = step_places(environ)
    surroundings = {**environ, **places.caches}
    wanted = options.parse(options.Verb("action", "the step of a workflow"), [], surroundings)
    if wanted is not None and wanted.verb == "report":
        return _report(step, surroundings, wanted)
    verbs = {"tags": _tags, "build": _build, "test": _test, "inspect": _inspect, "push": _push, "release": _release}
    if wanted is not None and wanted.verb in verbs:
        return verbs[wanted.verb](step, surroundings, wanted, places)
    args = options.parse(options.find_verb("check"), [], surroundings)
    if args is None or wanted is None:  # help needs a flag, and no flag was given
        return Ending(2)
    if wanted.files:
        raise UsageError("the input `files` is for `verb: report`", "add `verb: report`, or leave `files` away")
    vars(args).update({name: value for name, value in vars(wanted).items() if name not in vars(args)})
    args.path = str(places.workspace / (args.path or "."))
    args.format = args.format or "github"
    return _check(step, surroundings, args, places)


def _mask(step: Step, environ: Mapping[str, str]) -> None:
    """Hide every secret input, and each token in the lines of `module-credentials` and `registry-credentials`."""
    from go_release_gate.adapters import credentials
    from go_release_gate.config.environment import secret

    step.mask(secret(environ, name) for name in SECRETS)
    step.mask(credentials.masks(credentials.parse(secret(environ, "module-credentials"))))
    registries = secret(environ, "registry-credentials")
    if registries:
        from go_release_gate.adapters.registry import credentials as lines

        step.mask(lines.masks(lines.parse(registries)))


def _check(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Judge; keep the reports as files, show them on GitHub, write log and summary, in this order."""
    from go_release_gate.cli.check import Checked, options_of, perform, sinks_of, unjudged
    from go_release_gate.cli.complain import complain
    from go_release_gate.cli.publishing import folder_of
    from go_release_gate.config.environment import secret
    from go_release_gate.report import summary
    from go_release_gate.report.formats import renderer
    from go_release_gate.report.outputs import check_outputs
    from go_release_gate.report.redact import Redactor
    from go_release_gate.report.rerooted import rerooted
    from go_release_gate.report.write import check_sinks, write_reports

    sinks = replace(sinks_of(args, environ), guarded=places.workspace)
    check_sinks(sinks)
    try:
        checked = perform(args, environ)
    except UnavailableError as error:
        complain(error, environ)
        checked = Checked(unjudged(error))
    redactor = Redactor((*checked.secrets, *(secret(environ, name) for name in SECRETS)))
    report = rerooted(redactor.value(checked.report), folder_of(args, environ))
    options = options_of(args, environ)
    for form, path in (("json", places.report), ("sarif", places.sarif)):
        write_file(path, renderer(form)(report, options))
    if report.patch:
        write_file(places.patch, report.patch)
    report, options = _published(report, options, args, environ, redactor)
    write_reports(report, sinks, options, sys.stdout, token=new_token)
    step.write_summary(summary.render(report, options))
    outputs = check_outputs(
        report,
        report_path=places.for_later_steps(places.report),
        sarif_path=places.for_later_steps(places.sarif),
        patch_path=places.for_later_steps(places.patch) if report.patch else "",
    )
    return Ending(report.verdict.exit_code, outputs)


def _report(step: Step, environ: Mapping[str, str], args: argparse.Namespace) -> Ending:
    """Publish what another run has judged. The exit code says whether that could be done, the outputs what it says."""
    from go_release_gate.cli import options
    from go_release_gate.cli import report as reporting
    from go_release_gate.report import summary
    from go_release_gate.report.outputs import check_outputs

    asked = options.complete(options.find_verb("report"), args, environ)
    asked.files = args.files or []
    done = reporting.perform(asked, environ)
    sys.stdout.write("\n".join(reporting.lines(done)) + "\n")
    step.write_summary(summary.render(done.report, RenderOptions(reported_by=done.target.reported_by)))
    return Ending(done.exit_code, check_outputs(done.report))


def _tags(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Make image names for later steps: as outputs, as variables, and as files for bake."""
    from go_release_gate.cli import describing, image_outputs, options
    from go_release_gate.cli import tags as naming
    from go_release_gate.cli.complain import annotation
    from go_release_gate.report.github import MOST_PER_LEVEL
    from go_release_gate.report.image_names import summary, text_lines
    from go_release_gate.report.neutral import log_text

    asked = options.complete(options.find_verb("tags"), args, environ)
    asked.path = str(places.workspace / (asked.path or "."))
    named = naming.perform(asked, environ)
    outputs = image_outputs.leave(named, asked, places)
    step.write_variables(image_outputs.variables(outputs, environ))
    outputs |= describing.outputs_of(places.workspace / asked.path, environ, named.context.ref)
    sys.stdout.write("\n".join(text_lines(named.answer, named.context, (*named.notices, *named.changes))) + "\n")
    for problem in named.answer.problems[:MOST_PER_LEVEL]:
        about = f"{problem.reference}: " if problem.reference else ""
        sys.stdout.write(annotation(log_text(f"{about}{problem.message}"), problem.hint) + "\n")
    step.write_summary(summary(named.answer, named.context))
    return Ending(named.exit_code, outputs)


def _build(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Build every program; keep the reports as files, write log and summary. On a pull request a comment says which
    programs it changes."""
    from go_release_gate.cli import build as building
    from go_release_gate.cli import options
    from go_release_gate.cli.check import sinks_of, unjudged
    from go_release_gate.cli.complain import complain
    from go_release_gate.config.environment import secret
    from go_release_gate.report import built_summary
    from go_release_gate.report.built import BuildReport, outputs
    from go_release_gate.report.built_forms import form
    from go_release_gate.report.redact import Redactor
    from go_release_gate.report.write import check_sinks, write_reports

    asked = options.complete(options.find_verb("build"), args, environ)
    asked.path = str(places.workspace / (asked.path or "."))
    asked.format = asked.format or "github"
    if asked.output_dir:
        asked.output_dir = str(places.workspace / asked.output_dir)
    sinks = replace(sinks_of(asked, environ), guarded=places.workspace)
    check_sinks(sinks)
    try:
        built = building.perform(asked, environ)
    except UnavailableError as error:
        complain(error, environ)
        built = building.Built(BuildReport(unjudged(error)))
    redactor = Redactor((*built.secrets, *(secret(environ, name) for name in SECRETS)))
    report, rendering = redactor.value(built.report), building.options_of(asked, environ)
    for name, path in (("json", places.report), ("sarif", places.sarif)):
        write_file(path, form(name)(report, rendering))
    if report.changes is not None:
        from go_release_gate.cli.publishing import publish_changes

        said = tuple(map(redactor.text, publish_changes(report.changes, asked, environ)))
        report = replace(report, check=replace(report.check, notices=(*report.check.notices, *said)))
    write_reports(report, sinks, rendering, sys.stdout, token=new_token, forms=form)
    step.write_summary(built_summary.render(report, rendering))
    kept = {"report": places.for_later_steps(places.report), "sarif": places.for_later_steps(places.sarif)}
    return Ending(report.check.verdict.exit_code, {**outputs(report), **kept})


def _test(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Run the tests of every module; keep the reports as files, write log and summary."""
    from go_release_gate.cli import options
    from go_release_gate.cli import test as testing
    from go_release_gate.cli.build import options_of
    from go_release_gate.cli.check import sinks_of
    from go_release_gate.cli.complain import complain
    from go_release_gate.config.environment import secret
    from go_release_gate.report import tested_summary
    from go_release_gate.report.redact import Redactor
    from go_release_gate.report.tested import outputs
    from go_release_gate.report.tested_forms import form
    from go_release_gate.report.write import check_sinks, write_reports

    asked = options.complete(options.find_verb("test"), args, environ)
    left = asked.coverage_file or ""
    asked.path = str(places.workspace / (asked.path or "."))
    asked.format = asked.format or "github"
    for name in ("coverage_file", "logs_dir"):
        given = getattr(asked, name)
        setattr(asked, name, str(places.workspace / given) if given else None)
    sinks = replace(sinks_of(asked, environ), guarded=places.workspace)
    check_sinks(sinks)
    try:
        tested = testing.perform(asked, environ)
    except UnavailableError as error:
        complain(error, environ)
        tested = testing.untested(error)
    redactor = Redactor((*tested.secrets, *(secret(environ, name) for name in SECRETS)))
    report, rendering = redactor.value(tested.report), options_of(asked, environ)
    for name, path in (("json", places.report), ("sarif", places.sarif)):
        write_file(path, form(name)(report, rendering))
    write_reports(report, sinks, rendering, sys.stdout, token=new_token, forms=form)
    step.write_summary(tested_summary.render(report, rendering))
    kept = {"report": places.for_later_steps(places.report), "sarif": places.for_later_steps(places.sarif)}
    kept["coverage-file"] = left
    return Ending(report.check.verdict.exit_code, {**outputs(report), **kept})


def _inspect(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Judge a finished image; keep the reports as files, write log and summary."""
    from go_release_gate.cli import inspect as inspecting
    from go_release_gate.cli import options
    from go_release_gate.cli.check import sinks_of, unjudged
    from go_release_gate.cli.complain import complain
    from go_release_gate.config.environment import secret
    from go_release_gate.report import inspect_summary
    from go_release_gate.report.inspect_forms import form
    from go_release_gate.report.inspected import InspectReport, outputs
    from go_release_gate.report.redact import Redactor
    from go_release_gate.report.write import check_sinks, write_reports

    if not args.image:
        raise UsageError("`verb: inspect` wants the input `image`", "for example: image: ghcr.io/acme/shop:1.4.2")
    asked = options.complete(options.find_verb("inspect"), args, environ)
    inspecting.below_workspace(asked, places.workspace)
    asked.format = asked.format or "github"
    sinks = replace(sinks_of(asked, environ), guarded=places.workspace)
    check_sinks(sinks)
    try:
        inspected = inspecting.perform(asked, environ)
    except UnavailableError as error:
        complain(error, environ)
        inspected = inspecting.Inspected(InspectReport(unjudged(error), unreadable=(error.message,)))
    redactor = Redactor((*inspected.secrets, *(secret(environ, name) for name in SECRETS)))
    report, rendering = redactor.value(inspected.report), inspecting.options_of(asked, environ)
    for name, path in (("json", places.report), ("sarif", places.sarif)):
        write_file(path, form(name)(report, rendering))
    write_reports(report, sinks, rendering, sys.stdout, token=new_token, forms=form)
    step.write_summary(inspect_summary.render(report, rendering))
    kept = {"report": places.for_later_steps(places.report), "sarif": places.for_later_steps(places.sarif)}
    return Ending(report.check.verdict.exit_code, {**outputs(report), **kept})


def _push(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Bring a finished image to a registry: what came of it in the log, in the summary, and as outputs."""
    from go_release_gate.cli import options
    from go_release_gate.cli import push as pushing
    from go_release_gate.cli.release.doing import show
    from go_release_gate.cli.release.page import as_markdown
    from go_release_gate.config.environment import secret
    from go_release_gate.report.redact import Redactor

    if not args.image or not args.references:
        raise UsageError("`verb: push` wants the inputs `image` and `references`", "for example: image: image.tar")
    asked = options.complete(options.find_verb("push"), args, environ)
    pushing.below_workspace(asked, places.workspace)
    asked.references = args.references.splitlines()
    redactor = Redactor(tuple(secret(environ, name) for name in SECRETS))
    outcome = pushing.perform(asked, environ)
    with step.foreign():
        show(outcome, asked, environ)
    step.write_summary(redactor.text(as_markdown(outcome.page)))
    return Ending(outcome.code, {name: redactor.text(value) for name, value in outcome.outputs.items()})


def _release(step: Step, environ: Mapping[str, str], args: argparse.Namespace, places: StepPlaces) -> Ending:
    """Work with the release ledger: what came of it in the log, in the summary, and as outputs."""
    from go_release_gate.cli import options
    from go_release_gate.cli.release import doing
    from go_release_gate.cli.release.page import as_markdown
    from go_release_gate.config.environment import secret
    from go_release_gate.report.redact import Redactor

    if not args.action:
        raise UsageError("`verb: release` wants the input `action`", "for example: action: status")
    asked = options.complete(options.find_verb(f"release {args.action}"), args, environ)
    doing.below_workspace(asked, places.workspace)
    redactor = Redactor(tuple(secret(environ, name) for name in SECRETS))
    outcome = doing.perform(asked, environ)
    with step.foreign():
        doing.show(outcome, asked, environ)
    step.write_summary(redactor.text(as_markdown(outcome.page)))
    return Ending(outcome.code, {name: redactor.text(value) for name, value in outcome.outputs.items()})


def _published(
    report: CheckReport,
    options: RenderOptions,
    args: argparse.Namespace,
    environ: Mapping[str, str],
    redactor: Redactor,
) -> tuple[CheckReport, RenderOptions]:
    """Show the report on GitHub. What came of it is a notice; nothing that happens here changes the verdict."""
    from go_release_gate.adapters.signals import watched
    from go_release_gate.cli.publishing import publish_check

    try:
        with watched(lambda: None):
            published = publish_check(report, args, environ)
    except Exception as error:  # noqa: BLE001 - a defect here must not cost the verdict
        from go_release_gate.cli.complain import report_defect

        report_defect(error, environ)
        said = "an internal error kept this from being shown on GitHub"
        return replace(report, notices=(*report.notices, said)), options
    notices = tuple(redactor.text(notice) for notice in published.notices)
    report = replace(report, notices=(*report.notices, *notices))
    return report, replace(options, annotations=not published.is_annotated, shown=published.reviewed)


def _failed(error: GateError, environ: Mapping[str, str]) -> Ending:
    from go_release_gate.cli.complain import complain

    complain(error, environ)
    return _unjudged(error.exit_code)


def _unjudged(code: int) -> Ending:
    return Ending(code, {"verdict": "unavailable" if code == 3 else "", "complete": "false"})
