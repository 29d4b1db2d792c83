"""A GitHub workflow as it is written: triggers, jobs, steps, each with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.workflow.tree import (
    InvalidDocumentError,
    Node,
    Scalar,
    child,
    entries_of,
    read_tree,
    text_of,
    texts_of,
)
from go_release_gate.workflow.tree import Mapping as Table
from go_release_gate.workflow.triggers import Trigger, read_triggers

Texts = Mapping[str, Scalar]
OWN = ("./", "$/")  # how `uses` begins where it names something of the same repository


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of a job; `inputs` by lower-case name, `uses` and `run` None where there is no such key.

    `table`: where the inputs stand (`with:`), None where there are none. `directory`: `working-directory`, that of
    the defaults where the step gives none, empty: the checkout's root.
    """

    line: int
    id: str = ""
    uses: Scalar | None = None
    inputs: Texts = field(default_factory=dict)
    run: Scalar | None = None
    shell: str = ""
    env: Texts = field(default_factory=dict)
    condition: Scalar | None = None
    table: Table | None = None
    directory: str = ""

    @property
    def action(self) -> str:
        """`owner/name` of the action, lower case, without path and ref; empty for a run step."""
        return self.uses.text.partition("@")[0].strip().lower() if self.uses else ""

    def input(self, name: str) -> str:
        """The text of an input, empty where it is not given."""
        found = self.inputs.get(name)
        return found.text if found else ""

    def input_line(self, name: str) -> int:
        """Line of an input, the step's own where it is not given."""
        found = self.inputs.get(name)
        return found.line_at(0) if found else self.line


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One job: steps, or the reusable workflow it calls (`uses`); `container`: the image its steps run in.

    `table`: everything that is written of it.
    """

    id: str
    line: int
    needs: tuple[str, ...] = ()
    condition: Scalar | None = None
    uses: Scalar | None = None
    inputs: Texts = field(default_factory=dict)
    env: Texts = field(default_factory=dict)
    outputs: Texts = field(default_factory=dict)
    matrix: Node | None = None
    shell: str = ""
    has_permissions: bool = False
    steps: tuple[Step, ...] = ()
    container: Scalar | None = None
    table: Node | None = field(default=None, repr=False)

    @property
    def calls(self) -> str:
        """Path of the workflow of this repository that it calls; empty: it calls none, or another repository's."""
        text = self.uses.text.strip() if self.uses else ""
        return text[len(OWN[0]) :].removeprefix("./") if text.startswith(OWN) else ""


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """One workflow file; `path` relative to the root of the repository, `table`: everything that is written in it."""

    path: str
    name: str = ""
    triggers: tuple[Trigger, ...] = ()
    env: Texts = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    has_permissions: bool = False
    outputs: Texts = field(default_factory=dict)
    defaults: Mapping[str, Scalar] = field(default_factory=dict)
    table: Node | None = field(default=None, repr=False)

    def trigger(self, event: str) -> Trigger | None:
        """What the workflow says of an event, None where it does not listen to it."""
        return next((trigger for trigger in self.triggers if trigger.event == event), None)

    def steps(self) -> Iterator[tuple[Job, Step]]:
        """Every step with its job, in order."""
        for job in self.jobs:
            for step in job.steps:
                yield job, step


def read_workflow(path: str, data: bytes) -> Workflow:
    """The workflow in `data`.

    Raises:
        InvalidDocumentError: no document (tree.read_tree), or one without `on` and `jobs`.
    """
    tree = read_tree(data)
    if not isinstance(tree, Table):
        raise InvalidDocumentError("no workflow: expected the keys `on` and `jobs`")
    for name in ("on", "jobs"):
        if tree.get(name) is None:
            raise InvalidDocumentError(f"no workflow: the key `{name}` is missing")
    call = child(tree, "on", "workflow_call")
    return Workflow(
        path=path,
        name=text_of(tree.get("name")),
        triggers=read_triggers(tree.get("on"), tree.key("on")),
        env=_texts(tree.get("env")),
        jobs=tuple(_job(key, node, tree) for key, node in entries_of(tree.get("jobs"))),
        has_permissions=tree.get("permissions") is not None,
        outputs={key.text: value for key, node in entries_of(child(call, "outputs")) if (value := _value(node))},
        defaults={
            key.text.lower(): value
            for key, node in entries_of(child(call, "inputs"))
            if (value := _scalar(child(node, "default")))
        },
        table=tree,
    )


def _job(key: Scalar, node: Node, tree: Table) -> Job:
    shell, directory = _default(node, tree, "shell"), _default(node, tree, "working-directory")
    container = child(node, "container")
    steps = child(node, "steps")
    return Job(
        id=key.text,
        line=key.line,
        needs=tuple(item.text for item in texts_of(child(node, "needs"))),
        condition=_scalar(child(node, "if")),
        uses=_scalar(child(node, "uses")),
        inputs=_texts(child(node, "with"), lower=True),
        env=_texts(child(node, "env")),
        outputs=_texts(child(node, "outputs")),
        matrix=child(node, "strategy", "matrix"),
        shell=shell,
        has_permissions=child(node, "permissions") is not None,
        steps=tuple(step_of(step, shell, directory) for step in getattr(steps, "items", ())),
        container=_scalar(container) or _scalar(child(container, "image")),
        table=node,
    )


def _default(node: Node, tree: Table, name: str) -> str:
    """What the job, else the workflow, gives to all its run steps."""
    return text_of(child(node, "defaults", "run", name)) or text_of(child(tree, "defaults", "run", name))


def step_of(node: Node, shell: str = "", directory: str = "") -> Step:
    """The step that a node says, with the defaults of its job."""
    table = child(node, "with")
    return Step(
        line=node.line,
        id=text_of(child(node, "id")),
        uses=_scalar(child(node, "uses")),
        inputs=_texts(child(node, "with"), lower=True),
        run=_scalar(child(node, "run")),
        shell=text_of(child(node, "shell")) or shell,
        env=_texts(child(node, "env")),
        condition=_scalar(child(node, "if")),
        table=table if isinstance(table, Table) else None,
        directory=text_of(child(node, "working-directory")) or directory,
    )


def _value(node: Node) -> Scalar | None:
    return _scalar(child(node, "value"))


def _scalar(node: Node | None) -> Scalar | None:
    return node if isinstance(node, Scalar) else None


def _texts(node: Node | None, *, lower: bool = False) -> dict[str, Scalar]:
    return {
        key.text.lower() if lower else key.text: value for key, value in entries_of(node) if isinstance(value, Scalar)
    }
