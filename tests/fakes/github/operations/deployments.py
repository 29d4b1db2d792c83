"""Deployments, statuses of commits, dispatches: https://docs.github.com/en/rest/deployments and …/rest/commits."""

from __future__ import annotations

from typing import Any

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.operations.git_data import resolved
from fakes.github.state import Deployment


@serves("repos/create-deployment", "deployments: write")
def create(call: Call) -> Answer:
    """A deployment; 409 while a check of the commit has not passed, unless `required_contexts` is empty."""
    body = call.body
    sha = call.repository.resolve(body["ref"]) or resolved(call, body["ref"])
    if not sha:
        rules.enforce([f"No ref found for: {body['ref']}"])
    runs = [run for run in call.repository.check_runs.values() if run.head_sha == sha]
    if body.get("required_contexts") != [] and any(run.conclusion != "success" for run in runs):
        raise RefusedError(409, "Conflict: Commit status checks failed.")
    made = Deployment(call.new_id(), call.state.now(), sha or "", call.login, body)
    call.repository.deployments[made.id] = made
    return Answer(201, _shown(call, made))


@serves("repos/list-deployments", "deployments: read")
def every(call: Call) -> Answer:
    """Deployments, the newest first."""
    query = call.query
    found = [
        item
        for item in reversed(call.repository.deployments.values())
        if query.get("sha", item.sha) == item.sha
        and query.get("task") in {None, item.asked.get("task", "deploy")}
        and query.get("environment") in {None, item.asked.get("environment", "production")}
        and query.get("ref", item.asked["ref"]) == item.asked["ref"]
    ]
    return call.paged(found, lambda item: _shown(call, item))


@serves("repos/get-deployment", "deployments: read")
def get(call: Call) -> Answer:
    """One deployment."""
    return Answer(200, _shown(call, call.found(call.repository.deployments, "deployment_id")))


@serves("repos/create-deployment-status", "deployments: write")
def create_status(call: Call) -> Answer:
    """A status of a deployment."""
    made = call.found(call.repository.deployments, "deployment_id")
    rules.enforce(rules.deployment_status(call.body))
    status = {"id": call.new_id(), "at": call.state.now(), **call.body}
    made.statuses.append(status)
    return Answer(201, _status(call, made, status))


@serves("repos/list-deployment-statuses", "deployments: read")
def statuses(call: Call) -> Answer:
    """Statuses of a deployment, the newest first."""
    made = call.found(call.repository.deployments, "deployment_id")
    return call.paged(list(reversed(made.statuses)), lambda status: _status(call, made, status))


@serves("repos/create-commit-status", "statuses: write")
def commit_status(call: Call) -> Answer:
    """A status of a commit."""
    sha = call.commit("sha")
    rules.enforce(rules.deployment_status(call.body))
    status = {"id": call.new_id(), "sha": sha, "author": call.login, "at": call.state.now(), **call.body}
    call.repository.statuses.append(status)
    return Answer(201, _commit_status(call, status))


@serves("repos/list-commit-statuses-for-ref", "statuses: read")
def commit_statuses(call: Call) -> Answer:
    """Statuses of a commit, the newest first."""
    sha = call.commit("ref")
    found = [status for status in reversed(call.repository.statuses) if status["sha"] == sha]
    return call.paged(found, lambda status: _commit_status(call, status))


@serves("repos/create-dispatch-event", "contents: write")
def dispatch(call: Call) -> Answer:
    """A dispatch."""
    rules.enforce(rules.dispatch(call.body))
    call.repository.dispatches.append(call.body)
    return Answer(204)


def _shown(call: Call, made: Deployment) -> dict[str, Any]:
    url, asked = f"{call.root}/deployments/{made.id}", made.asked
    environment = asked.get("environment", "production")
    return objects.filled(
        call, "deployment", id=made.id, sha=made.sha, url=url, statuses_url=f"{url}/statuses", ref=asked["ref"],
        payload=asked.get("payload", {}), environment=environment, original_environment=environment,
        description=asked.get("description"), creator=objects.user(call, made.author), created_at=made.at,
        updated_at=made.at, task=asked.get("task", "deploy"),
    )  # fmt: skip


def _status(call: Call, made: Deployment, status: dict[str, Any]) -> dict[str, Any]:
    root = f"{call.root}/deployments/{made.id}"
    return objects.filled(
        call, "deployment-status", id=status["id"], state=status["state"], url=f"{root}/statuses/{status['id']}",
        description=status.get("description", ""), deployment_url=root, created_at=status["at"],
        updated_at=status["at"], log_url=status.get("log_url", ""), target_url=status.get("target_url", ""),
        environment_url=status.get("environment_url", ""),
    )  # fmt: skip


def _commit_status(call: Call, status: dict[str, Any]) -> dict[str, Any]:
    return objects.filled(
        call, "status", id=status["id"], state=status["state"], description=status.get("description"),
        target_url=status.get("target_url"), context=status.get("context", "default"), created_at=status["at"],
        updated_at=status["at"], creator=objects.user(call, status["author"]),
        url=f"{call.root}/statuses/{status['sha']}",
    )  # fmt: skip
