"""What is sent for a check run: batches, limits, and the last word of one that ends early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from go_release_gate.adapters.github.api import AwayError, DeniedError, RejectedError
from go_release_gate.adapters.github.checks import CheckAnnotation, CheckRun, put_check_run
from go_release_gate.errors import InterruptedRun


class _Api:
    """Keeps what is written; the write number `fails_at` (from 0) raises `error`."""

    repository = "acme/shop"

    def __init__(self, error: BaseException | None = None, fails_at: int = 1) -> None:
        self.error, self.fails_at = error, fails_at
        self.written: list[tuple[str, str, dict[str, Any]]] = []
        self.hurried: list[float] = []
        self.shown: dict[str, Any] = {"id": 9, "html_url": "https://github.example.com/acme/shop/runs/9"}

    def write(self, method: str, path: str, body: Mapping[str, Any], **_: object) -> Mapping[str, Any]:
        self.written.append((method, path, dict(body)))
        if self.error and len(self.written) == self.fails_at + 1:
            raise self.error
        self.shown |= {"status": body["status"]}
        return dict(self.shown)

    def get(self, *_: object, **__: object) -> Mapping[str, Any]:
        return {**self.shown, "output": {"annotations_count": 50}}

    def pages(self, *_: object, **__: object) -> list[Mapping[str, Any]]:
        return []

    def once(self, write: Any, *_: object) -> Any:
        return write()

    def hurry(self, seconds: float) -> None:
        self.hurried.append(seconds)


def _run(count: int = 0, **values: Any) -> CheckRun:
    annotations = tuple(
        CheckAnnotation(f"m{number}/go.mod", number + 1, number + 1, "failure", "untidy", f"finding {number}")
        for number in range(count)
    )
    given = {"conclusion": "failure", "title": "2 findings", "summary": "summary", "text": "text", **values}
    return CheckRun("gate", "a" * 40, "key", annotations=given.pop("annotations", annotations), **given)


def _outputs(api: _Api) -> list[dict[str, Any]]:
    return [body["output"] for _, _, body in api.written]


@pytest.mark.parametrize("count", [0, 1, 50])
def test_up_to_fifty_annotations_take_one_request(count: int) -> None:
    """The check run is made complete, in one step that cannot be half done."""
    api = _Api()
    assert put_check_run(api, _run(count)) == "https://github.example.com/acme/shop/runs/9"
    ((method, path, body),) = api.written
    assert (method, path) == ("POST", "/repos/acme/shop/check-runs")
    assert (body["status"], body["conclusion"], body["external_id"]) == ("completed", "failure", "key")
    assert len(body["output"]["annotations"]) == count


def test_more_take_a_request_for_each_fifty() -> None:
    """Only the last request completes the run; no annotation is lost or doubled."""
    api = _Api()
    put_check_run(api, _run(120, details_url="https://github.example.com/run"))
    assert [(method, path) for method, path, _ in api.written] == [
        ("POST", "/repos/acme/shop/check-runs"),
        ("PATCH", "/repos/acme/shop/check-runs/9"),
        ("PATCH", "/repos/acme/shop/check-runs/9"),
    ]
    assert [body.get("conclusion") for _, _, body in api.written] == [None, None, "failure"]
    assert [body["status"] for _, _, body in api.written] == ["in_progress", "in_progress", "completed"]
    messages = [one["message"] for output in _outputs(api) for one in output["annotations"]]
    assert messages == [f"finding {number}" for number in range(120)]


def test_beyond_the_bound_annotations_are_counted() -> None:
    """Of 1207 findings the first 500 are annotations; the text says how many more there are, even when it is cut."""
    api = _Api()
    put_check_run(api, _run(1207, text="a line\n" * 20_000))
    assert sum(len(output["annotations"]) for output in _outputs(api)) == 500
    assert len(api.written) == 10
    text = _outputs(api)[-1]["text"]
    assert len(text) <= 65_535
    assert text.endswith("\n\n*707 more findings are not shown as annotations.*")
    assert "characters were cut" in text


def test_every_text_is_cut_to_its_limit() -> None:
    """Characters for title, summary and text, bytes for message and details."""
    api = _Api()
    long = CheckAnnotation("go.mod", 1, 1, "notice", "t" * 300, "é" * 40_000, "line\n" * 20_000)
    put_check_run(api, _run(annotations=(long,), title="t" * 300, summary="line\n" * 20_000, text="é\n" * 40_000))
    (output,) = _outputs(api)
    (annotation,) = output["annotations"]
    assert len(output["title"]) == len(annotation["title"]) == 255
    assert 60_000 < len(output["summary"]) <= 65_535
    assert 60_000 < len(output["text"]) <= 65_535
    assert 60_000 < len(annotation["message"].encode()) <= 64_000
    assert 60_000 < len(annotation["raw_details"].encode()) <= 64_000


def test_an_annotation_is_one_that_github_takes() -> None:
    """Lines count from 1 and do not run backwards, a message is never empty, what is empty is left out."""
    api = _Api()
    put_check_run(api, _run(annotations=(CheckAnnotation("a\udc80/go.mod", 0, -3, "warning", "untidy", ""),)))
    assert _outputs(api)[0]["annotations"] == [
        {
            "path": "a\\udc80/go.mod",
            "start_line": 1,
            "end_line": 1,
            "annotation_level": "warning",
            "message": "untidy",
            "title": "untidy",
        }
    ]


def test_an_empty_text_is_left_out() -> None:
    """GitHub shows no empty section."""
    api = _Api()
    put_check_run(api, _run(text=""))
    assert "text" not in _outputs(api)[0]


@pytest.mark.parametrize(
    ("error", "conclusion", "hurries"),
    [
        (InterruptedRun(15), "cancelled", 1),
        (KeyboardInterrupt(), "cancelled", 1),
        (AwayError("down"), "failure", 1),
        (RejectedError("no", 422), "failure", 0),
        (ValueError("a defect"), "failure", 0),
    ],
)
def test_a_run_that_ends_early_is_completed(error: BaseException, conclusion: str, hurries: int) -> None:
    """The error passes; the check run says that it is not whole, and a failure stays one. Only a signal, or a GitHub
    that was given up, shortens the time of what comes after."""
    api = _Api(error)
    with pytest.raises(type(error)):
        put_check_run(api, _run(120))
    method, path, body = api.written[-1]
    assert (method, path) == ("PATCH", "/repos/acme/shop/check-runs/9")
    assert (body["status"], body["conclusion"]) == ("completed", conclusion)
    assert body["output"]["summary"].startswith("**This report is not whole")
    assert "50 of 120" in body["output"]["summary"]
    assert "annotations" not in body["output"]
    assert len(api.hurried) == hurries


def test_a_long_summary_leaves_room_for_the_last_word() -> None:
    """Also then the limit holds."""
    api = _Api(InterruptedRun(2))
    with pytest.raises(InterruptedRun):
        put_check_run(api, _run(120, summary="line\n" * 20_000))
    assert len(_outputs(api)[-1]["summary"]) <= 65_535


def test_a_run_that_was_completed_is_left_alone() -> None:
    """A signal after the last batch does not spoil the whole report."""
    api = _Api(InterruptedRun(15), fails_at=2)
    api.get = lambda *_, **__: {"id": 9, "status": "completed"}
    with pytest.raises(InterruptedRun):
        put_check_run(api, _run(120))
    assert len(api.written) == 3


@pytest.mark.parametrize("error", [DeniedError("no", "checks: write"), RejectedError("no", 422)])
def test_what_was_refused_needs_no_last_word(error: Exception) -> None:
    """Nothing was made, nothing is looked for after it."""
    api = _Api(error, fails_at=0)
    looks: list[str] = []
    api.pages = lambda path, *_, **__: looks.append(path) or []
    with pytest.raises(type(error)):
        put_check_run(api, _run(120))
    assert len(api.written) == len(looks) == 1
