"""The forms of a report by the name that `--format` and `--report` give them. Add one: one line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from go_release_gate.errors import UsageError

if TYPE_CHECKING:
    from go_release_gate.model.report import CheckReport
    from go_release_gate.report.options import RenderOptions

Renderer = Callable[["CheckReport", "RenderOptions"], str]

FORMATS: dict[str, str] = {
    "text": "text",
    "json": "json_report",
    "sarif": "sarif",
    "github": "github",
    "junit": "junit",
    "gitlab": "gitlab",
}
"""Name of a form → the module of this package whose `render` gives it; loaded when it is asked for."""


def check_name(name: str) -> None:
    """Raise UsageError with the known names where there is no such form."""
    if name not in FORMATS:
        raise UsageError(f"unknown report format {name!r}", f"known formats: {', '.join(FORMATS)}")


def renderer(name: str) -> Renderer:
    """The renderer of a form. Raises UsageError with the known names."""
    check_name(name)
    render: Renderer = import_module(f"go_release_gate.report.{FORMATS[name]}").render
    return render
