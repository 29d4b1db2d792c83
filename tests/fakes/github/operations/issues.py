"""Issues: https://docs.github.com/en/rest/issues/issues.

"GitHub's REST API considers every pull request an issue": lists show both. Whoever may write may edit those of others
and the fake records it.
"""

from __future__ import annotations

from typing import Any

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, serves
from fakes.github.state import Issue


@serves("issues/create", "issues: write")
def create(call: Call) -> Answer:
    """A new issue."""
    rules.enforce(rules.issue(call.body))
    labels = [label if isinstance(label, str) else str(label.get("name")) for label in call.body.get("labels", [])]
    made = Issue(
        call.new_id(), call.state.now(), call.login, str(call.body["title"]), call.body.get("body") or "", labels
    )  # fmt: skip
    call.repository.issues[made.number] = made
    return Answer(201, objects.issue(call, made), {"Location": f"{call.root}/issues/{made.number}"})


@serves("issues/list-for-repo", "issues: read")
def every(call: Call) -> Answer:
    """Issues and pull requests, the newest first; open ones unless `state` says otherwise."""
    wanted, since = call.query.get("state", "open"), call.query.get("since", "")
    things: list[Any] = [*call.repository.issues.values(), *call.repository.pulls.values()]
    found = [
        thing
        for thing in reversed(things)
        if wanted in ("all", thing.state) and (not isinstance(thing, Issue) or thing.at >= since)
    ]
    if call.query.get("direction") == "asc":
        found.reverse()
    return call.paged(
        found, lambda one: objects.issue(call, one) if isinstance(one, Issue) else objects.issue_of(call, one)
    )  # fmt: skip


@serves("issues/get", "issues: read")
def get(call: Call) -> Answer:
    """One issue."""
    return Answer(200, objects.issue(call, call.found(call.repository.issues, "issue_number")))


@serves("issues/update", "issues: write")
def update(call: Call) -> Answer:
    """Change title, body, labels or state."""
    issue = call.owned(call.found(call.repository.issues, "issue_number"))
    rules.enforce(rules.issue(call.body))
    for name in ("title", "body", "labels", "state", "state_reason"):
        if name in call.body:
            setattr(issue, name, call.body[name])
    issue.edits += 1
    return Answer(200, objects.issue(call, issue))
