"""The fact what actionlint and zizmor say of the repository's workflows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkflowWord:
    """One thing one of them says. `tool`: actionlint or zizmor; `kind`: its own name for it; `is_grave`: no advice."""

    path: str
    line: int
    column: int
    tool: str
    kind: str
    message: str
    is_grave: bool = True


@dataclass(frozen=True, slots=True)
class WorkflowLint:
    """Everything they say, by path and line."""

    words: tuple[WorkflowWord, ...]
