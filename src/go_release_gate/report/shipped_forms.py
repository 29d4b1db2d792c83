"""What became of the programs since the base commit: as text, as Markdown for summary and comment, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from go_release_gate.model.shipped import UNCHANGED, ShippedChange, ShippedChanges
from go_release_gate.report import phrases, shipped
from go_release_gate.report.neutral import code_span, log_text, markdown_text, table_cell
from go_release_gate.report.options import RenderOptions

MOST_ROWS = 100
CELL = 160
LINE = 300
_MARKS = {"changed": "🔶 changed", "added": "🆕 added", "removed": "🗑 removed", "cannot compare": "❓ cannot compare"}


def text_lines(changes: ShippedChanges, options: RenderOptions) -> list[str]:
    """A line for each program that is not what it was (with -v for each), the count and the services behind them."""
    shown = [one for one in changes.programs if options.verbose or one.outcome != UNCHANGED]
    lines = []
    for one in shown if options.verbose else shown[:MOST_ROWS]:
        lines.append(log_text(f"{one.outcome}: {one.service} {one.platform}", LINE))
        lines += [f"  {log_text(part, LINE)}" for part in shipped.details(one)]
    if not options.verbose and len(shown) > MOST_ROWS:
        lines.append(f"and {len(shown) - MOST_ROWS} more (-v shows them)")
    return [*lines, *(log_text(line, LINE) for line in _ends(changes))]


def markdown(changes: ShippedChanges | None, rows: int = MOST_ROWS) -> Iterator[str]:
    """A section for the job summary and the comment on a pull request; nothing where nothing was asked."""
    if changes is None:
        return
    yield "### What changes in what ships"
    yield "\n\n".join(markdown_text(log_text(line, LINE)) for line in _ends(changes))
    shown = [one for one in changes.programs if one.outcome != UNCHANGED]
    if shown:
        head = ["| Service | Platform | Binary | Why |", "| --- | --- | --- | --- |"]
        yield "\n".join([*head, *map(_row, shown[:rows])])
    if len(shown) > rows:
        yield f"And {phrases.plural(len(shown) - rows, 'more binary', 'more binaries')}."


def document(changes: ShippedChanges) -> dict[str, Any]:
    """The value of the key `changes`."""
    return {
        "base": changes.base,
        "problem": changes.problem,
        "services": list(changes.services),
        "binaries": [_program(one) for one in changes.programs],
    }


def _ends(changes: ShippedChanges) -> list[str]:
    return [line for line in (shipped.headline(changes), shipped.services_line(changes)) if line]


def _row(one: ShippedChange) -> str:
    told = "<br>".join(markdown_text(log_text(part, LINE), LINE) for part in shipped.details(one))
    cells = [code_span(one.service, CELL), code_span(one.platform, CELL), _MARKS.get(one.outcome, one.outcome), told]
    return "| " + " | ".join(map(table_cell, cells)) + " |"


def _program(one: ShippedChange) -> dict[str, Any]:
    return {
        "service": one.service,
        "platform": one.platform,
        "outcome": one.outcome,
        "why": one.why,
        "functions": [{"name": each.name, "before": each.before, "after": each.after} for each in one.functions],
        "more_functions": one.more_functions,
        "sections": [{"name": each.name, "before": each.before, "after": each.after} for each in one.sections],
        "modules": [
            {"path": each.path, "before": each.before, "after": each.after, "is_in_it": each.is_in_it}
            for each in one.modules
        ],
        "files": list(one.files),
        "more_files": one.more_files,
    }
