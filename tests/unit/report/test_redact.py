"""A secret is in no report, whatever form it took on the way."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.report import summary
from go_release_gate.report.formats import FORMATS
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.outputs import check_outputs
from go_release_gate.report.redact import Redactor
from go_release_gate.report.write import Sinks, write_reports
from support import reports

CANARY = "ghs_Canary/Token+0123456789"
FORMS = {
    "raw": CANARY,
    "url": f"https://x:{quote(CANARY, safe='')}@git.example.com",
    "base64": base64.b64encode(CANARY.encode()).decode(),
    "basic": base64.b64encode(f"x-access-token:{CANARY}".encode()).decode(),
    "json": json.dumps(f"a{CANARY}"),
}


@pytest.mark.parametrize("form", FORMS)
def test_no_sink_holds_the_canary(form: str, tmp_path: Path) -> None:
    """Every form of report, on standard output and in files, the summary and the outputs are free of it."""
    said = FORMS[form]
    redactor = Redactor([CANARY])
    report = reports.spoken(f"cannot fetch: {said}")
    out = io.StringIO()
    sinks = Sinks("text", None, tuple((name, tmp_path / name) for name in FORMATS))
    write_reports(report, sinks, RenderOptions(diff=True, verbose=True), out, redactor=redactor)
    clean = redactor.value(report)
    texts = [out.getvalue(), summary.render(clean, RenderOptions()), *check_outputs(clean).values()]
    texts += [(tmp_path / name).read_text() for name in FORMATS]
    for text in texts:
        assert said not in text
        assert CANARY not in text
        assert CANARY[5:] not in text
    assert "***" in texts[0]


@given(before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_base64_is_found_at_any_offset(before: bytes, after: bytes) -> None:
    """Wherever the secret stands in an encoded text, no three quarters of it can be decoded from what is left."""
    encoded = base64.b64encode(before + CANARY.encode() + after).decode()
    assert "***" in Redactor([CANARY]).text(encoded)


def test_lines_count_and_short_ones_do_not() -> None:
    """Each line of a secret is one; what is too short to be a secret is left alone."""
    redactor = Redactor(["first-line\nsecond-line\n", "ab", ""])
    assert redactor.text("a second-line, ab, first-line") == "a ***, ab, ***"
    assert Redactor([]).text("abc") == "abc"


def test_enums_and_numbers_stay() -> None:
    """A silly secret such as `fail` does not break the report's own words."""
    report = Redactor(["fail", "untidy-module"]).value(reports.failing())
    assert report.verdict.value == "fail"
    assert report.findings[1].rule == "***"
