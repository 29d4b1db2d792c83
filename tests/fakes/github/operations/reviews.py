"""Reviews and comments on lines: https://docs.github.com/en/rest/pulls/reviews and …/pulls/comments."""

from __future__ import annotations

from typing import Any

from fakes.github import objects, rules
from fakes.github.calls import Answer, Call, RefusedError, serves
from fakes.github.diffs import Side, line_at
from fakes.github.outdating import carried
from fakes.github.state import Pull, Review, ReviewComment

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
READ, WRITE = "pull-requests: read", "pull-requests: write"


@serves("pulls/create-review", WRITE)
def create(call: Call) -> Answer:
    """A review with its comments: all of them, or none when one is refused. Without an event it is PENDING."""
    pull, body = call.pull(), call.body
    _open_for_words(call, pull)
    rules.enforce(rules.review(body, pull.versions))
    commit = body.get("commit_id", pull.head_sha)
    items = [_placed(pull, commit, item) for item in body.get("comments", [])]
    complaints = [text for item in items for text in rules.review_line(item, pull.versions[commit])]
    complaints += [text for item in items for text in rules.comment_body(item)]
    if complaints:
        raise RefusedError(422, "Unprocessable Entity", complaints, is_violation=True)
    state = STATES.get(body.get("event", ""), "PENDING")
    mine = (review for review in call.repository.reviews.values() if review.author == call.login)
    if any(review.state == "PENDING" and review.number == pull.number for review in mine):
        raise RefusedError(422, "Unprocessable Entity", ["User can only have one pending review per pull request"])
    review = Review(
        call.new_id(), call.state.now(), pull.number, call.login, body.get("body") or "", state, commit
    )  # fmt: skip
    call.repository.reviews[review.id] = review
    for item in items:
        _comment(call, pull, review, item)
    return Answer(200, objects.review(call, review))


@serves("pulls/list-reviews", READ)
def every(call: Call) -> Answer:
    """Reviews, the oldest first; those still pending only of whom the token belongs to."""
    number = call.pull().number
    reviews = [
        review
        for review in call.repository.reviews.values()
        if review.number == number and (review.state != "PENDING" or review.author == call.login)
    ]
    return call.paged(reviews, lambda review: objects.review(call, review))


@serves("pulls/get-review", READ)
def get(call: Call) -> Answer:
    """One review."""
    return Answer(200, objects.review(call, call.found(call.repository.reviews, "review_id")))


@serves("pulls/delete-pending-review", WRITE)
def delete_pending(call: Call) -> Answer:
    """Remove a review that was not submitted, with its comments."""
    review = call.owned(call.found(call.repository.reviews, "review_id"))
    if review.state != "PENDING":
        raise RefusedError(422, "Can not delete a non-pending pull request review", is_violation=True)
    comments = call.repository.review_comments
    for comment in [item for item in comments.values() if item.review == review.id]:
        del comments[comment.id]
    del call.repository.reviews[review.id]
    return Answer(200, objects.review(call, review))


@serves("pulls/list-comments-for-review", READ)
def of_review(call: Call) -> Answer:
    """The comments of one review. GitHub shows no `line` here."""
    review = call.found(call.repository.reviews, "review_id")
    comments = [item for item in call.repository.review_comments.values() if item.review == review.id]

    def shown(comment: ReviewComment) -> dict[str, Any]:
        made = objects.review_comment(call, comment)
        hidden = ("line", "start_line", "side", "start_side", "original_line", "original_start_line", "subject_type")
        return {name: value for name, value in made.items() if name not in hidden}

    return call.paged(comments, shown)


@serves("pulls/list-review-comments", READ)
def of_pull(call: Call) -> Answer:
    """Comments on lines of submitted reviews, by id or, as asked, by time."""
    number, reviews = call.pull().number, call.repository.reviews
    comments = [
        item
        for item in call.repository.review_comments.values()
        if item.number == number and reviews[item.review].state != "PENDING" and item.at >= call.query.get("since", "")
    ]
    if "sort" in call.query and call.query.get("direction") == "desc":
        comments.reverse()
    return call.paged(comments, lambda comment: objects.review_comment(call, comment))


@serves("pulls/create-review-comment", WRITE)
def create_comment(call: Call) -> Answer:
    """A comment on a line or a file, or a reply; GitHub makes a review of its own around it."""
    pull, body = call.pull(), call.body
    _open_for_words(call, pull)
    rules.enforce(rules.review({"commit_id": body["commit_id"]}, pull.versions))
    item = _placed(pull, body["commit_id"], body)
    if item.get("in_reply_to"):
        above = call.repository.review_comments.get(item["in_reply_to"])
        rules.enforce(["" if above else "in_reply_to is no comment of this pull request"])
    elif item.get("subject_type") == "file":
        rules.enforce(["" if item["path"] in pull.versions[body["commit_id"]] else "Path could not be resolved"])
    else:
        rules.enforce(rules.review_line(item, pull.versions[body["commit_id"]]))
    rules.enforce(rules.comment_body(body))
    identity = call.state.next_id()
    review = Review(identity, call.state.now(), pull.number, call.login, "", "COMMENTED", body["commit_id"])
    call.repository.reviews[review.id] = review
    comment = _comment(call, pull, review, item)
    return Answer(
        201, objects.review_comment(call, comment), {"Location": f"{call.root}/pulls/comments/{comment.id}"}
    )  # fmt: skip


@serves("pulls/get-review-comment", READ)
def get_comment(call: Call) -> Answer:
    """One comment."""
    return Answer(200, objects.review_comment(call, call.found(call.repository.review_comments, "comment_id")))


@serves("pulls/update-review-comment", WRITE)
def update_comment(call: Call) -> Answer:
    """Replace the text of a comment."""
    comment = call.owned(call.found(call.repository.review_comments, "comment_id"))
    rules.enforce(rules.comment_body(call.body))
    comment.body = call.body["body"]
    comment.edits += 1
    return Answer(200, objects.review_comment(call, comment))


@serves("pulls/delete-review-comment", WRITE)
def delete_comment(call: Call) -> Answer:
    """Remove a comment; a review without text goes with its last comment."""
    comment = call.owned(call.found(call.repository.review_comments, "comment_id"))
    comments = call.repository.review_comments
    del comments[comment.id]
    if not call.repository.reviews[comment.review].body and all(c.review != comment.review for c in comments.values()):
        del call.repository.reviews[comment.review]
    return Answer(204)


def _open_for_words(call: Call, pull: Pull) -> None:
    if pull.is_locked:
        raise RefusedError(403, "Unable to create comment because issue is locked.")


def _placed(pull: Pull, commit: str, item: dict[str, Any]) -> dict[str, Any]:
    """The comment with `line` and `side` for a `position`, which counts lines of the patch."""
    file = pull.versions[commit].get(item["path"])
    if "position" not in item or "line" in item or file is None:
        return item
    place = line_at(file.patch or "", item["position"])
    return {**item, "side": place[0], "line": place[1]} if place else item


def _comment(call: Call, pull: Pull, review: Review, item: dict[str, Any]) -> ReviewComment:
    above = call.repository.review_comments.get(item.get("in_reply_to", 0))
    side: Side = item.get("side", above.side if above else "RIGHT")
    line, start = item.get("line", above.line if above else None), item.get("start_line")
    file = pull.versions[review.commit_id].get(item["path"])
    hunks = file.hunks if file else []
    text = next((hunk.text for hunk in hunks if line in hunk.lines[side]), "")
    comment = ReviewComment(
        call.new_id(), call.state.now(), pull.number, review.id, call.login, item["body"], item["path"], side, line,
        start, line, start, review.commit_id, review.commit_id, text, item.get("subject_type") == "file",
        (above.in_reply_to or above.id) if above else None,
    )  # fmt: skip
    call.repository.review_comments[comment.id] = comment
    carried(comment, pull)
    return comment
