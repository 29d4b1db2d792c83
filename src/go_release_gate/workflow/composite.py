"""The repository's own composite actions (`uses: ./DIR`), as far as their text tells.

https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runs-for-composite-actions
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.document import Step, Texts, step_of
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value, text
from go_release_gate.workflow.reached import Reached
from go_release_gate.workflow.runs import LATER, STARTED
from go_release_gate.workflow.tree import InvalidDocumentError, Scalar, child, entries_of, read_tree, text_of

FILES = ("action.yml", "action.yaml")


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A composite action; `path`: of its file, relative to the root; `defaults`: of its inputs, by lower-case name."""

    path: str
    steps: tuple[Step, ...] = ()
    defaults: Texts = field(default_factory=dict)


def read_action(path: str, data: str) -> Action | None:
    """The composite action in `data`; None: it is none, or cannot be read."""
    try:
        tree = read_tree(data.encode())
    except InvalidDocumentError:
        return None
    if text_of(child(tree, "runs", "using")) != "composite":
        return None
    defaults = {
        key.text.lower(): value
        for key, node in entries_of(child(tree, "inputs"))
        if isinstance(value := child(node, "default"), Scalar)
    }
    return Action(path, tuple(map(step_of, getattr(child(tree, "runs", "steps"), "items", ()))), defaults)


def first_action(directory: str, text_of: Callable[[str], str]) -> Action | None:
    """The composite action in a directory; `text_of`: text of a file, empty where it is none."""
    paths = (posixpath.normpath(f"{directory}/{name}") for name in FILES)
    return next(filter(None, (read_action(path, data) for path in paths if (data := text_of(path)))), None)


def directory_of(step: Step) -> str:
    """The directory of the repository's action that a step uses; empty: it uses none, or one outside the repository."""
    name = step.uses.text.strip() if step.uses else ""
    path = posixpath.normpath(name) if name.startswith("./") and "${{" not in name else ""
    return "" if path.startswith("..") else path


def reached_within(action: Action, call: Reached) -> Iterator[Reached]:
    """The action's steps with the inputs of one call. What its own steps hand on to one another is not followed."""
    inputs: dict[str, Value] = {name: text(scalar.value) for name, scalar in action.defaults.items()}
    inputs |= {name: call.input(name) for name in call.step.inputs}
    known: dict[str, Value] = {"inputs": Record(inputs, STARTED), "steps": Record({}, LATER), "matrix": Unknown(LATER)}
    evaluator = Evaluator({**call.evaluator.contexts, **known}, call.evaluator.holes)
    for step in action.steps:
        environment = {**call.environment, **{name: evaluator.fill(value.text) for name, value in step.env.items()}}
        yield replace(call, step=step, evaluator=evaluator, environment=environment)
