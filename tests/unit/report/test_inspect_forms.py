"""The forms of the report of `inspect`, over one image that tries to break them."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from go_release_gate.config.settings import Settings
from go_release_gate.engine.inspecting import judge_image
from go_release_gate.facts.binary import Section
from go_release_gate.facts.image_content import Expected, ImageContent
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport, Subject
from go_release_gate.report import inspect_summary, schemas
from go_release_gate.report.inspect_forms import form
from go_release_gate.report.inspected import InspectReport
from go_release_gate.report.options import RenderOptions
from support.imagecase import image_of

HOSTILE = "::error::x ##[group]y <!-- z --> | `a` @everyone \x1b[31m"
IMAGE = """
name ghcr.io/acme/shop:1.4.2
platform linux/amd64
entrypoint /app/shop serve
layer 4000000 COPY shop /app/shop
layer 1000000 COPY etc /etc
binary /app/shop 2000000 amd64 go1.26.1 main=example.com/shop@v1.4.2 vcs.modified=true symbols=900000
dependency /app/shop example.com/dep v1.0.0 replaced-by example.com/fork v1.0.1 h1:eA==
"""


def report_of(image: ImageContent, expected: Expected | None = None) -> InspectReport:
    """The report about an image."""
    judged, unreadable = judge_image(image, expected, None, Settings())
    check = CheckReport("0.1.0", "", Subject(), judged.verdict, judged.complete, findings=judged.findings)
    return InspectReport(check, image, expected, unreadable)


@pytest.fixture
def hostile() -> InspectReport:
    """A report whose foreign texts are commands, markup and escapes."""
    image = image_of(IMAGE)
    (platform,) = image.platforms
    config = replace(platform.config, user=HOSTILE, entrypoint=("/app/shop", HOSTILE), labels={HOSTILE: HOSTILE})
    (binary,) = platform.binaries
    assert binary.elf is not None
    elf = replace(binary.elf, sections=(Section(HOSTILE, 900_000), Section(".text", 600_000)))
    layers = tuple(replace(one, created_by=HOSTILE) for one in platform.layers)
    platform = replace(
        platform,
        config=config,
        layers=layers,
        binaries=(replace(binary, elf=elf, path=f"/app/{HOSTILE}"),),
        unreadable=(HOSTILE,),
    )
    return report_of(replace(image, platforms=(platform,)))


def test_json_fits_its_schema(hostile: InspectReport) -> None:
    """The object is what the schema says, with and without an image, and holds no values of the environment."""
    schema = json.loads(schemas.schema_text("inspect"))
    for report in (hostile, InspectReport(hostile.check), report_of(image_of(IMAGE), Expected(version="1.4.2"))):
        text = form("json")(report, RenderOptions())
        jsonschema.Draft202012Validator(schema).validate(json.loads(text))
        assert "##[" not in text


@pytest.mark.parametrize("name", ["text", "github"])
def test_logs_hold_no_commands_of_the_image(name: str, hostile: InspectReport) -> None:
    """What the image says is no command to a runner and no escape to a terminal."""
    text = form(name)(hostile, RenderOptions(token="t" * 24, annotations=False))
    foreign = [
        line
        for line in text.splitlines()
        if not line.startswith(("::group::", "::endgroup::", "::stop-commands::", "::t"))
    ]
    assert not [line for line in foreign if line.lstrip().startswith("::") or "##[" in line or "\x1b" in line]


def test_summary_has_the_table_first(hostile: InspectReport) -> None:
    """Heading, table, findings, picture; foreign bars do not end a cell, and nobody is mentioned."""
    text = inspect_summary.render(hostile, RenderOptions())
    assert text.index("| Platform |") < text.index("### Findings") < text.index("### Size") < text.index("### Remarks")
    row = next(line for line in text.splitlines() if line.startswith("| `linux/amd64`"))
    assert row.replace("\\|", "").count("|") == 7
    assert "<!-- z" not in text


def test_summary_fits_its_budget(hostile: InspectReport) -> None:
    """A huge image gets a shorter summary, never one that the runner drops."""
    assert hostile.image is not None
    many = replace(hostile.image, platforms=hostile.image.platforms * 3000)
    text = inspect_summary.render(replace(hostile, image=many), RenderOptions())
    assert len(text.encode()) <= inspect_summary.BUDGET


def test_the_picture_has_bars_and_shares() -> None:
    """The longest bar is the largest layer, and shares are of the whole."""
    lines = form("text")(report_of(image_of(IMAGE)), RenderOptions()).splitlines()
    assert f"  {'#' * 24}    4.0 MB  80 %  1 COPY shop /app/shop" in lines
    assert f"  {'#' * 6:24}    1.0 MB  20 %  2 COPY etc /etc" in lines


def test_sarif_has_a_category_of_the_image(hostile: InspectReport) -> None:
    """Alerts of `check` are not closed by those of an image, and the next release closes this one's."""
    run = json.loads(form("sarif")(hostile, RenderOptions()))["runs"][0]
    assert run["automationDetails"]["id"] == "go-release-gate/image/ghcr.io/acme/shop/"


@pytest.mark.parametrize("name", ["junit", "gitlab"])
def test_other_forms(name: str, hostile: InspectReport) -> None:
    """The forms of findings alone take it, too."""
    assert form(name)(hostile, RenderOptions())


def test_unreadable_is_unavailable() -> None:
    """What could not be told is counted in the headline, and the verdict says so."""
    image = image_of("platform linux/amd64\nuser 1\nunreadable layer 2 is cut short\n")
    report = report_of(image)
    assert report.check.verdict is Verdict.UNAVAILABLE
    last = form("text")(report, RenderOptions()).splitlines()[-1]
    assert last == "unavailable: 1 thing could not be told; no findings in 1 platform"
