"""Sizes in words."""

from __future__ import annotations


def size_text(size: int) -> str:
    """`812 B`, `4.2 MB`: in powers of ten, as registries show sizes."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
