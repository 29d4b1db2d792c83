"""The forms of a report by the name that `--format` and `--report` give them. Add one: one line here."""

from __future__ import annotations

from collections.abc import Callable

from go_release_gate.errors import UsageError
from go_release_gate.model.report import CheckReport
from go_release_gate.report import github, json_report, text
from go_release_gate.report.options import RenderOptions

Renderer = Callable[[CheckReport, RenderOptions], str]

FORMATS: dict[str, Renderer] = {
    "text": text.render,
    "json": json_report.render,
    "github": github.render,
}


def renderer(name: str) -> Renderer:
    """The renderer of a form. Raises UsageError with the known names."""
    if name not in FORMATS:
        raise UsageError(f"unknown report format {name!r}", f"known formats: {', '.join(FORMATS)}")
    return FORMATS[name]
