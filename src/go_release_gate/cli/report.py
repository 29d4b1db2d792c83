"""`report FILE...`: publish saved reports to their pull request, from a second workflow or after a matrix of shards.

What the files say is not believed: see report/reading.py for what is read of them, and publish/second_stage.py for
how the pull request is found.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.cli.output import envelope, print_json, print_lines, wants_json
from go_release_gate.cli.settings import read_payload
from go_release_gate.config.environment import secret
from go_release_gate.config.event import EventContext, load_event
from go_release_gate.errors import UsageError
from go_release_gate.model.report import CheckReport
from go_release_gate.model.severity import Event
from go_release_gate.publish.second_stage import SHORT, Surroundings, resolve, trigger_of
from go_release_gate.publish.target import Target
from go_release_gate.report import phrases
from go_release_gate.report.merging import merged, with_sound_verdict
from go_release_gate.report.neutral import log_text
from go_release_gate.report.reading import read_reports

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.publish.publish import Published, Wishes

    Connect = Callable[[], Api]
    Publish = Callable[[CheckReport, Target, Api, Wishes], Published]


REPORTED = " (reported)"
"""What the names of check runs and the keys of comments end with, where others made the report."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What was published, to what, and what is to be said about it.

    Attributes:
        report: the reports made one, as it was published.
        places: what stands on GitHub now, in words.
        notices: how the pull request was found, and what could not be written; foreign text in it.
        exit_code: 3 where nothing could be written that there was to say; else 0, whatever the verdict is.
    """

    report: CheckReport
    target: Target
    places: tuple[str, ...]
    notices: tuple[str, ...]
    exit_code: int


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Publish and say what was done; 0, or 3 when nothing could be published. Raises GateError for all else."""
    done = perform(args, environ)
    if wants_json(args):
        print_json(document(done))
    elif done.exit_code or not args.quiet:
        print_lines(lines(done))
    return done.exit_code


def perform(
    args: argparse.Namespace,
    environ: Mapping[str, str],
    connect: Connect | None = None,
    publish: Publish | None = None,
) -> Reported:
    """Read, merge, find the pull request, publish.

    Args:
        args: of the verb `report`; `files` are its reports.
        connect, publish: stand in for the real ones.

    Raises:
        ReportError: a file that is not read, or about something else.
        UsageError: nothing to report to, no token.
        GitHubError: GitHub could not be asked what to report to.
    """
    from go_release_gate.cli.publishing import wishes_of
    from go_release_gate.publish import publish as publishing

    report = merged(read_reports([Path(name) for name in args.files]))
    around = surroundings(environ, args.pull_request)
    api = connect() if connect else _connected(args, environ, around.event)
    found = resolve(report.subject, around, api)
    report = _about(report, found.target)
    wishes = _set_apart(wishes_of(args), found.target)
    published = (publish or publishing.publish)(report, found.target, api, wishes)
    notices = (*found.notices, *published.notices)
    return Reported(report, found.target, published.places, notices, _exit_code(report, found.target, published))


def surroundings(environ: Mapping[str, str], number: int | None) -> Surroundings:
    """What the runner tells of the event."""
    event = load_event(environ, read_payload)
    if event.name != "workflow_run":
        return Surroundings(event, environ, None, number)
    try:
        payload = read_payload(environ.get("GITHUB_EVENT_PATH", ""))
    except OSError:
        payload = None
    return Surroundings(event, environ, trigger_of(payload), number)


def _connected(args: argparse.Namespace, environ: Mapping[str, str], event: EventContext) -> Api:
    from go_release_gate.cli.publishing import connected

    token = secret(environ, "github-token")
    if not token:
        raise UsageError("report needs a token", "set the input github-token, or GO_RELEASE_GATE_GITHUB_TOKEN")
    return connected(args, environ, event, token)


def _set_apart(wishes: Wishes, target: Target) -> Wishes:
    """Under a name of its own, where others made the report: of two check runs with one name GitHub shows the newer,
    and anybody can open a pull request of a commit that we have judged ourselves."""
    return replace(wishes, check_name=f"{wishes.check_name}{REPORTED}") if target.reported_by else wishes


def _about(report: CheckReport, target: Target) -> CheckReport:
    """The report with what GitHub says in place of what the file says: links are made of it."""
    subject = replace(
        report.subject,
        repository=target.repository,
        commit=target.head,
        ref=target.ref,
        base=target.base,
        run=target.run,
        event=report.subject.event if target.number is None else Event.PULL_REQUEST,
    )
    report = replace(report, subject=subject)
    return with_sound_verdict(report) if target.reported_by else report


def _exit_code(report: CheckReport, target: Target, published: Published) -> int:
    """A token known to be read-only is no failure: a second workflow publishes then. Nor is it one when there was
    nothing to say and the check run alone may not be written."""
    from go_release_gate.report.comment import is_worth_a_word

    is_refused = bool(published.notices) and not published.places
    if not is_refused or not target.can_write:
        return 0
    return 3 if published.is_away or is_worth_a_word(report) else 0


def lines(done: Reported) -> list[str]:
    """What was done, for people; harmless in a log."""
    target = done.target
    what = f"pull request {target.number}" if target.number is not None else "the commit"
    places = ", ".join(done.places) or "nothing"
    by = f" (reported by {target.reported_by})" if target.reported_by else ""
    return [
        f"published to {what} of {target.repository} at {target.head[:SHORT]}: {places}{by}",
        f"the report says {log_text(phrases.headline(done.report))}",
        *(f"note: {log_text(notice)}" for notice in done.notices),
    ]


def document(done: Reported) -> dict[str, Any]:
    """What was done as `--format json` shows it."""
    target, report = done.target, done.report
    content = {
        "target": {
            "repository": target.repository,
            "pull_request": target.number,
            "commit": target.head,
            "reported_by": target.reported_by,
        },
        "verdict": report.verdict.value,
        "complete": report.complete,
        "findings": len(report.findings),
        "published": list(done.places),
        "notices": list(done.notices),
    }
    return envelope("report", content, report.go)
