"""For an event: which names a workflow would push. Nothing is run; what only a run can tell is Unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.document import Job, Step, Texts, Workflow
from go_release_gate.workflow.expressions.evaluate import Evaluator
from go_release_gate.workflow.expressions.values import Record, Value, is_unknown
from go_release_gate.workflow.matrix import combinations
from go_release_gate.workflow.publishers.steps import Around, Named, StepRun, known_outputs
from go_release_gate.workflow.runs import LATER, Run, contexts

STEP_LIMIT = 3000  # steps of one evaluation, and each 256 characters of their scripts
CALL_LIMIT = 10  # workflows that call one another, GitHub's own limit
_TOLD = ("ref", "ref_name", "ref_type", "sha", "repository", "repository_owner", "event_name", "base_ref", "head_ref")
_STATUS_WORDS = ("always", "failure", "cancelled")


@dataclass(frozen=True, slots=True)
class Push:
    """Names that a step pushes on an event.

    Attributes:
        workflow: path of the file; `line` in it; `job` and `step` by id, a step without one by its number (`#3`).
        names: full references; Unknown: one that is only partly known, its text as far as it is.
        is_conditional: a condition that cannot be evaluated decides whether it is pushed.
    """

    workflow: str
    job: str
    step: str
    line: int
    event: str
    names: tuple[str, ...] | Unknown
    is_conditional: bool = False
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a workflow may name: the other workflows by path, and what its steps may name."""

    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    around: Around = field(default_factory=Around)


@dataclass(slots=True)
class Allowance:
    """What several evaluations may cost together; each takes from it, with none left they give nothing."""

    left: int = 10 * STEP_LIMIT


def pushes(
    workflow: Workflow, run: Run, surroundings: Surroundings | None = None, allowance: Allowance | None = None
) -> tuple[Push, ...]:
    """Everything the workflow would push in `run`; none where it does not listen to the event or filters the ref."""
    trigger = workflow.trigger(run.event)
    if trigger is None or (run.event == "push" and not trigger.takes(run.ref)):
        return ()
    steps = min(STEP_LIMIT, allowance.left) if allowance else STEP_LIMIT
    budget = _Budget(steps=steps)
    found = _Simulation(workflow, run, surroundings or Surroundings(), budget).pushed()
    if allowance:
        allowance.left = max(allowance.left - (steps - budget.steps), 0)
    return tuple(dict.fromkeys(found))


@dataclass(slots=True)
class _Budget:
    """What one evaluation may cost."""

    holes: Holes = field(default_factory=Holes)
    steps: int = STEP_LIMIT
    calls: int = CALL_LIMIT


@dataclass(slots=True)
class _Done:
    """A job: what it pushes, its outputs, whether it runs at all."""

    runs: bool | Unknown
    outputs: Record = field(default_factory=lambda: Record({}, LATER))
    pushed: list[Push] = field(default_factory=list)


class _Simulation:
    """One workflow in one run; each job is gone through once."""

    def __init__(self, workflow: Workflow, run: Run, around: Surroundings, budget: _Budget) -> None:
        self.workflow = workflow
        self.run = run
        self.around = around
        self.budget = budget
        self.jobs = {job.id: job for job in workflow.jobs}
        self.done: dict[str, _Done | None] = {}
        self.variables = _variables(run, budget.holes)

    def pushed(self) -> list[Push]:
        """What all jobs push, in the order of the text."""
        for job in self.workflow.jobs:
            self.job(job, 0)
        return [push for job in self.workflow.jobs if (done := self.done[job.id]) for push in done.pushed]

    def outputs(self) -> Record:
        """The outputs of a called workflow."""
        jobs = {name: Record({"outputs": done.outputs}, LATER) for name, done in self.done.items() if done}
        evaluator = Evaluator({**contexts(self.run), "jobs": Record(jobs, LATER)}, self.budget.holes)
        return Record({name: evaluator.fill(value.text) for name, value in self.workflow.outputs.items()}, LATER)

    def job(self, job: Job, depth: int) -> _Done:
        """The job gone through, those it needs first; one that needs itself does not run."""
        if job.id in self.done:
            return self.done[job.id] or _Done(False)
        self.done[job.id] = None
        if depth > 100:
            return _Done(False)
        needed = {name: self.job(self.jobs[name], depth + 1) for name in job.needs if name in self.jobs}
        done = self._ran(job, needed)
        self.done[job.id] = done
        return done

    def _ran(self, job: Job, needed: Mapping[str, _Done]) -> _Done:
        base: dict[str, Value] = {
            **contexts(self.run),
            "needs": Record({name: _need(done) for name, done in needed.items()}),
        }
        runs = _runs(job, needed, Evaluator(base, self.budget.holes))
        done = _Done(runs)
        if runs is False:
            done.outputs = Record({})
            return done
        for matrix in combinations(job.matrix, Evaluator(base, self.budget.holes)):
            found = {**base, "matrix": matrix, "strategy": Unknown(LATER), "job": Unknown(LATER)}
            done.outputs = self._called(job, found, done) if job.uses else self._stepped(job, found, done)
        return done

    def _called(self, job: Job, base: dict[str, Value], done: _Done) -> Record:
        """A reusable workflow of this repository, with the inputs it is given."""
        callee = self.around.workflows.get(job.calls.partition("@")[0])
        if callee is None or self.budget.calls == 0:
            return Record({}, LATER)
        self.budget.calls -= 1
        evaluator = Evaluator(base, self.budget.holes)
        inputs: dict[str, Value] = {name: _input(evaluator, value.text) for name, value in _given(callee, job).items()}
        run = replace(self.run, inputs=inputs or {"": None})
        inner = _Simulation(callee, run, self.around, self.budget)
        is_open = isinstance(done.runs, Unknown)
        done.pushed += [replace(push, is_conditional=push.is_conditional or is_open) for push in inner.pushed()]
        return inner.outputs()

    def _stepped(self, job: Job, base: dict[str, Value], done: _Done) -> Record:
        environment: dict[str, str] = {}
        for texts in (self.workflow.env, job.env):
            environment |= self._filled(texts, {**base, "env": Record(dict(environment))})
        steps: dict[str, Value] = {}
        for number, step in enumerate(job.steps, 1):
            if self.budget.steps <= 0:
                break
            self.budget.steps -= 1 + (len(step.run.text) >> 8 if step.run else 0)
            own = {**base, "env": Record(dict(environment)), "steps": Record(dict(steps))}
            runs = self._step_runs(step, own)
            outputs = Record({}, LATER)
            if runs is not False:
                outputs = self._step(step, number, own, environment, (job, done, runs))
            if step.id:
                steps[step.id] = Record({"outputs": outputs if runs is not False else Record({})}, LATER)
        evaluator = Evaluator({**base, "env": Record(environment), "steps": Record(steps)}, self.budget.holes)
        return Record({name: evaluator.fill(value.text) for name, value in job.outputs.items()})

    def _step_runs(self, step: Step, own: dict[str, Value]) -> bool | Unknown:
        if step.condition is None:
            return True
        env = {**dict(_known(own["env"])), **self._filled(step.env, own)}
        return Evaluator({**own, "env": Record(env)}, self.budget.holes).is_true(step.condition.text)

    def _step(
        self,
        step: Step,
        number: int,
        own: dict[str, Value],
        environment: dict[str, str],
        place: tuple[Job, _Done, bool | Unknown],
    ) -> Record:
        job, done, runs = place
        local = {**environment, **self._filled(step.env, own)}
        shell = {**self.variables, **local}
        evaluator = Evaluator({**own, "env": Record(dict(local))}, self.budget.holes)
        current = StepRun(step, self.run, evaluator, shell, self.around.around)
        is_open = isinstance(runs, Unknown) or isinstance(done.runs, Unknown)
        for named in current.pushed():
            done.pushed += self._pushes(job, step.id or f"#{number}", named, is_open)
        environment |= current.exported
        if isinstance(runs, Unknown):
            return Record({}, "the step is run on a condition that is only known while the workflow runs")
        return known_outputs(current)

    def _pushes(self, job: Job, step: str, named: Named, is_open: bool) -> Iterator[Push]:
        holes = self.budget.holes
        results = [holes.result(name) for name in named.names]
        known = tuple(name for name in results if isinstance(name, str))
        for names in ((known,) if known else (), tuple(one for one in results if isinstance(one, Unknown))):
            for found in names:
                yield Push(
                    self.workflow.path,
                    job.id,
                    step,
                    named.line,
                    self.run.event,
                    found,
                    is_open or named.is_conditional,
                    self.run.ref,
                )

    def _filled(self, texts: Texts, base: dict[str, Value]) -> dict[str, str]:
        evaluator = Evaluator(base, self.budget.holes)
        return {name: evaluator.fill(value.text) for name, value in texts.items()}


def _known(value: Value) -> Mapping[str, Value]:
    return value.known if isinstance(value, Record) else {}


def _runs(job: Job, needed: Mapping[str, _Done], evaluator: Evaluator) -> bool | Unknown:
    """Whether the job runs: its condition, and that none it needs is left out."""
    condition = job.condition.text if job.condition else ""
    own = evaluator.is_true(condition) if condition else True
    if own is False or any(word in condition.lower() for word in _STATUS_WORDS):
        return own
    if any(done.runs is False for done in needed.values()):
        return False
    return next((done.runs for done in needed.values() if isinstance(done.runs, Unknown)), own)


def _need(done: _Done) -> Record:
    result: Value = "skipped" if done.runs is False else Unknown(LATER) if isinstance(done.runs, Unknown) else "success"
    return Record({"outputs": done.outputs, "result": result})


def _given(callee: Workflow, job: Job) -> Texts:
    return {**callee.defaults, **job.inputs}


def _input(evaluator: Evaluator, template: str) -> Value:
    body = template.strip()
    filled = evaluator.fill(template)
    if body.lower() in ("true", "false"):
        return body.lower() == "true"
    if body.startswith("${{") and body.endswith("}}") and body.count("${{") == 1:
        value = evaluator.value(body[3:-2])
        return filled if is_unknown(value) else value
    return filled


def _variables(run: Run, holes: Holes) -> dict[str, str]:
    """The variables that GitHub sets in every step, as far as they are known."""
    evaluator = Evaluator(contexts(run), holes)
    found = {f"GITHUB_{name.upper()}": evaluator.fill(f"${{{{ github.{name} }}}}") for name in _TOLD}
    return {**found, "GITHUB_SERVER_URL": "https://github.com", "CI": "true"}
