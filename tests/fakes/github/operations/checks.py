"""Check runs: https://docs.github.com/en/rest/checks/runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.state import CheckRun

# In no page of the documentation; the text of GitHub's answer.
NOT_YOURS = "Invalid app_id `1` - check run can only be modified by the GitHub App that created it."
PLAIN = ("name", "external_id", "details_url", "started_at", "status")


@serves("checks/create", "checks: write")
def create(call: Call) -> Answer:
    """A new check run on a commit of the repository."""
    rules.enforce(rules.check_run(call.body, is_new=True))
    sha = call.body["head_sha"]
    if sha not in call.repository.commits:
        rules.enforce([f"No commit found for SHA: {sha}"])
    # All runs of one commit land in one suite here; which one GitHub takes for a token of Actions nobody can choose.
    suite = int(sha[:6], 16)
    run = CheckRun(call.new_id(), call.state.now(), call.body["name"], sha, call.login, suite)
    call.repository.check_runs[run.id] = run
    _apply(call, run)
    return Answer(201, objects.check_run(call, run), {"Location": f"{call.root}/check-runs/{run.id}"})


@serves("checks/update", "checks: write")
def update(call: Call) -> Answer:
    """Change a check run; annotations are added to those it has."""
    run = call.found(call.repository.check_runs, "check_run_id")
    if run.author != call.login:
        raise RefusedError(403, NOT_YOURS, is_violation=True)
    rules.enforce(rules.check_run(call.body, is_new=False))
    _apply(call, run)
    return Answer(200, objects.check_run(call, run))


@serves("checks/get", "checks: read")
def get(call: Call) -> Answer:
    """One check run."""
    return Answer(200, objects.check_run(call, call.found(call.repository.check_runs, "check_run_id")))


@serves("checks/list-annotations", "checks: read")
def annotations(call: Call) -> Answer:
    """The annotations of a check run."""
    run = call.found(call.repository.check_runs, "check_run_id")
    return call.paged(run.annotations, lambda sent: objects.annotation(call, run, sent))


@serves("checks/list-for-ref", "checks: read")
def of_commit(call: Call) -> Answer:
    """The check runs of a commit, the newest first; by default only the newest of each name."""
    sha, query = call.commit("ref"), call.query
    runs = [run for run in reversed(call.repository.check_runs.values()) if run.head_sha == sha]
    if "check_name" in query:
        runs = [run for run in runs if run.name == query["check_name"]]
    if "status" in query:
        runs = [run for run in runs if run.status == query["status"]]
    if query.get("filter", "latest") == "latest":
        newest: dict[tuple[int, str, str], CheckRun] = {}
        for run in runs:
            newest.setdefault((run.suite, run.author, run.name), run)
        runs = list(newest.values())
    return call.paged(runs, lambda run: objects.check_run(call, run), "check_runs")


def _apply(call: Call, run: CheckRun) -> None:
    body: Mapping[str, Any] = call.body
    for name in PLAIN:
        if name in body:
            setattr(run, name, body[name])
    output = body.get("output") or {}
    for name in ("title", "summary", "text"):
        if name in output:
            setattr(run, name, output[name])
    run.annotations += output.get("annotations", [])
    run.actions = body.get("actions", run.actions)
    run.started_at = run.started_at or run.at
    if body.get("conclusion"):  # "Providing conclusion will automatically set the status parameter to completed."
        run.conclusion, run.status = body["conclusion"], "completed"
        run.completed_at = body.get("completed_at") or call.state.now()
    elif run.status != "completed":
        run.conclusion = run.completed_at = None
