"""What an action says, once for every reader: headings, tables, lines and blocks, as text or as Markdown.

Cells and lines hold foreign text as it is: each form makes it harmless in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import code_block, log_block, log_text, markdown_text, table_cell

WIDTH = 200  # characters of one cell
ROLES = {
    "pass": "pass", "fail": "fail", "inconclusive": "warning", "held": "warning", "drift": "warning", "open": "warning",
    "yes": "pass", "irreversible": "fail", "done": "pass", "failed": "fail", "abandoned": "warning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A title."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; without a head, facts with their names in the first column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences, one a line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Foreign text of several lines: a diff; or a diagram, which Markdown alone shows."""

    text: str
    language: str = ""


Part = Heading | Table | Lines | Block


@dataclass(frozen=True, slots=True)
class Page:
    """Parts in their order."""

    parts: tuple[Part, ...] = ()


def as_text(page: Page, *, colour: bool) -> str:
    """For a terminal or a log; aligned, plain where it is piped."""
    lines: list[str] = []
    before: Part | None = None
    for part in page.parts:
        found = _text(part, colour=colour)
        if found and lines and not isinstance(before, Heading):
            lines.append("")
        lines += found
        before = part if found else before
    return "".join(f"{line}\n" for line in lines)


def as_markdown(page: Page) -> str:
    """For a job summary."""
    return "\n\n".join(filter(None, map(_markdown, page.parts))) + "\n"


def _text(part: Part, *, colour: bool) -> list[str]:
    if isinstance(part, Heading):
        return [paint(log_text(part.text), "title", on=colour)]
    if isinstance(part, Lines):
        return [log_text(line) for line in part.lines]
    if isinstance(part, Block):
        return [] if part.language == "mermaid" else _diff_lines(part.text, colour=colour)
    rows = [tuple(log_text(cell, WIDTH) for cell in row) for row in part.rows]
    return _aligned([part.head, *rows] if part.head else rows, has_head=bool(part.head), colour=colour)


def _aligned(rows: Sequence[tuple[str, ...]], *, has_head: bool, colour: bool) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    lines = []
    for number, row in enumerate(rows):
        last = len(row) - 1
        cells = [
            cell if at == last else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if number == 0 and has_head:
            cells = [paint(cell, "title", on=colour) for cell in cells]
        else:
            cells = [_painted(cell, colour=colour) for cell in cells]
        lines.append("  ".join(cells).rstrip())
    return lines


def _painted(cell: str, *, colour: bool) -> str:
    word = cell.strip().partition(" ")[0].rstrip(":,")
    return cell.replace(word, paint(word, ROLES[word], on=colour), 1) if word in ROLES else cell


def _diff_lines(text: str, *, colour: bool) -> list[str]:
    roles = {"+": "added", "-": "removed", "@": "hunk"}
    return [paint(f"  {line}", roles.get(line[:1], ""), on=colour) for line in log_block(text)]


def _markdown(part: Part) -> str:
    if isinstance(part, Heading):
        return f"### {markdown_text(part.text)}"
    if isinstance(part, Lines):
        return "\n".join(f"- {markdown_text(line)}" for line in part.lines)
    if isinstance(part, Block):
        return code_block(part.text, part.language) if part.text else ""
    if not part.rows:
        return ""
    head = part.head or tuple("" for _ in part.rows[0])
    rows = [[table_cell(markdown_text(cell, WIDTH)) if cell else "" for cell in row] for row in part.rows]
    return "\n".join([_row(head), "|" + "---|" * len(head), *map(_row, rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
