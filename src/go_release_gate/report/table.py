"""The table of modules in the text report: one status word each for tidy, verify and vendor."""

from __future__ import annotations

from go_release_gate.model.report import CheckReport, ModuleAnswer
from go_release_gate.report import phrases
from go_release_gate.report.colour import paint
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions

MOST_ROWS = 20  # beyond it only modules with trouble; with -v all
NAME_WIDTH = 100  # characters of a directory

_HEAD = ("module", "tidy", "verify", "vendor")
_COLOURS = {"untidy": "fail", "unformatted": "fail", "none": "faint"}


def module_table(report: CheckReport, options: RenderOptions) -> list[str]:
    """Aligned rows under a header; modules without trouble are counted instead when there are many."""
    shown = list(report.modules)
    if len(shown) > MOST_ROWS and not options.verbose:
        shown = [answer for answer in shown if not phrases.is_well(answer)]
    rows = [(log_text(answer.dir, NAME_WIDTH), *phrases.status_words(answer)) for answer in shown]
    lines = _aligned([_HEAD, *rows], options) if rows else []
    if options.verbose:
        lines += [detail for answer in shown for detail in _details(answer)]
    if hidden := len(report.modules) - len(shown):
        more = "more " if rows else ""
        lines.append(f"{hidden} {more}modules: pass (-v lists them)")
    return lines


def _aligned(rows: list[tuple[str, ...]], options: RenderOptions) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[-1] = row[-1]
        painted = cells if number else [paint(cell, "title", on=options.colour) for cell in cells]
        lines.append("  ".join([painted[0], *(_painted(cell, options) for cell in painted[1:])]))
    return lines


def _painted(cell: str, options: RenderOptions) -> str:
    word = cell.strip()
    return cell.replace(word, paint(word, _COLOURS.get(word, word), on=options.colour)) if word else cell


def _details(answer: ModuleAnswer) -> list[str]:
    verify = answer.verify
    if not verify.modules:
        return []
    size = f"{verify.bytes / 1e6:.1f} MB"
    words = f"{verify.verified} of {phrases.plural(verify.modules, 'version')} hashed ({size}), {verify.absent} absent"
    return [f"verify {log_text(answer.dir, NAME_WIDTH)}: {words}"]
