"""The repository and its pull requests: https://docs.github.com/en/rest/pulls/pulls."""

from __future__ import annotations

from fakes.github import objects
from fakes.github.calls import Answer, Call, serves
from fakes.github.state import Pull

FILES = 3000  # "Responses include a maximum of 3000 files."


@serves("repos/get", "metadata: read")
def repository(call: Call) -> Answer:
    """The repository."""
    return Answer(200, objects.repository(call))


@serves("pulls/get", "pull-requests: read")
def get(call: Call) -> Answer:
    """One pull request."""
    return Answer(200, objects.pull(call, call.pull()))


@serves("pulls/list", "pull-requests: read")
def every(call: Call) -> Answer:
    """Pull requests, by default the open ones, the newest first."""
    query = call.query

    def is_wanted(pull: Pull) -> bool:
        owner = (pull.head_repository or "").partition("/")[0]
        return (
            query.get("state", "open") in {pull.state, "all"}
            and query.get("head", f"{owner}:{pull.head_ref}") == f"{owner}:{pull.head_ref}"
            and query.get("base", pull.base_ref) == pull.base_ref
        )

    pulls = filter(is_wanted, call.repository.pulls.values())
    ordered = sorted(pulls, key=lambda pull: pull.id, reverse=query.get("direction", "desc") == "desc")
    return call.paged(ordered, lambda pull: objects.pull(call, pull, is_item=True))


@serves("repos/list-pull-requests-associated-with-commit", "pull-requests: read")
def of_commit(call: Call) -> Answer:
    """Open pull requests that hold a commit."""
    sha = call.parameters["commit_sha"]
    pulls = [
        pull
        for pull in call.repository.pulls.values()
        if sha in pull.versions
        and (call.repository.lists_pulls_by_commit or pull.head_repository == call.repository.full_name)
    ]
    return call.paged(pulls, lambda pull: objects.pull(call, pull, is_item=True))


@serves("pulls/list-files", "pull-requests: read")
def files(call: Call) -> Answer:
    """The files a pull request changes, by name."""
    pull = call.pull()
    ordered = [pull.files[path] for path in sorted(pull.files)][:FILES]
    return call.paged(ordered, lambda file: objects.changed(call, pull.head_sha, file))
