"""The JSON report is CONTRACT's object, and its schema says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from go_release_gate.model.report import CheckReport, Comparison
from go_release_gate.report import json_report
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.outputs import check_outputs
from go_release_gate.report.schemas import kinds, schema_text
from support import reports

VALIDATOR = Draft202012Validator(json.loads(schema_text("check")))
SAMPLES = [reports.passing, reports.failing, reports.unavailable, lambda: reports.spoken("##[x]\n\udc80")]
TOP = ["schema", "kind", "tool", "subject", "verdict", "complete", "summary", "modules", "skipped", "findings"]
FINDING = ["rule", "severity", "confidence", "message", "module", "target", "state", "location", "related"]


def test_schema_is_a_schema() -> None:
    """The schema itself obeys draft 2020-12, and the list of kinds knows it."""
    Draft202012Validator.check_schema(VALIDATOR.schema)
    assert "check" in kinds()
    with pytest.raises(KeyError):
        schema_text("../check")


@pytest.mark.parametrize("sample", SAMPLES)
def test_reports_are_valid(sample: Callable[[], CheckReport]) -> None:
    """Every sample validates, and its keys stand in the order of the contract."""
    document = json.loads(json_report.render(sample(), RenderOptions()))
    VALIDATOR.validate(document)
    assert list(document) == [*TOP, "suppressed", "timings", "notices", "comparison"]
    assert all(list(item) == [*FINDING, "fingerprint", "help_url", "owners", "fix"] for item in document["findings"])


def test_a_comparison_is_told() -> None:
    """Where a base commit was compared with, its counts are a key of their own; elsewhere the key is null."""
    compared = replace(reports.failing(), comparison=Comparison("a" * 40, 2, 3, 1))
    document = json_report.document(compared)
    VALIDATOR.validate(document)
    assert document["comparison"] == {"base": "a" * 40, "new": 2, "existing": 3, "fixed": 1}
    assert json_report.document(reports.failing())["comparison"] is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "maybe"),
        (("extra",), 1),
        (("findings", 0, "location", "line"), 0),
        (("findings", 0, "fingerprint"), "short"),
        (("modules", 0, "tidy", "kind"), "clean"),
        (("modules", 0, "error"), {"class": "bad-luck", "message": "", "hint": ""}),
    ],
)
def test_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    """The schema is no rubber stamp: a wrong word, an unknown key, line 0 are refused."""
    document = json_report.document(reports.failing())
    place = document
    for key in path[:-1]:
        place = place[key]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    with pytest.raises(ValidationError):
        VALIDATOR.validate(document)


def test_values_come_from_the_report() -> None:
    """Counts, errors, healed entries, fixes and seconds arrive as they are."""
    document = json_report.document(reports.failing())
    assert document["summary"] == {"error": 2, "warning": 1, "note": 1}
    assert document["modules"][3]["error"]["class"] == "network"
    assert document["modules"][2]["verify"]["healed"] == ["example.com/left@v1.4.0"]
    assert document["findings"][1]["fix"]["edits"][0]["start_line"] == 7
    assert document["findings"][0]["location"] == {"path": "go.work", "line": 4, "end_line": None, "column": None}
    assert document["timings"] == {
        "total_s": 1.234,
        "phases": {"discover": 0.012, "tidy": 0.7, "verify": 0.4},
    }


def test_outputs_of_a_step() -> None:
    """The step's outputs carry verdict, counts and two lists that `fromJSON` reads."""
    outputs = check_outputs(reports.failing(), report_path="r.json")
    assert (outputs["verdict"], outputs["complete"], outputs["findings"]) == ("fail", "false", "4")
    modules = json.loads(outputs["modules"])
    assert modules[3] == {
        "dir": "services/pay",
        "path": "example.com/shop/services/pay",
        "tidy": "unavailable",
        "verify": "unavailable",
        "vendor": "not-applicable",
        "error": "network",
    }
    assert json.loads(outputs["matrix"])["include"][0] == {"dir": ".", "path": "example.com/shop"}
    assert outputs["report"] == "r.json"
    assert "\n" not in outputs["modules"]
