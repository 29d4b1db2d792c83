"""A run that is thought of: which event on which ref, and what the contexts of expressions hold then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.document import Workflow
from go_release_gate.workflow.expressions.values import Record, Value
from go_release_gate.workflow.triggers import BRANCH, TAG, Trigger

STARTED = "inputs are only known when it is started"
LATER = "it is only known while the workflow runs"
SAMPLE_NUMBER = 4711  # of a pull request that is thought of
SAMPLE_TAG = "v1.2.3"
PULL_REQUESTS = ("pull_request", "pull_request_target")
# Parts of the payload that an event has only where it is about them: elsewhere they are null.
_ELSEWHERE = ("pull_request", "release", "workflow_run", "inputs", "issue", "schedule", "client_payload", "number")
# What they are about is not in a ref of their own: they run on the default branch.
_ON_DEFAULT = ("schedule", "workflow_run", "repository_dispatch", "issues", "issue_comment", "discussion", "watch")


@dataclass(frozen=True, slots=True)
class Run:
    """What a workflow is run for. Unknown parts are empty.

    Attributes:
        event: GitHub's name of it; `ref` in full (`refs/tags/v1.2.3`).
        repository: `owner/name`.
        number, base_ref, head_ref: of a pull request.
        inputs: of a workflow_dispatch or a call, by name.
    """

    event: str
    ref: str
    sha: str = ""
    repository: str = ""
    default_branch: str = "main"
    number: int | None = None
    base_ref: str = ""
    head_ref: str = ""
    inputs: Mapping[str, Value] = field(default_factory=dict)

    @property
    def ref_name(self) -> str:
        """The ref as `github.ref_name` has it."""
        for start in (BRANCH, TAG, "refs/pull/"):
            if self.ref.startswith(start):
                return self.ref.removeprefix(start)
        return self.ref

    @property
    def tag(self) -> str:
        """The tag, empty for other refs."""
        return self.ref.removeprefix(TAG) if self.ref.startswith(TAG) else ""

    @property
    def words(self) -> str:
        """The event for people: `a push of tag v1.2.3`."""
        if self.event in PULL_REQUESTS:
            return f"{self.event} #{self.number}" if self.number else self.event
        kind = "tag" if self.tag else "branch"
        return (
            f"a push of {kind} {self.ref_name}" if self.event == "push" else f"{self.event} on {kind} {self.ref_name}"
        )


def pull_request(number: int, base: str, head: str = "feature", event: str = "pull_request") -> Run:
    """A pull request that is opened or changed."""
    ref = f"{BRANCH}{base}" if event == "pull_request_target" else f"refs/pull/{number}/merge"
    return Run(event, ref, number=number, base_ref=base, head_ref=head, default_branch=base)


def runs_of(workflow: Workflow, *, repository: str = "", default_branch: str = "main") -> Iterator[Run]:
    """One run or several for each event the workflow listens to, with refs that its filters take."""
    for trigger in workflow.triggers:
        for event, ref, number in _subjects(trigger, default_branch):
            is_pull = event in PULL_REQUESTS
            yield Run(
                event,
                ref,
                repository=repository,
                default_branch=default_branch,
                number=number,
                base_ref=default_branch if is_pull else "",
                head_ref="feature" if is_pull else "",
            )


def _subjects(trigger: Trigger, default: str) -> Iterator[tuple[str, str, int | None]]:
    event = trigger.event
    if event == "push":
        yield from ((event, TAG + name, None) for name in trigger.sample_tags())
        yield from ((event, BRANCH + name, None) for name in trigger.sample_branches(default))
    elif event in PULL_REQUESTS:
        yield (
            event,
            f"{BRANCH}{default}" if event.endswith("target") else f"refs/pull/{SAMPLE_NUMBER}/merge",
            SAMPLE_NUMBER,
        )
    elif event == "release":
        yield event, TAG + SAMPLE_TAG, None
    elif event in _ON_DEFAULT or event == "workflow_dispatch":
        yield event, BRANCH + default, None


def contexts(run: Run) -> dict[str, Value]:
    """`github` and `inputs` of a run, `secrets`, `vars` and `runner` as the unknown things they are."""
    return {
        "github": _github(run),
        "inputs": Record(dict(run.inputs), "" if run.inputs or run.event != "workflow_dispatch" else STARTED),
        "secrets": Unknown("a secret"),
        "vars": Unknown("a variable of the repository's settings"),
        "runner": Record({"os": Unknown(LATER)}, LATER),
        "env": Record({}),
    }


def _github(run: Run) -> Record:
    owner, _, name = run.repository.partition("/")
    unknown = Unknown("the repository's name is not known here")
    known: dict[str, Value] = {
        "event_name": run.event,
        "ref": run.ref,
        "ref_name": run.ref_name,
        "ref_type": "tag" if run.tag else "branch",
        "sha": run.sha or Unknown("the commit is only known while the workflow runs"),
        "repository": run.repository or unknown,
        "repository_owner": owner or unknown,
        "base_ref": run.base_ref,
        "head_ref": run.head_ref,
        "server_url": "https://github.com",
        "event": _event(run, owner, name),
    }
    return Record(known, LATER)


def _event(run: Run, owner: str, name: str) -> Record:
    repository = Record(
        {
            "default_branch": run.default_branch,
            "full_name": run.repository or Unknown(LATER),
            "name": name or Unknown(LATER),
            "owner": Record({"login": owner or Unknown(LATER)}, LATER),
            "fork": False,
        },
        LATER,
    )
    absent: dict[str, Value] = dict.fromkeys(_ELSEWHERE)
    known: dict[str, Value] = {**absent, "repository": repository, **_payload(run)}
    return Record(known, LATER)


def _payload(run: Run) -> dict[str, Value]:
    """The part of the payload that belongs to this event alone."""
    commit = run.sha or Unknown(LATER)
    if run.event in PULL_REQUESTS:
        head = Record({"ref": run.head_ref or Unknown(LATER)}, LATER)
        base = Record({"ref": run.base_ref or Unknown(LATER)}, LATER)
        number = float(run.number) if run.number else Unknown(LATER)
        request = Record({"number": number, "head": head, "base": base}, LATER)
        return {"number": number, "pull_request": request}
    if run.event == "release":
        return {"release": Record({"tag_name": run.tag or Unknown(LATER)}, LATER), "action": Unknown(LATER)}
    if run.event == "push":
        return {"ref": run.ref, "after": commit, "head_commit": Record({"id": commit}, LATER), "deleted": False}
    if run.event == "workflow_dispatch":
        return {"ref": run.ref, "inputs": Record(dict(run.inputs), LATER)}
    if run.event == "workflow_run":
        return {"workflow_run": Unknown(LATER)}
    return {run.event: Unknown(LATER)}
