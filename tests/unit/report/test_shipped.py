"""What became of the programs since the base commit, in every form."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from go_release_gate.facts.built_images import BuiltImage, BuiltImages, ImageDifference, ImageOrder
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport, Subject
from go_release_gate.model.shipped import (
    ADDED,
    CHANGED,
    REMOVED,
    UNCHANGED,
    UNKNOWN,
    FunctionChange,
    ModuleChange,
    SectionChange,
    ShippedChange,
    ShippedChanges,
)
from go_release_gate.report import built_json, built_summary, built_text, shipped
from go_release_gate.report.built import BuildReport, outputs
from go_release_gate.report.comment import render_changes
from go_release_gate.report.options import RenderOptions

BASE = "a" * 40
API = ShippedChange(
    "api",
    "linux/amd64",
    CHANGED,
    functions=(FunctionChange("example.com/a.Twice", 96, 128), FunctionChange("main.new", None, 7)),
    more_functions=9,
    sections=(SectionChange(".text", 1000, 1032), SectionChange(".data", 10, 10)),
    modules=(ModuleChange("example.com/a", "v1.9.0", "v1.10.0", is_in_it=True),),
    files=("internal/text/text.go",),
)
SAME = ShippedChange("web", "linux/amd64", UNCHANGED, "no input differs")


def report(changes: ShippedChanges | None, images: BuiltImages | None = None) -> BuildReport:
    """A passed build with these changes."""
    check = CheckReport(version="0", go="go1.26.1", subject=Subject(), verdict=Verdict.PASS, complete=True)
    return BuildReport(check, changes=changes, images=images)


@pytest.mark.parametrize(
    ("programs", "headline"),
    [
        ((SAME,), "this changes nothing that ships: 1 binary as they were since aaaaaaaaaaaa"),
        ((API, SAME), "1 of 2 binaries changes since aaaaaaaaaaaa"),
        (
            (API, ShippedChange("new", "linux/amd64", ADDED), ShippedChange("old", "linux/amd64", REMOVED)),
            "1 of 1 binary changes since aaaaaaaaaaaa, 1 added, 1 removed",
        ),
        (
            (ShippedChange("x", "linux/amd64", UNKNOWN, "no"), SAME),
            "0 of 2 binaries change since aaaaaaaaaaaa, 1 cannot be compared",
        ),
    ],
)
def test_the_headline_counts(programs: tuple[ShippedChange, ...], headline: str) -> None:
    """How many of how many change, what is new, gone or not to be compared."""
    assert shipped.headline(ShippedChanges(BASE, programs)) == headline


def test_text_names_functions_modules_and_services() -> None:
    """Each program that changed with why; unchanged ones only when asked for."""
    changes = ShippedChanges(BASE, (API, SAME))
    text = built_text.render(report(changes), RenderOptions())
    assert "changed: api linux/amd64\n" in text
    assert "11 functions: example.com/a.Twice (+32 B), main.new (new) and 6 more" in text
    assert "modules: example.com/a v1.9.0 → v1.10.0" in text
    assert "services that need a release: api\n" in text
    assert "web" not in text
    assert "unchanged: web" in built_text.render(report(changes), RenderOptions(verbose=True))


def test_what_could_not_be_compared_is_said_everywhere() -> None:
    """No base: the reason stands in text, summary and comment, and no list of services is given."""
    changes = ShippedChanges("", problem="the base commit is not here")
    for said in (
        built_text.render(report(changes), RenderOptions()),
        built_summary.render(report(changes), RenderOptions()),
        render_changes(changes),
    ):
        assert "the base commit is not here" in said
    assert outputs(report(changes))["services"] == ""


def test_services_are_an_output() -> None:
    """JSON that a matrix takes; those that nobody can tell of are among them, removed ones are not."""
    programs = (API, ShippedChange("x", "linux/arm64", UNKNOWN), ShippedChange("old", "linux/amd64", REMOVED), SAME)
    assert json.loads(outputs(report(ShippedChanges(BASE, programs)))["services"]) == ["api", "x"]
    assert json.loads(outputs(report(ShippedChanges(BASE, (SAME,))))["services"]) == []


def test_foreign_text_is_harmless_in_markdown() -> None:
    """Names and messages of the repository make no link, mention or row of a table."""
    evil = ShippedChange("a|b", "linux/amd64", UNKNOWN, "the base does not build: @acme | [x](http://example.com)")
    body = render_changes(ShippedChanges(BASE, (evil,)))
    (row,) = (line for line in body.splitlines() if "linux/amd64" in line)
    assert row.replace("\\|", "").count("|") == 5
    assert "`@acme" in body  # all of it is code


def test_a_comment_is_as_rich_as_fits() -> None:
    """Very many programs: fewer rows, and the count stays."""
    programs = tuple(ShippedChange(f"s{number}", "linux/amd64", CHANGED, "x" * 200) for number in range(400))
    body = render_changes(ShippedChanges(BASE, programs), 9_000)
    assert len(body) <= 9_000
    assert "400 of 400 binaries change" in body


def test_json_holds_changes_and_images() -> None:
    """The document satisfies its schema, with and without either."""
    schema = json.loads(files("go_release_gate.report").joinpath("schemas/build.json").read_text("utf-8"))
    order = ImageOrder("Dockerfile", names=("ghcr.io/acme/shop:1",), labels={"a": "b"})
    image = BuiltImage(
        order, is_reproduced=False, differences=(ImageDifference("linux/amd64", "config", "created", "x"),)
    )
    full = report(ShippedChanges(BASE, (API, SAME)), BuiltImages((image,), "Docker 28"))
    for one in (full, report(None)):
        jsonschema.validate(built_json.document(one), schema)
    assert built_json.document(full)["changes"]["services"] == ["api"]
    assert built_json.document(full)["images"]["images"][0]["differences"][0]["path"] == "created"
    assert "differs: linux/amd64 config created: x" in built_text.render(full, RenderOptions())
