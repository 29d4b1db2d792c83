"""Image names as text and as JSON: CONTRACT "`tags --format json`"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from go_release_gate import __version__
from go_release_gate.model.severity import Event
from go_release_gate.oci.tags.answer import Answer, Problem
from go_release_gate.oci.tags.context import PULLS, TAGS, Context
from go_release_gate.report.jsontext import SCHEMA, dumps
from go_release_gate.report.neutral import code_span, log_text, markdown_text, table_cell

SHORT = 12  # characters of a commit


def json_text(
    answer: Answer, context: Context, repository: str = "", run: str | None = None, notices: Sequence[str] = ()
) -> str:
    """The whole object and a final newline.

    Args:
        repository: `OWNER/NAME`. run: address of the workflow run.
        notices: what could not be found out, and what was left out.
    """
    return dumps(document(answer, context, repository, run, notices)) + "\n"


def document(
    answer: Answer, context: Context, repository: str = "", run: str | None = None, notices: Sequence[str] = ()
) -> dict[str, Any]:
    """The object; the order of its keys is part of the form."""
    return {
        "schema": SCHEMA,
        "kind": "tags",
        "tool": {"name": "go-release-gate", "version": __version__, "go": ""},
        "subject": {
            "repository": repository,
            "commit": context.sha,
            "ref": context.ref,
            "event": _event(context).value,
            "base": "",
            "config": "",
            "run": run,
        },
        "verdict": answer.verdict,
        "complete": answer.is_complete,
        "version": answer.version,
        "images": list(answer.images),
        "tags": list(answer.tags),
        "tag_names": list(answer.tag_names),
        "labels": list(answer.labels),
        "annotations": list(answer.annotations),
        "warnings": list(answer.warnings),
        "problems": [_problem(problem) for problem in answer.problems],
        "notices": list(notices),
    }


def _event(context: Context) -> Event:
    if context.event.startswith("pull_request") or context.ref.startswith(PULLS):
        return Event.PULL_REQUEST
    return Event.TAG if context.ref.startswith(TAGS) else Event.BRANCH


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "kind": problem.kind.value,
        "reference": problem.reference,
        "message": problem.message,
        "hint": problem.hint,
    }


def text_lines(answer: Answer, context: Context, notices: Iterable[str] = ()) -> list[str]:
    """For people: what for, image and tags side by side, labels, and what is wrong; harmless in a log."""
    what = f"{context.ref} ({context.event}) at {context.sha[:SHORT] or 'no commit'}"
    version = f"version {answer.version}" if answer.version else "no version"
    lines = [f"{log_text(what)}: {log_text(version)}", *_table(answer)]
    lines += ["labels:", *(f"  {log_text(label)}" for label in answer.labels)]
    lines += [f"note: {log_text(warning)}" for warning in (*answer.warnings, *notices)]
    for problem in answer.problems:
        place = f"{log_text(problem.reference)}: " if problem.reference else ""
        lines += [f"problem: {place}{log_text(problem.message)}", f"  {problem.hint}"]
    return lines


def _table(answer: Answer) -> list[str]:
    """One row for each tag; an image's name stands in its first row."""
    images = [log_text(image) for image in answer.images or ("",)]
    width = max(map(len, images))
    rows = [(image if not at else "", log_text(name)) for image in images for at, name in enumerate(answer.tag_names)]
    return [f"  {image:{width}}  {name}".rstrip() for image, name in rows]


def summary(answer: Answer, context: Context) -> str:
    """For the job summary: image and tags as a table, and what is wrong."""
    lines = [f"### Image names of {code_span(context.ref)}", ""]
    if answer.tags:
        names = " ".join(code_span(name) for name in answer.tag_names)
        lines += ["| image | tags |", "|---|---|"]
        lines += [f"| {table_cell(code_span(image))} | {table_cell(names)} |" for image in answer.images or ("",)]
    for problem in answer.problems:
        about = f"{code_span(problem.reference)}: " if problem.reference else ""
        lines += ["", f"**Problem:** {about}{markdown_text(problem.message)}; {markdown_text(problem.hint)}"]
    return "\n".join(lines) + "\n"
