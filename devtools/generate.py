"""Everything that is derived from the code: reference pages, rule pages, the schema, hooks.

    python devtools/generate.py [--check]

Without --check the files are written; with it nothing is, and the exit code is 1 when one is out of step. Blocks
between `begin generated` and `end generated` are replaced inside files that people write; other files are whole.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "devtools")]

import action_yml  # noqa: E402 - the path must be set first
import hooks  # noqa: E402
import reference  # noqa: E402
import rule_pages  # noqa: E402
import starter_workflows  # noqa: E402
import tag_workflow  # noqa: E402
import workflow_tables  # noqa: E402

COMMAND = "python devtools/generate.py"


def files() -> dict[str, str]:
    """Path relative to the root → the whole text it should have."""
    wanted = {**action_yml.files(), **rule_pages.files(), **hooks.files(), **reference.files()}
    wanted |= starter_workflows.files() | tag_workflow.files()
    for path, blocks in {**reference.blocks(), **workflow_tables.blocks()}.items():
        text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else reference.START[path]
        for name, block in blocks.items():
            text = replaced(text, name, block)
        wanted[path] = text
    return wanted


def replaced(text: str, name: str, block: str) -> str:
    """`text` with the block called `name` replaced. Raises ValueError when its markers are missing."""
    begin, end = f"<!-- begin generated {name}: {COMMAND} -->", f"<!-- end generated {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no markers of the block {name!r}: expected {begin}")
    return f"{before}{begin}\n\n{block.strip()}\n\n{end}{after}"


def stale_pages(wanted: dict[str, str]) -> list[Path]:
    """Pages of rules that are no more."""
    return [path for path in (ROOT / "docs/rules").glob("*.md") if path.relative_to(ROOT).as_posix() not in wanted]


def main(argv: list[str]) -> int:
    """Write or check every file; returns the exit code."""
    is_check = "--check" in argv
    wanted = files()
    differing = {path: text for path, text in wanted.items() if _current(path) != text}
    stale = stale_pages(wanted)
    for path, text in differing.items():
        if is_check:
            sys.stdout.writelines(_difference(path, text))
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
    for page in stale:
        print(f"{page.relative_to(ROOT)} belongs to no rule")
        if not is_check:
            page.unlink()
    if is_check and (differing or stale):
        print(f"{len(differing) + len(stale)} files are out of step: run {COMMAND}")
        return 1
    return 0


def _current(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _difference(path: str, text: str) -> list[str]:
    old, new = _current(path).splitlines(keepends=True), text.splitlines(keepends=True)
    return list(difflib.unified_diff(old, new, path, f"{path} (generated)"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
