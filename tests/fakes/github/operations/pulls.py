"""The repository and its pull requests: https://docs.github.com/en/rest/pulls/pulls."""

from __future__ import annotations

import subprocess

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.state import Commit, Pull

FILES = 3000  # "Responses include a maximum of 3000 files."


@serves("repos/get", "metadata: read")
def repository(call: Call) -> Answer:
    """The repository."""
    return Answer(200, objects.repository(call))


@serves("pulls/get", "pull-requests: read")
def get(call: Call) -> Answer:
    """One pull request."""
    return Answer(200, objects.pull(call, call.pull()))


@serves("pulls/create", "pull-requests: write")
def create(call: Call) -> Answer:
    """A new pull request between two branches of the repository; one that is open already is refused with 422."""
    rules.enforce(rules.pull_request(call.body))
    head, base = call.body["head"].rpartition(":")[2], call.body["base"]
    sha, base_sha = _branch(call, head), _branch(call, base)
    wrong = [name for name, found in (("head", sha), ("base", base_sha)) if not found]
    if wrong:
        errors = [{"resource": "PullRequest", "field": name, "code": "invalid"} for name in wrong]
        raise RefusedError(422, "Validation Failed", errors, is_violation=True)
    pulls = call.repository.pulls
    if any(one.state == "open" and (one.head_ref, one.base_ref) == (head, base) for one in pulls.values()):
        text = f"A pull request already exists for {call.repository.full_name.partition('/')[0]}:{head}."
        raise RefusedError(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": text}])
    number = max(pulls, default=0) + 1
    name = call.repository.full_name
    pull = Pull(number, call.new_id(), head, name, base, base_sha, call.login, {sha: {}}, title=call.body["title"])
    pull.body = call.body.get("body")
    pulls[number] = pull
    return Answer(201, objects.pull(call, pull), {"Location": f"{call.root}/pulls/{number}"})


@serves("pulls/update", "pull-requests: write")
def update(call: Call) -> Answer:
    """Another title, text or state."""
    pull = call.owned(call.pull())
    rules.enforce(rules.pull_request(call.body))
    pull.title, pull.body = call.body.get("title", pull.title), call.body.get("body", pull.body)
    pull.state = call.body.get("state", pull.state)
    pull.edits += 1
    return Answer(200, objects.pull(call, pull))


def _branch(call: Call, name: str) -> str:
    """The commit at a branch's end, also of the repository on disk; empty where there is none."""
    repository = call.repository
    if repository.origin:
        words = ["git", "--git-dir", repository.origin, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}"]
        sha = subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
        if sha:
            repository.commits.setdefault(sha, Commit(sha, {}))
            repository.refs[f"refs/heads/{name}"] = sha
    return repository.refs.get(f"refs/heads/{name}", "")


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
