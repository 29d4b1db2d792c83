"""The fake GitHub: each of its rules lets one request through and refuses another, in GitHub's words."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from fakes.github import GitHub, sha_of
from fakes.github.state import Pull
from support.plainhttp import Plain

OLD = "".join(f"line {number}\n" for number in range(1, 41))
NEW = OLD.replace("line 5\n", "line five\nline five and a half\n").replace("line 30\n", "")
NOTE = {"path": "go.mod", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}


@pytest.fixture
def plain(github: GitHub) -> Plain:
    """Requests with the token that may do everything."""
    return Plain(github)


@pytest.fixture
def pull(github: GitHub) -> Pull:
    """Number 7, which changes the lines 5 and 30 of one file."""
    return github.open_pull_request(7, files={"a.txt": (OLD, NEW), "pic.png": (None, b"\0\1")})


def _check(github: GitHub, *notes: dict[str, Any], **values: Any) -> dict[str, Any]:
    output = {"title": "t", "summary": "s", "annotations": list(notes)}
    return {"name": "gate", "head_sha": github.base, "output": output, **values}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "completed"}, "conclusion is required"),
        ({"completed_at": "2026-01-01T00:00:00Z"}, "conclusion is required"),
        ({"conclusion": "stale", "status": "completed"}, "stale"),
        ({"conclusion": "bad"}, "is not one of"),
        ({"output": {"title": "t"}}, "'summary' is a required property"),
        ({"output": {"title": "t", "summary": "s" * 65_536}}, "is too long"),
        ({"output": {"title": "t", "summary": "s", "text": "é" * 65_536}}, "is too long"),
        ({"head_sha": "f" * 40}, "No commit found"),
        ({"sumary": "typo"}, "sumary is not a key"),
        ({"actions": [{"label": "x" * 21, "description": "d", "identifier": "i"}]}, "too long"),
    ],
)
def test_a_check_run_that_github_refuses(
    github: GitHub, plain: Plain, values: dict[str, Any], words: str
) -> None:  # fmt: skip
    """What the description or the page of check runs forbids is 422, and nothing is made."""
    assert words in plain.refused("POST", "/check-runs", _check(github, **values))
    assert not github.repository.check_runs


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({"start_line": 0}, "below 1"),
        ({"start_line": 3, "end_line": 2}, "end_line is above"),
        ({"end_line": 2, "start_column": 1}, "columns"),
        ({"title": "t" * 256}, "longer than 255"),
        ({"message": "é" * 32_769}, "message is larger than 64 KB"),
        ({"raw_details": "d" * 65_537}, "raw_details is larger than 64 KB"),
        ({"annotation_level": "error"}, "is not one of"),
        ({"path": "/go.mod"}, "not relative"),
        ({"message": ""}, "message is empty"),
    ],
)
def test_an_annotation_that_github_refuses(
    github: GitHub, plain: Plain, note: dict[str, Any], words: str
) -> None:  # fmt: skip
    """One bad annotation refuses the whole request."""
    assert words in plain.refused("POST", "/check-runs", _check(github, NOTE, {**NOTE, **note}))


def test_a_check_run_at_the_limits(github: GitHub, plain: Plain) -> None:
    """Fifty annotations, the longest title and message, columns on one line: all accepted, and shown again."""
    largest = {**NOTE, "title": "t" * 255, "message": "m" * 65_536, "start_column": 1, "end_column": 2}
    body = _check(github, *[NOTE] * 49, largest, status="completed", conclusion="failure")
    made = plain("POST", "/check-runs", {**body, "output": {**body["output"], "summary": "é" * 65_535}})
    assert (made.status, made.body["output"]["annotations_count"]) == (201, 50)
    shown = plain("GET", f"/check-runs/{made.body['id']}/annotations?per_page=100").body
    assert [note["message"] for note in shown] == ["m"] * 49 + ["m" * 65_536]
    assert "is too long" in plain.refused("POST", "/check-runs", _check(github, *[NOTE] * 51))


def test_an_update_appends_annotations(github: GitHub, plain: Plain) -> None:
    """PATCH adds; a conclusion completes; `completed` without one is refused by the description."""
    made = plain("POST", "/check-runs", _check(github, NOTE, status="in_progress")).body
    assert (made["status"], made["conclusion"], made["completed_at"]) == ("in_progress", None, None)
    path = f"/check-runs/{made['id']}"
    plain.refused("PATCH", path, {"status": "completed"})
    plain.refused("PATCH", path, {"output": {"summary": "s", "annotations": [{**NOTE, "start_line": 0}]}})
    done = plain("PATCH", path, {"conclusion": "neutral", "output": {"summary": "s2", "annotations": [NOTE]}}).body
    assert (done["status"], done["conclusion"], done["output"]["annotations_count"]) == ("completed", "neutral", 2)
    assert (done["output"]["title"], done["output"]["summary"]) == ("t", "s2")
    assert plain("GET", path).body == done


def test_a_check_run_belongs_to_its_app(github: GitHub, plain: Plain) -> None:
    """Another app's token gets 403, whatever it may do."""
    made = plain("POST", "/check-runs", _check(github)).body
    other = Plain(github, github.add_token("t2", "other[bot]"))
    assert other("PATCH", f"/check-runs/{made['id']}", {"conclusion": "success"}).status == 403
    assert github.forgive("that created it")


def test_check_runs_of_a_commit(github: GitHub, plain: Plain) -> None:
    """The newest of each name by default, all with filter=all, one name with check_name, 422 for no commit."""
    for name in ("one", "two", "one"):
        plain("POST", "/check-runs", {"name": name, "head_sha": github.base})
    newest = plain("GET", f"/commits/{github.base}/check-runs").body
    assert (newest["total_count"], [run["id"] for run in newest["check_runs"]]) == (2, [1004, 1003])
    every = plain("GET", "/commits/main/check-runs?filter=all&check_name=one").body
    assert [run["name"] for run in every["check_runs"]] == ["one", "one"]
    assert plain("GET", "/commits/main/check-runs?status=completed").body["total_count"] == 0
    assert plain("GET", f"/commits/{'e' * 40}/check-runs").status == 422


def test_a_comment_has_a_limit_and_must_say_something(github: GitHub, plain: Plain, pull: Pull) -> None:
    """65536 characters pass, one more does not, on creation and on update; blank is refused."""
    path = "/issues/7/comments"
    made = plain("POST", path, {"body": "é" * 65_536})
    assert (made.status, made.body["user"]["login"]) == (201, "github-actions[bot]")
    own = f"/issues/comments/{made.body['id']}"
    for method, where in (("POST", path), ("PATCH", own)):
        assert "maximum is 65536" in plain.refused(method, where, {"body": "x" * 65_537})
        assert "blank" in plain.refused(method, where, {"body": " \n"})
        assert "required property" in plain.refused(method, where, {})
    assert plain("PATCH", own, {"body": "new"}).body["body"] == "new"
    assert [comment["body"] for comment in plain("GET", path).body] == ["new"]
    assert plain("DELETE", own).status == 204
    assert plain("GET", own).status == 404
    assert plain("POST", "/issues/8/comments", {"body": "x"}).status == 404


def test_the_comments_of_others_can_be_changed_but_it_is_noted(github: GitHub, pull: Pull) -> None:
    """GitHub lets whoever may write edit and delete them; a client of ours must not."""
    other = Plain(github, github.add_token("t2", "mona"))
    made = other("POST", "/issues/7/comments", {"body": "mine"}).body
    assert Plain(github)("PATCH", f"/issues/comments/{made['id']}", {"body": "yours"}).status == 200
    (noted,) = github.forgive(kind="foreign")
    assert noted.text == "github-actions[bot] changed what mona wrote"


def test_a_locked_conversation_takes_no_words(github: GitHub, plain: Plain, pull: Pull) -> None:
    """403, and it is nobody's fault."""
    pull.is_locked = True
    assert plain("POST", "/issues/7/comments", {"body": "x"}).status == 403
    assert plain("POST", "/pulls/7/reviews", {"event": "COMMENT", "body": "x"}).status == 403


def _pack(*runs: dict[str, Any]) -> str:
    return base64.b64encode(gzip.compress(json.dumps({"version": "2.1.0", "runs": list(runs)}).encode())).decode()


def _tool(category: str = "", name: str = "gate") -> dict[str, Any]:
    return {"tool": {"driver": {"name": name}}, "results": [], "automationDetails": {"id": category}}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"commit_sha": "main"}, 422),
        ({"ref": "main"}, 422),
        ({"sarif": "not base64"}, 400),
        ({"sarif": base64.b64encode(b"{}").decode()}, 400),
        ({"sarif": _pack(*(_tool(f"c{number}/") for number in range(21)))}, 400),
        ({"sarif": _pack(_tool("a/1"), _tool("a/2"))}, 400),
        ({"sarif": _pack(_tool(), _tool())}, 400),
        ({"sarif": "A" * (14 * 1024 * 1024)}, 413),
        ({"commit_sha": "d" * 40}, 404),
    ],
)
def test_an_upload_that_github_refuses(github: GitHub, plain: Plain, values: dict[str, str], status: int) -> None:
    """Form, size, number of runs, categories and the commit are looked at before the upload is taken."""
    body = {"commit_sha": github.base, "ref": "refs/heads/main", "sarif": _pack(_tool()), **values}
    plain.refused("POST", "/code-scanning/sarifs", body, status)
    assert not github.repository.sarifs


def test_an_upload_is_taken_and_looked_into(github: GitHub, plain: Plain) -> None:
    """Twenty runs with categories of their own are taken; the answer is pending as often as told, then complete."""
    github.repository.sarif_reads = 1
    runs = [_tool(f"c{number}/") for number in range(20)]
    body = {"commit_sha": github.base, "ref": "refs/pull/7/merge", "sarif": _pack(*runs)}
    made = plain("POST", "/code-scanning/sarifs", body)
    assert made.status == 202
    states = [plain("GET", made.body["url"]).body["processing_status"] for _ in range(2)]
    assert states == ["pending", "complete"]
    assert plain("GET", "/code-scanning/sarifs/other").status == 404
    github.repository.sarif_errors = ("rejecting SARIF",)
    assert plain("GET", made.body["url"]).body["errors"] == ["rejecting SARIF"]
    github.repository.code_scanning = False
    assert plain("POST", "/code-scanning/sarifs", body).status == 403


WRITES = {
    "checks": ("/check-runs", {"name": "gate"}),
    "pull-requests": ("/pulls/7/reviews", {}),
    "issues": ("/issues/7/comments", {"body": "x"}),
    "security-events": ("/code-scanning/sarifs", {}),
    "contents": ("/dispatches", {"event_type": "x"}),
    "deployments": ("/deployments", {"ref": "main"}),
    "statuses": (f"/statuses/{sha_of('base')}", {"state": "success"}),
}


@pytest.mark.parametrize("permission", WRITES)
def test_what_a_token_may_not_is_403_before_anything_else(github: GitHub, pull: Pull, permission: str) -> None:
    """Even for a body that is wrong; the header names what it would take. With the permission it is looked at."""
    path, body = WRITES[permission]
    github.add_token("reads", permissions=dict.fromkeys(WRITES, "read"))
    denied = Plain(github, "reads")("POST", path, body)
    assert (denied.status, denied.body["message"]) == (403, "Resource not accessible by integration")
    assert f"{permission.replace('-', '_')}=write" in denied.headers["X-Accepted-GitHub-Permissions"]
    assert not github.violations
    github.add_token("writes", permissions={permission: "write"})
    assert Plain(github, "writes")("POST", path, body).status in {200, 201, 204, 422}
    github.forgive()


def test_who_may_read(github: GitHub, pull: Pull) -> None:
    """What is public everybody, code scanning and private repositories only with the permission; 401 for bad tokens."""
    github.restrict()
    assert Plain(github)("GET", "/pulls/7").status == 200
    assert Plain(github, "")("GET", "/pulls/7").status == 200
    assert Plain(github)("GET", "/code-scanning/sarifs/1").status == 403
    assert Plain(github, "")("POST", "/issues/7/comments", {"body": "x"}).status == 401
    assert Plain(github, "wrong")("GET", "/pulls/7").status == 401
    github.repository.is_private = True
    assert Plain(github)("GET", "/pulls/7").status == 403
    assert Plain(github, "")("GET", "/pulls/7").status == 404
    github.restrict(pull_requests="read")
    assert Plain(github)("GET", "/pulls/7").status == 200


def test_deployments_statuses_and_dispatches(github: GitHub, plain: Plain) -> None:
    """A running check blocks a deployment unless no context is required; long descriptions and payloads are refused."""
    plain("POST", "/check-runs", {"name": "gate", "head_sha": github.base})
    assert plain("POST", "/deployments", {"ref": "main"}).status == 409
    made = plain("POST", "/deployments", {"ref": "main", "required_contexts": [], "auto_merge": False})
    assert made.status == 201
    assert "No ref found" in plain.refused("POST", "/deployments", {"ref": "none"})
    plain.refused("POST", f"/statuses/{github.base}", {"state": "success", "description": "x" * 141})
    statuses = f"/deployments/{made.body['id']}/statuses"
    assert plain("POST", statuses, {"state": "success", "description": "x" * 140}).status == 201
    plain.refused("POST", statuses, {"state": "success", "description": "x" * 141})
    assert [status["state"] for status in plain("GET", statuses).body] == ["success"]
    assert plain("POST", "/dispatches", {"event_type": "x", "client_payload": {"a": "b" * 65_000}}).status == 204
    plain.refused("POST", "/dispatches", {"event_type": "x", "client_payload": {"a": "b" * 65_536}})
    plain.refused("POST", "/dispatches", {"event_type": "x", "client_payload": dict.fromkeys("abcdefghijk", 1)})
