"""Concurrency groups: their names as far as two of them can be compared before anything runs.

https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.tree import Node, Scalar, child

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_INPUT = re.compile(r"inputs\.([\w-]+)", re.IGNORECASE)
_APART = re.compile(r"\b(?:inputs|env|vars|secrets|needs|matrix|strategy|steps|job|github\.job)\b", re.IGNORECASE)
"""Contexts that may have another value in another job or workflow."""


def group_of(node: Node | None) -> Scalar | None:
    """The group of a `concurrency` key; None: there is none, or it is no text."""
    found = child(node, "group") if not isinstance(node, Scalar) else node
    return found if isinstance(found, Scalar) else None


def name_of(group: Scalar, root: Workflow, inputs: Mapping[str, str]) -> str:
    """A group's name in a form that is equal where the names will be; empty: that cannot be told.

    Args:
        root: the workflow that the event starts; `github.workflow` is its name in called workflows, too.
        inputs: by lower-case name, what the call gives; a value that is an expression stays one.
    """
    known = True

    def replaced(match: re.Match[str]) -> str:
        nonlocal known
        inner = match[1]
        if inner.lower() == "github.workflow":
            return root.name or root.path
        given = _INPUT.fullmatch(inner)
        if given and given[1].lower() in inputs:
            return _EXPRESSION.sub(replaced, inputs[given[1].lower()])
        known = known and not _APART.search(inner)
        return "${{" + "".join(inner.split()) + "}}"

    text = _EXPRESSION.sub(replaced, group.text).strip().lower()  # names are compared without case
    return text if known else ""
