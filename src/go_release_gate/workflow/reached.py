"""The steps of a workflow as far as its text tells, whatever it is run for: variables, matrix, inputs, outputs.

Unlike pushes.py this thinks of no event: what only an event tells stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.shell.script import Script
from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.document import Job, Step, Texts, Workflow
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value, text
from go_release_gate.workflow.matrix import combinations
from go_release_gate.workflow.runs import LATER, STARTED
from go_release_gate.workflow.tree import Scalar

STEP_LIMIT = 3000  # steps of one workflow, each once for every combination of its matrix
SCRIPT_LIMIT = 20_000  # characters of a script that is gone through for what it sets
CALLERS = 10  # callers whose inputs are followed
_TELLING = ("GITHUB_OUTPUT", "GITHUB_ENV", "set-output")

Inputs = Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A step in one combination of its job's matrix.

    Attributes:
        evaluator: fills in its texts. environment: variables its command sees, with holes for what is unknown.
        matrix: the combination. combination: its number, from 0.
    """

    job: Job
    step: Step
    evaluator: Evaluator
    environment: dict[str, str]
    matrix: Record
    combination: int = 0

    def input(self, name: str) -> str:
        """An input filled in, holes for what is unknown; empty where it is not given."""
        found = self.step.inputs.get(name)
        return filled(found, self.evaluator) if found else ""


def filled(scalar: Scalar, evaluator: Evaluator) -> str:
    """A scalar as GitHub passes it on: an unquoted `1.20` is the number 1.2."""
    value = scalar.value
    if isinstance(value, float) and "e" not in scalar.text.lower():
        return text(value)
    return evaluator.fill(scalar.text).strip()


def reached_steps(workflow: Workflow, inputs: Inputs | None = None) -> Iterator[Reached]:
    """Every step, once for each combination; jobs in the order of the text.

    `inputs`: of a call; None: the defaults of `workflow_call`.
    """
    walk = _Walk(workflow, {**_defaults(workflow), **(inputs or {})})
    for job in workflow.jobs:
        walk.gone(job, 0)
    for job in workflow.jobs:
        yield from walk.steps.get(job.id, ())


def given_inputs(workflow: Workflow, files: Iterable[Workflow]) -> list[Inputs]:
    """The inputs of each call in the repository; the defaults alone where nobody calls it."""
    evaluator = Evaluator({"github": Unknown(LATER)}, Holes())
    found: list[Inputs] = []
    for caller in files:
        for job in caller.jobs:
            if job.calls == workflow.path:
                found += [{name: filled(value, evaluator) for name, value in job.inputs.items()}]
    return found[:CALLERS] or [{}]


def _defaults(workflow: Workflow) -> dict[str, Value]:
    return {name: text(scalar.value) for name, scalar in workflow.defaults.items()}


@dataclass(slots=True)
class _Walk:
    """One pass through a workflow."""

    workflow: Workflow
    inputs: Inputs
    holes: Holes = field(default_factory=Holes)
    left: int = STEP_LIMIT
    steps: dict[str, list[Reached]] = field(default_factory=dict)
    outputs: dict[str, Record] = field(default_factory=dict)

    def gone(self, job: Job, depth: int) -> Record:
        """The job's outputs, once it and those it needs are gone through."""
        if job.id in self.outputs or depth > 100:
            return self.outputs.get(job.id, Record({}, LATER))
        self.outputs[job.id] = Record({}, LATER)
        jobs = {one.id: one for one in self.workflow.jobs}
        needs: dict[str, Value] = {
            name: Record({"outputs": self.gone(jobs[name], depth + 1)}, LATER) for name in job.needs if name in jobs
        }
        base = self._base(needs)
        found: list[Reached] = []
        known = Record({}, LATER)
        for number, matrix in enumerate(combinations(job.matrix, Evaluator(base, self.holes))):
            known = self._through(job, {**base, "matrix": matrix}, (matrix, number), found)
        self.steps[job.id] = found
        self.outputs[job.id] = known
        return known

    def _base(self, needs: dict[str, Value]) -> dict[str, Value]:
        unknown = Unknown(LATER)
        return {
            "github": unknown,
            "secrets": unknown,
            "vars": unknown,
            "runner": unknown,
            "inputs": Record(dict(self.inputs), STARTED),
            "needs": Record(needs, LATER),
            "env": Record({}),
        }

    def _through(self, job: Job, base: dict[str, Value], place: tuple[Record, int], found: list[Reached]) -> Record:
        environment: dict[str, str] = {}
        for texts in (self.workflow.env, job.env):
            environment |= self._texts(texts, base, environment)
        steps: dict[str, Value] = {}
        for step in job.steps:
            if self.left <= 0:
                break
            self.left -= 1
            own = {**base, "steps": Record(dict(steps), LATER)}
            local = {**environment, **self._texts(step.env, own, environment)}
            evaluator = Evaluator({**own, "env": Record(dict(local))}, self.holes)
            found.append(Reached(job, step, evaluator, local, *place))
            outputs, exported = self._left_behind(step, evaluator, local)
            environment |= exported
            if step.id:
                steps[step.id] = Record({"outputs": Record(outputs, LATER)}, LATER)
        evaluator = Evaluator({**base, "env": Record(dict(environment)), "steps": Record(steps, LATER)}, self.holes)
        return Record({name: evaluator.fill(value.text) for name, value in job.outputs.items()}, LATER)

    def _left_behind(
        self, step: Step, evaluator: Evaluator, environment: dict[str, str]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        """Outputs and variables that a script sets for later steps; unknown behind a condition."""
        run = step.run
        if run is None or len(run.text) > SCRIPT_LIMIT or not any(word in run.text for word in _TELLING):
            return {}, {}
        script = Script(dict(environment), self.holes)
        for _ in script.called(evaluator.fill(run.text)):
            pass
        if step.condition is None:
            return dict(script.outputs), dict(script.environment)
        reason = "it is set by a step that has a condition"
        hidden = {name: self.holes.mark(reason, f"${name}") for name in script.environment}
        return {name: Unknown(reason) for name in script.outputs}, hidden

    def _texts(self, texts: Texts, base: dict[str, Value], environment: dict[str, str]) -> dict[str, str]:
        evaluator = Evaluator({**base, "env": Record(dict(environment))}, self.holes)
        return {name: filled(value, evaluator) for name, value in texts.items()}
