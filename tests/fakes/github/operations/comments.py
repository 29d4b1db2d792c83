"""Comments of issues and pull requests: https://docs.github.com/en/rest/issues/comments.

Whoever may write may edit and delete the comments of others (docs: content/communities/
moderating-comments-and-conversations/managing-disruptive-comments.md), so the fake does it, and records it.
"""

from __future__ import annotations

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.state import Comment, Issue, Pull

WRITE = "pull-requests: write|issues: write"
READ = "pull-requests: read|issues: read"


@serves("issues/create-comment", WRITE)
def create(call: Call) -> Answer:
    """A new comment."""
    above = _conversation(call)
    if above.is_locked:
        raise RefusedError(403, "Unable to create comment because issue is locked.")
    rules.enforce(rules.comment_body(call.body))
    comment = Comment(call.new_id(), call.state.now(), above.number, call.login, call.body["body"])
    call.repository.comments[comment.id] = comment
    return Answer(
        201, objects.comment(call, comment), {"Location": f"{call.root}/issues/comments/{comment.id}"}
    )  # fmt: skip


@serves("issues/list-comments", READ)
def of_issue(call: Call) -> Answer:
    """The comments of an issue, the oldest first."""
    number = _conversation(call).number
    since = call.query.get("since", "")
    comments = [item for item in call.repository.comments.values() if item.number == number and item.at >= since]
    return call.paged(comments, lambda comment: objects.comment(call, comment))


@serves("issues/get-comment", READ)
def get(call: Call) -> Answer:
    """One comment."""
    return Answer(200, objects.comment(call, call.found(call.repository.comments, "comment_id")))


@serves("issues/update-comment", WRITE)
def update(call: Call) -> Answer:
    """Replace the text of a comment."""
    comment = call.owned(call.found(call.repository.comments, "comment_id"))
    rules.enforce(rules.comment_body(call.body))
    comment.body = call.body["body"]
    comment.edits += 1
    return Answer(200, objects.comment(call, comment))


@serves("issues/delete-comment", WRITE)
def delete(call: Call) -> Answer:
    """Remove a comment."""
    comment = call.owned(call.found(call.repository.comments, "comment_id"))
    del call.repository.comments[comment.id]
    return Answer(204)


def _conversation(call: Call) -> Issue | Pull:
    return call.found({**call.repository.issues, **call.repository.pulls}, "issue_number")
