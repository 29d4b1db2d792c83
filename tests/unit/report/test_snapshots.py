"""Whole outputs: every form for every kind of verdict, as a reader gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from go_release_gate.model.report import CheckReport
from go_release_gate.report import github, gitlab, json_report, junit, sarif, summary, text
from go_release_gate.report.options import RenderOptions
from support import reports
from support.snapshot import assert_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"
TOKEN = "0123456789abcdef0123456789abcdef"
REPORTS = {"pass": reports.passing, "fail": reports.failing, "unavailable": reports.unavailable}


def sarif_without_pages(report: CheckReport, options: RenderOptions) -> str:
    """SARIF with the ids of the rules alone: their pages are read elsewhere."""
    log = json.loads(sarif.render(report, options))
    for run in log["runs"]:
        run["tool"]["driver"]["rules"] = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    return json_report.dumps(log) + "\n"


FORMS = {
    "text": (text.render, RenderOptions()),
    "text-diff-verbose": (text.render, RenderOptions(diff=True, verbose=True, timings=True)),
    "text-colour": (text.render, RenderOptions(colour=True, diff=True)),
    "text-quiet": (text.render, RenderOptions(quiet=True)),
    "json": (json_report.render, RenderOptions()),
    "github": (github.render, RenderOptions(diff=True, token=TOKEN)),
    "summary": (summary.render, RenderOptions()),
    "sarif": (sarif_without_pages, RenderOptions()),
    "junit": (junit.render, RenderOptions()),
    "gitlab": (gitlab.render, RenderOptions()),
}
SUFFIXES = {
    "json": "json.txt",
    "summary": "md.txt",
    "sarif": "json.txt",
    "junit": "xml.txt",
    "gitlab": "json.txt",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("verdict", REPORTS)
def test_output_is_the_one_that_was_read(form: str, verdict: str) -> None:
    """Each form of each verdict equals the file that a person has read."""
    render, options = FORMS[form]
    suffix = SUFFIXES.get(form, "txt")
    assert_snapshot(SNAPSHOTS / f"{verdict}-{form}.{suffix}", render(REPORTS[verdict](), options))
