"""Whole outputs: every form for every kind of verdict, as a reader gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from go_release_gate.report import github, json_report, summary, text
from go_release_gate.report.options import RenderOptions
from support import reports
from support.snapshot import assert_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"
TOKEN = "0123456789abcdef0123456789abcdef"
REPORTS = {"pass": reports.passing, "fail": reports.failing, "unavailable": reports.unavailable}
FORMS = {
    "text": (text.render, RenderOptions()),
    "text-diff-verbose": (text.render, RenderOptions(diff=True, verbose=True, timings=True)),
    "text-colour": (text.render, RenderOptions(colour=True, diff=True)),
    "text-quiet": (text.render, RenderOptions(quiet=True)),
    "json": (json_report.render, RenderOptions()),
    "github": (github.render, RenderOptions(diff=True, token=TOKEN)),
    "summary": (summary.render, RenderOptions()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("verdict", REPORTS)
def test_output_is_the_one_that_was_read(form: str, verdict: str) -> None:
    """Each form of each verdict equals the file that a person has read."""
    render, options = FORMS[form]
    suffix = {"json": "json.txt", "summary": "md.txt"}.get(form, "txt")
    assert_snapshot(SNAPSHOTS / f"{verdict}-{form}.{suffix}", render(REPORTS[verdict](), options))
