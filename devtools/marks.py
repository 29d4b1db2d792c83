"""Blocks of a page that a program writes: between `<!-- begin NAME … -->` and `<!-- end NAME -->`."""

from __future__ import annotations

import re
from pathlib import Path


def put(page: Path, name: str, text: str) -> None:
    """Replace the block `name` of `page` by `text`. Raises ValueError when the page has no such marks."""
    before = page.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- begin {re.escape(name)}\b[^>]*-->\n).*?(<!-- end {re.escape(name)} -->)", re.DOTALL)
    if not block.search(before):
        raise ValueError(f"{page} has no marks of the block {name!r}")
    page.write_text(
        block.sub(lambda found: f"{found[1]}\n{text.strip()}\n\n{found[2]}", before, count=1), encoding="utf-8"
    )
