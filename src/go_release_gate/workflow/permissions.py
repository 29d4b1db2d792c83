"""What a job's token may do, as far as the workflow says.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions: a job's own table
replaces the workflow's; what a table does not name is `none`; without any table the repository's settings count.
"""

from __future__ import annotations

from collections.abc import Mapping

from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Node, Scalar, child, entries_of, text_of

LEVELS = ("none", "read", "write")
ALL = "*"
Permissions = Mapping[str, int]


def said(job: Job, workflow: Workflow) -> Permissions | None:
    """The level of each scope that counts for a job; None: neither job nor workflow says anything."""
    own = child(job.table, "permissions")
    return _read(own if own is not None else child(workflow.table, "permissions"))


def said_for_all(workflow: Workflow) -> Permissions | None:
    """The level of each scope that the workflow gives its jobs; None: it says nothing."""
    return _read(child(workflow.table, "permissions"))


def level(permissions: Permissions, scope: str) -> int:
    """What is granted of a scope. `read-all` and `write-all` stand for all scopes but `id-token`, which is written
    out or belongs to `write-all`."""
    return permissions.get(scope, permissions.get(ALL, 0))


def place(job: Job | None, workflow: Workflow, scope: str) -> int:
    """The line that grants a scope: its own, that of its table, or the job's; without a job that of the workflow."""
    own = child(job.table, "permissions") if job else None
    table = own if own is not None else child(workflow.table, "permissions")
    key = next((key for key, _ in entries_of(table) if key.text == scope), None)
    return key.line if key else table.line if table is not None else job.line if job else 1


def _read(node: Node | None) -> Permissions | None:
    if node is None:
        return None
    if isinstance(node, Scalar):
        word = node.text.removesuffix("-all")
        return {ALL: LEVELS.index(word)} if word in LEVELS else {}
    return {key.text: LEVELS.index(word) for key, value in entries_of(node) if (word := text_of(value)) in LEVELS}
