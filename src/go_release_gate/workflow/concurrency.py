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
Inputs = Mapping[str, str | None]
_APART = re.compile(r"\b(?:inputs|env|vars|secrets|needs|matrix|strategy|steps|job|github\.job)\b", re.IGNORECASE)
"""Contexts that may have another value in another job or workflow."""


def group_of(node: Node | None) -> Scalar | None:
    """The group of a `concurrency` key; None: there is none, or it is no text."""
    found = child(node, "group") if not isinstance(node, Scalar) else node
    return found if isinstance(found, Scalar) else None


def name_of(text: str, root: Workflow, inputs: Inputs | None) -> str | None:
    """A group's name in a form that is equal where the names will be; None: that cannot be told.

    Args:
        text: the group as it is written, or an input that may become part of one.
        root: the workflow that the event starts; `github.workflow` is its name in called workflows, too.
        inputs: by lower-case name, what the call gives, each in this form; None: the text is of the root itself, whose
            inputs are the same wherever they are handed to.
    """
    known = True

    def replaced(match: re.Match[str]) -> str:
        nonlocal known
        inner = match[1]
        if inner.lower() == "github.workflow":
            return root.name or root.path
        given = _INPUT.fullmatch(inner)
        if given and inputs is None:
            return f"${{{{root.{inner}}}}}"
        value = inputs.get(given[1].lower()) if given and inputs is not None else None
        if value is not None:
            return value
        known = known and not _APART.search(inner)
        return "${{" + "".join(inner.split()) + "}}"

    name = _EXPRESSION.sub(replaced, text).strip().lower()  # names are compared without case
    return name if known else None
