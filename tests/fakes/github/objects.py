"""The documents GitHub shows for what it knows: the description's examples, filled in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fakes.github.calls import Call
from fakes.github.description import example
from fakes.github.diffs import Changed
from fakes.github.state import CheckRun, Comment, Issue, Pull, Review, ReviewComment

EXAMPLE_REPOSITORIES = ("octocat/Hello-World", "octocat/hello-world", "octocat/example", "github/hello-world")


def filled(call: Call, name: str, /, **values: Any) -> Any:
    """An example of the description as if it came from this fake and this repository."""
    return {**json.loads(_text(name, call.api, call.web, call.repository.full_name)), **values}


@cache
def _text(name: str, api: str, web: str, repository: str) -> str:
    text = example(name)
    for other in EXAMPLE_REPOSITORIES:
        text = text.replace(f"github.com/{other}", f"github.com/{repository}")
        text = text.replace(f"github.com/repos/{other}", f"github.com/repos/{repository}")
    return text.replace("https://api.github.com", api).replace("https://github.com", web)


def user(call: Call, login: str) -> dict[str, Any]:
    """A person or a bot."""
    made: dict[str, Any] = filled(call, "issue-comment")["user"]
    made = {name: value.replace("octocat", login) if isinstance(value, str) else value for name, value in made.items()}
    return {**made, "login": login, "type": "Bot" if login.endswith("[bot]") else "User"}


def repository(call: Call, full_name: str | None = None) -> dict[str, Any]:
    """The repository; with a name, another one that looks like it (a fork)."""
    name = full_name or call.repository.full_name
    owner, _, short = name.partition("/")
    made = json.loads(_text("full-repository-default-response", call.api, call.web, name))
    return {
        **{key: value for key, value in made.items() if key not in {"parent", "source", "template_repository"}},
        "id": call.repository.id if name == call.repository.full_name else call.repository.id + 500_000,
        "name": short, "full_name": name, "owner": user(call, owner), "private": call.repository.is_private,
        "default_branch": call.repository.default_branch, "fork": name != call.repository.full_name,
        "url": f"{call.api}/repos/{name}", "html_url": f"{call.web}/{name}", "language": "Go",
    }  # fmt: skip


def pull(call: Call, pull: Pull, *, is_item: bool = False) -> dict[str, Any]:
    """A pull request; `is_item`: as it stands in a list."""
    made = filled(call, "pull-request-simple-items" if is_item else "pull-request")
    made |= dict.fromkeys(("auto_merge", "merged_at", "milestone", "assignee", "body"))
    made |= {"requested_teams": [], "requested_reviewers": [], "assignees": [], "labels": []}
    owner = (pull.head_repository or "ghost/gone").partition("/")[0]
    url, page = f"{call.root}/pulls/{pull.number}", f"{call.page}/pull/{pull.number}"
    made |= {
        "id": pull.id, "number": pull.number, "state": pull.state, "url": url,
        "title": pull.title or f"Change {pull.number}",
        "html_url": page, "body": pull.body, "user": user(call, pull.author), "locked": pull.is_locked, "draft": False,
        "merge_commit_sha": pull.merge_sha,
        "head": _end(call, pull.head_ref, pull.head_sha, pull.head_repository, owner),
        "base": _end(call, pull.base_ref, pull.base_sha, call.repository.full_name),
        "comments_url": f"{call.root}/issues/{pull.number}/comments", "review_comments_url": f"{url}/comments",
        "issue_url": f"{call.root}/issues/{pull.number}",
    }  # fmt: skip
    if not is_item:
        added, removed = map(sum, zip(*(file.counts for file in pull.files.values()), strict=True)) \
            if pull.files else (0, 0)  # fmt: skip
        made |= {"changed_files": len(pull.files), "additions": added, "deletions": removed, "merged": False}
    return made


def _end(call: Call, ref: str, sha: str, name: str | None, owner: str = "") -> dict[str, Any]:
    owner = owner or (name or "").partition("/")[0]
    shown = repository(call, name) if name else None
    return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "user": user(call, owner), "repo": shown}


def changed(call: Call, sha: str, file: Changed) -> dict[str, Any]:
    """A file of a pull request or comparison."""
    added, removed = file.counts
    made = {
        "sha": file.blob, "filename": file.path, "status": file.status, "additions": added, "deletions": removed,
        "changes": added + removed, "blob_url": f"{call.page}/blob/{sha}/{file.path}",
        "raw_url": f"{call.page}/raw/{sha}/{file.path}", "contents_url": f"{call.root}/contents/{file.path}?ref={sha}",
    }  # fmt: skip
    return made if file.patch is None else {**made, "patch": file.patch}


def check_run(call: Call, run: CheckRun) -> dict[str, Any]:
    """A check run. Its `pull_requests` are those of the same repository whose head it stands on."""
    url = f"{call.root}/check-runs/{run.id}"
    made = filled(
        call, "check-run", id=run.id, name=run.name, head_sha=run.head_sha, status=run.status,
        conclusion=run.conclusion, external_id=run.external_id, started_at=run.started_at,
        completed_at=run.completed_at, url=url, html_url=f"{call.page}/runs/{run.id}",
        details_url=run.details_url or f"{call.page}/runs/{run.id}", check_suite={"id": run.suite}, pull_requests=[],
        output={
            "title": run.title, "summary": run.summary, "text": run.text, "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
    )  # fmt: skip
    made["app"] |= {"slug": run.author.removesuffix("[bot]"), "name": run.author.removesuffix("[bot]")}
    return made


def annotation(call: Call, run: CheckRun, sent: dict[str, Any]) -> dict[str, Any]:
    """An annotation of a check run."""
    empty = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    return {**empty, **sent, "blob_href": f"{call.page}/blob/{run.head_sha}/{sent['path']}"}


def comment(call: Call, comment: Comment) -> dict[str, Any]:
    """A comment of an issue or pull request."""
    return filled(
        call, "issue-comment", id=comment.id, body=comment.body, user=user(call, comment.author),
        created_at=comment.at, updated_at=comment.at, url=f"{call.root}/issues/comments/{comment.id}",
        html_url=f"{call.page}/pull/{comment.number}#issuecomment-{comment.id}",
        issue_url=f"{call.root}/issues/{comment.number}",
    )  # fmt: skip


def issue(call: Call, issue: Issue) -> dict[str, Any]:
    """An issue."""
    url = f"{call.root}/issues/{issue.number}"
    made = filled(
        call, "issue", id=issue.id, number=issue.number, title=issue.title, body=issue.body, state=issue.state,
        state_reason=issue.state_reason, user=user(call, issue.author), url=url, created_at=issue.at,
        updated_at=issue.at, comments_url=f"{url}/comments", events_url=f"{url}/events",
        labels_url=f"{url}/labels{{/name}}", html_url=f"{call.page}/issues/{issue.number}", locked=issue.is_locked,
        labels=[{"name": name} for name in issue.labels], assignee=None, assignees=[], milestone=None,
        closed_at=issue.at if issue.state == "closed" else None, closed_by=None,
    )  # fmt: skip
    made.pop("pull_request", None)
    return made


def issue_of(call: Call, pull: Pull) -> dict[str, Any]:
    """A pull request as lists of issues show it: https://docs.github.com/en/rest/issues/issues."""
    shown = Issue(pull.id, call.state.now(), pull.author, f"Change {pull.number}", "", state=pull.state)
    page = f"{call.page}/pull/{pull.number}"
    return {
        **issue(call, shown),
        "number": pull.number,
        "pull_request": {"url": f"{call.root}/pulls/{pull.number}", "html_url": page, "diff_url": f"{page}.diff",
                         "patch_url": f"{page}.patch"},
    }  # fmt: skip


def review(call: Call, review: Review) -> dict[str, Any]:
    """A review."""
    pull_url = f"{call.root}/pulls/{review.number}"
    page = f"{call.page}/pull/{review.number}#pullrequestreview-{review.id}"
    made = filled(
        call, "pull-request-review", id=review.id, user=user(call, review.author), body=review.body,
        state=review.state, commit_id=review.commit_id, html_url=page, pull_request_url=pull_url,
        submitted_at=review.at, _links={"html": {"href": page}, "pull_request": {"href": pull_url}},
    )  # fmt: skip
    if review.state == "PENDING":
        del made["submitted_at"]
    return made


def review_comment(call: Call, comment: ReviewComment) -> dict[str, Any]:
    """A comment on lines. Of an outdated one, `line`, `start_line` and `position` are null."""
    url, pull_url = f"{call.root}/pulls/comments/{comment.id}", f"{call.root}/pulls/{comment.number}"
    page = f"{call.page}/pull/{comment.number}#discussion_r{comment.id}"
    made = filled(
        call, "pull-request-review-comment-2", id=comment.id, pull_request_review_id=comment.review,
        user=user(call, comment.author), body=comment.body, path=comment.path, side=comment.side,
        start_side=comment.side if comment.start_line else None, line=comment.line, start_line=comment.start_line,
        original_line=comment.original_line or 1, original_start_line=comment.original_start_line,
        position=comment.line and 1, original_position=1, commit_id=comment.commit_id, diff_hunk=comment.hunk,
        original_commit_id=comment.original_commit_id, created_at=comment.at, updated_at=comment.at,
        subject_type="file" if comment.is_on_file else "line", url=url, html_url=page, pull_request_url=pull_url,
        _links={"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull_url}},
    )  # fmt: skip
    made.pop("in_reply_to_id", None)
    return made | ({"in_reply_to_id": comment.in_reply_to} if comment.in_reply_to else {})
