"""The JSON schemas of the reports, one file per kind (draft 2020-12)."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def kinds() -> list[str]:
    """Kinds of report that have a schema."""
    return sorted(path.stem for path in _HERE.glob("*.json"))


def schema_text(kind: str) -> str:
    """The schema of `kind` as JSON text. Raises KeyError for a kind without one."""
    if kind not in kinds():
        raise KeyError(kind)
    return (_HERE / f"{kind}.json").read_text(encoding="utf-8")
