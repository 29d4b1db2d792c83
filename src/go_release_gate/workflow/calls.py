"""Which workflows of a repository call which, what they declare and what each call gives.

https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows. Only calls within the repository
(`uses: ./.github/workflows/NAME`, or `$/…`) can be followed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from go_release_gate.workflow.document import Job, Workflow
from go_release_gate.workflow.tree import Mapping as Table
from go_release_gate.workflow.tree import Node, Scalar, child, entries_of, text_of

INHERIT = "inherit"
CHAIN_LIMIT = 500  # chains of calls that are gone through from one call


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A job that calls a workflow of its own repository."""

    caller: Workflow
    job: Job
    callee: Workflow

    @property
    def line(self) -> int:
        """Where it is written."""
        return self.job.uses.line if self.job.uses else self.job.line


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """An input or secret that a workflow takes. `kind`: its type as written, empty for none."""

    name: Scalar
    is_required: bool
    default: Node | None = None
    kind: str = ""


@dataclass(frozen=True)
class CallGraph:
    """The calls of a repository."""

    files: Sequence[Workflow]
    _paths: Mapping[str, Workflow] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", {one.path: one for one in self.files})

    @cached_property
    def _calls(self) -> Mapping[str, tuple[Call, ...]]:
        found: dict[str, tuple[Call, ...]] = {}
        for one in self.files:
            named = ((job, self._paths.get(job.calls)) for job in one.jobs)
            found[one.path] = tuple(Call(one, job, callee) for job, callee in named if callee is not None)
        return found

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call that can be followed, in the order of the files."""
        return tuple(call for one in self.files for call in self.calls_of(one))

    def calls_of(self, workflow: Workflow) -> tuple[Call, ...]:
        """The calls of one workflow."""
        return self._calls[workflow.path]

    def is_called(self, workflow: Workflow) -> bool:
        """Whether a workflow of the repository calls it."""
        return any(one.callee is workflow for one in self.calls)

    def at(self, path: str) -> Workflow | None:
        """The workflow at a path, None where the repository has none there."""
        return self._paths.get(path)

    def chains(self, call: Call) -> Iterator[tuple[Call, ...]]:
        """The call alone, and with every call below it, short chains first; a cycle is followed once.

        There may be more chains than anyone can look at (each of six workflows calls the next six, nine times over):
        beyond CHAIN_LIMIT they are left out.
        """
        pending: deque[tuple[Call, ...]] = deque([(call,)])
        for _ in range(CHAIN_LIMIT):
            if not pending:
                return
            chain = pending.popleft()
            yield chain
            seen = {one.callee.path for one in chain} | {chain[0].caller.path}
            pending += [(*chain, one) for one in self.calls_of(chain[-1].callee) if one.callee.path not in seen]

    def circle(self, workflow: Workflow) -> tuple[Call, ...]:
        """The shortest way by which a workflow calls itself; empty: none."""
        pending: deque[tuple[Call, ...]] = deque((one,) for one in self.calls_of(workflow))
        seen: set[str] = set()
        while pending:
            chain = pending.popleft()
            last = chain[-1].callee
            if last is workflow:
                return chain
            if last.path not in seen:
                seen.add(last.path)
                pending += [(*chain, one) for one in self.calls_of(last)]
        return ()

    def depth(self, call: Call) -> int:
        """Number of workflows in the longest chain that begins with a call; 0: it leads into a circle."""
        level, depth = {call.callee.path}, 1
        while level:
            depth += 1
            if depth > len(self.files) + 1:
                return 0
            level = {one.callee.path for path in level for one in self._calls[path]}
        return depth


def is_callable(workflow: Workflow) -> bool:
    """Whether other workflows may call it."""
    return workflow.trigger("workflow_call") is not None


def declared(workflow: Workflow, what: str) -> dict[str, Declared]:
    """The `inputs` or `secrets` (`what`) it takes, by lower-case name: GitHub compares them without case."""
    table = child(workflow.table, "on", "workflow_call", what)
    return {
        key.text.lower(): Declared(
            key,
            text_of(child(node, "required")).lower() == "true",
            child(node, "default"),
            text_of(child(node, "type")),
        )
        for key, node in entries_of(table)
    }


def given(job: Job, what: str) -> dict[str, tuple[Scalar, Node]]:
    """What a call gives, `with` or `secrets`, by lower-case name."""
    return {key.text.lower(): (key, node) for key, node in entries_of(child(job.table, what))}


def inherits_secrets(job: Job) -> bool:
    """Whether it hands on all the secrets it has."""
    node = child(job.table, "secrets")
    return isinstance(node, Scalar) and node.text == INHERIT


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Every text below a node, keys left out."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Table):
        for _, inner in node.entries:
            yield from scalars(inner)
    elif node is not None:
        for item in node.items:
            yield from scalars(item)
