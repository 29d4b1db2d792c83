"""What GitHub refuses although its description allows it. Each rule names the page it stands on.

Every rule returns its complaint, or an empty string; `enforce` refuses the request with all complaints there are.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fakes.github.calls import RefusedError
from fakes.github.diffs import Changed, Side

COMMENT_CHARACTERS = 65_536
MESSAGE_BYTES = 64 * 1024
TITLE_CHARACTERS = 255
PULL_TITLE_CHARACTERS = 256
ISSUE_TITLE_CHARACTERS = 256
SARIF_BYTES = 10 * 1024 * 1024
SARIF_RUNS = 20
Document = Mapping[str, Any]


def enforce(complaints: Iterable[str], *, status: int = 422, message: str = "Validation Failed") -> None:
    """Raise RefusedError when there is a complaint."""
    found = [complaint for complaint in complaints if complaint]
    if found:
        errors = [{"resource": "Request", "code": "custom", "message": text} for text in found]
        raise RefusedError(status, message, errors, is_violation=True)


def check_run(body: Document, *, is_new: bool) -> Iterator[str]:
    """A check run that is created or updated: https://docs.github.com/en/rest/checks/runs."""
    # "conclusion: Required if you provide completed_at or a status of completed."
    needs_conclusion = body.get("status") == "completed" or "completed_at" in body
    if is_new and needs_conclusion and not body.get("conclusion"):
        yield "conclusion is required when the status is completed"
    if body.get("conclusion") == "stale":  # "Only GitHub can change a check run conclusion to stale."
        yield "conclusion stale is GitHub's alone"
    for number, item in enumerate((body.get("output") or {}).get("annotations", ())):
        yield from (f"annotations[{number}]: {complaint}" for complaint in annotation(item))


def pull_request(body: Document) -> Iterator[str]:
    """A pull request that is opened or changed; the limits are those of GitHub's 422 answers."""
    if len(body.get("title") or "") > PULL_TITLE_CHARACTERS:
        yield f"title is too long (maximum is {PULL_TITLE_CHARACTERS} characters)"
    if len(body.get("body") or "") > COMMENT_CHARACTERS:
        yield f"body is too long (maximum is {COMMENT_CHARACTERS} characters)"


def annotation(item: Document) -> Iterator[str]:
    """One annotation, the table of `annotations` on https://docs.github.com/en/rest/checks/runs."""
    start, end = item["start_line"], item["end_line"]
    if start < 1 or end < 1:  # "Line numbers start at 1."
        yield "a line is below 1"
    if end < start:
        yield "end_line is above start_line"
    has_columns = item.get("start_column") is not None or item.get("end_column") is not None
    if has_columns and start != end:  # "Annotations only support start_column and end_column on the same line."
        yield "columns on an annotation of several lines"
    if len(item.get("title") or "") > TITLE_CHARACTERS:  # "The maximum size is 255 characters."
        yield f"title is longer than {TITLE_CHARACTERS} characters"
    for name in ("message", "raw_details"):  # "The maximum size is 64 KB."
        if len((item.get(name) or "").encode()) > MESSAGE_BYTES:
            yield f"{name} is larger than 64 KB"
    if not item["message"]:
        yield "message is empty"
    if item["path"].startswith(("/", "./")) or "\\" in item["path"]:  # "The path of the file": relative to the root
        yield f"path {item['path']!r} is not relative to the root of the repository"


def comment_body(body: Document) -> Iterator[str]:
    """The text of a comment: https://docs.github.com/en/rest/issues/comments.

    The limit is in no page; GitHub answers "body is too long (maximum is 65536 characters)"
    (peter-evans/create-or-update-comment#181).
    """
    if len(body["body"]) > COMMENT_CHARACTERS:
        yield f"body is too long (maximum is {COMMENT_CHARACTERS} characters)"
    if not body["body"].strip():
        yield "body can't be blank"


def issue(body: Document) -> Iterator[str]:
    """An issue: https://docs.github.com/en/rest/issues/issues.

    The limits are in no page; GitHub answers "title is too long (maximum is 256 characters)" and the like for bodies.
    """
    if "title" in body and not str(body["title"]).strip():
        yield "title can't be blank"
    if len(str(body.get("title") or "")) > ISSUE_TITLE_CHARACTERS:
        yield f"title is too long (maximum is {ISSUE_TITLE_CHARACTERS} characters)"
    if len(body.get("body") or "") > COMMENT_CHARACTERS:
        yield f"body is too long (maximum is {COMMENT_CHARACTERS} characters)"


def review(body: Document, known_commits: Iterable[str]) -> Iterator[str]:
    """A review as a whole: https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request."""
    if "commit_id" in body and body["commit_id"] not in known_commits:
        yield "commit_id is not a commit of the pull request"
    text = (body.get("body") or "").strip()
    # "body: Required when using REQUEST_CHANGES or COMMENT for the event parameter." Comments are text enough.
    if body.get("event") in {"COMMENT", "REQUEST_CHANGES"} and not text and not body.get("comments"):
        yield "body is required with this event"
    if len(text) > COMMENT_CHARACTERS:
        yield f"body is too long (maximum is {COMMENT_CHARACTERS} characters)"


def review_line(item: Document, files: Mapping[str, Changed]) -> Iterator[str]:
    """Where a comment of a review stands: https://docs.github.com/en/rest/pulls/comments (line, side, start_line)."""
    file = files.get(item["path"])
    if file is None:
        yield "Path could not be resolved"
        return
    side, line, start = item.get("side", "RIGHT"), item.get("line"), item.get("start_line")
    if line is None:
        yield "Line could not be resolved"
        return
    hunk = next((hunk for hunk in file.hunks if line in hunk.lines.get(side, {})), None)
    if hunk is None:  # "Review comments can be placed on lines of the diff": added, deleted and context lines
        yield "Line could not be resolved"
    elif start is not None:
        first: Side = item.get("start_side", side)
        if start not in hunk.lines.get(first, {}):  # one hunk, suggest-changes#28
            yield "Start line must be part of the same hunk as the line"
        if start >= line and first == side:
            yield "Start line must precede the end line"


def sarif(body: Document) -> Iterator[str]:
    """An upload: https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data."""
    try:
        document = json.loads(unpacked(body["sarif"]))
    except (ValueError, OSError, EOFError):
        yield "sarif is not base64 of gzip of JSON"
    else:
        yield from sarif_runs(document)


def sarif_runs(document: Document) -> Iterator[str]:
    """Runs of a file: docs content/code-security/reference/code-scanning/sarif-files (limits, categories)."""
    runs = document.get("runs", [])
    if len(runs) > SARIF_RUNS:  # data/reusables/code-scanning/sarif-limits.md
        yield f"more than {SARIF_RUNS} runs"
    names = [
        (run["tool"]["driver"]["name"], run.get("automationDetails", {}).get("id", "").rpartition("/")[0])
        for run in runs
    ]
    # https://github.blog/changelog/2025-07-21-code-scanning-will-stop-combining-multiple-sarif-runs-uploaded-in-the-same-sarif-file/
    if len(set(names)) < len(names):
        yield "several runs have the same tool and category"


def unpacked(sarif: str) -> bytes:
    """The bytes inside the `sarif` field. Raises ValueError, OSError or EOFError."""
    try:
        return gzip.decompress(base64.b64decode(sarif, validate=True))
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def is_large_sarif(sarif: str) -> bool:
    """Whether an upload is refused with 413: docs data/reusables/code-scanning/sarif-limits.md (10 MB of gzip)."""
    return len(sarif) * 3 // 4 > SARIF_BYTES


def deployment_status(body: Document) -> Iterator[str]:
    """A status of a deployment: https://docs.github.com/en/rest/deployments/statuses ("maximum 140 characters")."""
    if len(body.get("description") or "") > 140:
        yield "description is too long (maximum is 140 characters)"


def dispatch(body: Document) -> Iterator[str]:
    """A dispatch: https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event (payload < 64 KB)."""
    if len(json.dumps(body.get("client_payload", {}))) >= 64 * 1024:
        yield "client_payload is too large"
