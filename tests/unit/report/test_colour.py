"""When colours are used; they never say what a word does not say."""

from __future__ import annotations

import re

import pytest

from go_release_gate.report import text
from go_release_gate.report.colour import paint, wants_colour
from go_release_gate.report.options import RenderOptions
from support import reports


@pytest.mark.parametrize(
    ("choice", "environ", "is_tty", "wanted"),
    [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {}, False, False),
        ("auto", {"GITHUB_ACTIONS": "true"}, False, True),
        ("auto", {"GITHUB_ACTIONS": "true", "NO_COLOR": "1"}, False, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides(choice: str, environ: dict[str, str], is_tty: bool, wanted: bool) -> None:
    """The user's flag, then NO_COLOR, then FORCE_COLOR, then a workflow's log or a terminal that is not dumb."""
    assert wants_colour(choice, environ, is_tty=is_tty) is wanted


def test_colour_adds_nothing_but_colour() -> None:
    """Without its escape sequences the coloured report is the plain one."""
    options = {"diff": True, "verbose": True}
    coloured = text.render(reports.failing(), RenderOptions(colour=True, **options))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text.render(reports.failing(), RenderOptions(**options))
    assert coloured.count("\x1b[") > 10


def test_an_unknown_role_is_plain() -> None:
    """A word without a colour of its own is left as it is."""
    assert paint("x", "nothing", on=True) == "x"
    assert paint("x", "error", on=False) == "x"
