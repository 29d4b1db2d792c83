"""One check run with its annotations: exactly one per external id, never left in progress.

https://docs.github.com/rest/checks/runs (limits: `output` and `annotations` there)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from go_release_gate.adapters.github.api import (
    Api,
    AwayError,
    DeniedError,
    Document,
    GitHubError,
    LostWriteError,
    MissingError,
    RejectedError,
)
from go_release_gate.adapters.github.creating import create_once
from go_release_gate.adapters.github.cutting import cut_line, cut_markdown, cut_plain, encodable
from go_release_gate.errors import InterruptedRun

NEEDS = "checks: write"
BATCH = 50  # annotations that GitHub takes in one request
MOST_ANNOTATIONS = 500  # ten requests, 10 s at one write a second; nobody reads more, and the text counts the rest
TEXT_LIMIT = 65_535  # characters, of summary and of text
TITLE_LIMIT = 255  # characters
MESSAGE_LIMIT = 64_000  # bytes of a message and of raw details ("64 KB")
CLOSING_SECONDS = 5.0  # for the last word of a run that was stopped: a runner kills 10 s after it asked


@dataclass(frozen=True, slots=True)
class CheckAnnotation:
    """A note at lines of a file of the head commit. `level`: notice, warning or failure; lines count from 1."""

    path: str
    start_line: int
    end_line: int
    level: str
    title: str
    message: str
    raw_details: str = ""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What to show.

    Attributes:
        external_id: names this one attempt; no other check run of the commit may carry it.
        conclusion: as the API spells it: success, failure, neutral …
        title, summary, text: of the page; Markdown, except the title.
        annotations: the most important first.
    """

    name: str
    head_sha: str
    external_id: str
    conclusion: str
    title: str
    summary: str
    text: str
    annotations: tuple[CheckAnnotation, ...] = field(default=())
    details_url: str = ""


def put_check_run(api: Api, run: CheckRun) -> str:
    """Make the check run, completed, with its annotations, and give its address.

    One request asks whether it stands already, for a report that is published again. Up to 50 annotations take one
    more, each further 50 another one. When the work ends early, for an error or a
    signal, a run that is in progress is completed, and says that it is not whole; a conclusion never gets better by it.

    Raises:
        GitHubError: it could not be made, or not all of it.
    """
    return _Writing(api, run).put()


class _Writing:
    """One check run on its way. `_path` is empty until GitHub named it."""

    def __init__(self, api: Api, run: CheckRun) -> None:
        self._api = api
        self._run = run
        self._batches = list(_batches(run.annotations[:MOST_ANNOTATIONS]))
        self._total = sum(map(len, self._batches))
        self._runs = f"/repos/{api.repository}/check-runs"
        self._path = ""

    def put(self) -> str:
        standing = self._written_before()
        if standing is not None:
            shown = self._conclude(self._run.conclusion, self._output(), self._path_of(standing))
            return str(shown.get("html_url") or "")
        try:
            shown = self._create()
            for number in range(1, len(self._batches)):
                shown = self._append(number)
            if shown.get("status") != "completed":
                shown = self._conclude(self._run.conclusion, self._output())
            return str(shown.get("html_url") or "")
        except BaseException as error:
            if len(self._batches) > 1:
                self._close(error)
            raise

    def _written_before(self) -> Document | None:
        """Our run from an earlier writing of the same key, where its annotations are as many: these only grow."""
        found = self._newest()
        is_whole = found is not None and found.get("status") == "completed" and _count(found) == self._total
        return found if is_whole else None

    def _create(self) -> Document:
        run, posts = self._run, 0
        body = {"name": run.name, "head_sha": run.head_sha, "external_id": run.external_id, **self._batch(0)}
        if run.details_url:
            body["details_url"] = run.details_url

        def write() -> Document:
            nonlocal posts
            posts += 1
            return self._api.write("POST", self._runs, body, needs=NEEDS)

        made = create_once(self._api, write, self._newest)
        self._path = self._path_of(made)
        if posts > 1:
            self._finish_others()
        return made

    def _append(self, number: int) -> Document:
        """Send a further batch, once: after a lost answer, the count of annotations says whether it arrived."""
        before = BATCH * number
        after = before + len(self._batches[number])
        is_settled = True

        def write() -> Document:
            if not is_settled:
                raise LostWriteError("the number of annotations that GitHub shows is not settled")
            return self._api.write("PATCH", self._path, self._batch(number), needs=NEEDS, is_fresh=True)

        def look() -> Document | None:
            nonlocal is_settled
            shown = self._api.get(self._path, is_fresh=True)
            count = _count(shown)
            is_settled = count == before
            return shown if count >= after else None

        return create_once(self._api, write, look, looks=2)

    def _batch(self, number: int) -> dict[str, Any]:
        """The body that carries a batch; the last one completes the run."""
        output = {**self._output(), "annotations": self._batches[number]}
        if number < len(self._batches) - 1:
            return {"status": "in_progress", "output": output}
        return {"status": "completed", "conclusion": self._run.conclusion, "output": output}

    def _output(self, remark: str = "") -> dict[str, Any]:
        run = self._run
        output = {
            "title": cut_line(run.title, TITLE_LIMIT),
            "summary": remark + cut_markdown(run.summary, TEXT_LIMIT - len(remark)),
        }
        more = len(run.annotations) - MOST_ANNOTATIONS
        note = f"\n\n*{more} more findings are not shown as annotations.*" if more > 0 else ""
        text = cut_markdown(run.text, TEXT_LIMIT - len(note)) + note
        return {**output, "text": text.lstrip("\n")} if text else output

    def _conclude(self, conclusion: str, output: dict[str, Any], path: str = "") -> Document:
        body = {"status": "completed", "conclusion": conclusion, "output": output}
        return self._api.write("PATCH", path or self._path, body, needs=NEEDS, repeatable=True, is_fresh=True)

    def _close(self, error: BaseException) -> None:
        """The last word of a run that ends early. A run whose name we do not know yet is looked for."""
        is_refused = isinstance(error, DeniedError | RejectedError | MissingError)
        if is_refused and not self._path:
            return
        is_stopped = isinstance(error, InterruptedRun) or not isinstance(error, Exception)
        if is_stopped or isinstance(error, AwayError):
            self._api.hurry(CLOSING_SECONDS)
        with suppress(GitHubError):
            shown = self._api.get(self._path, is_fresh=True) if self._path else self._newest()
            if shown is None or shown.get("status") == "completed":
                return
            remark = (
                f"**This report is not whole: its writing ended early, with {_count(shown)} of "
                f"{len(self._run.annotations)} annotations.**\n\n"
            )
            conclusion = "cancelled" if is_stopped else self._run.conclusion
            self._conclude(conclusion, self._output(remark), self._path_of(shown))

    def _newest(self) -> Document | None:
        return max(self._ours(), key=_id, default=None)

    def _ours(self) -> list[Document]:
        run = self._run
        query = {"check_name": run.name, "filter": "all"}
        listed = self._api.pages(
            f"/repos/{self._api.repository}/commits/{run.head_sha}/check-runs", query, key="check_runs"
        )
        return [found for found in listed if found.get("external_id") == run.external_id]

    def _finish_others(self) -> None:
        """A list that lagged too long led to a second run. None can be deleted; GitHub shows the newest of a name."""
        output = {"title": "written twice", "summary": "Another check run of this name and commit has the report."}
        with suppress(GitHubError):
            for found in self._ours():
                path = self._path_of(found)
                if path != self._path and found.get("status") != "completed":
                    self._conclude(self._run.conclusion, output, path)

    def _path_of(self, shown: Document) -> str:
        return f"{self._runs}/{_id(shown)}"


def _batches(annotations: Sequence[CheckAnnotation]) -> Iterator[list[dict[str, Any]]]:
    """At least one batch, which may be empty."""
    for start in range(0, max(len(annotations), 1), BATCH):
        yield [_annotation(annotation) for annotation in annotations[start : start + BATCH]]


def _annotation(annotation: CheckAnnotation) -> dict[str, Any]:
    start = max(1, annotation.start_line)
    body = {
        "path": encodable(annotation.path),
        "start_line": start,
        "end_line": max(start, annotation.end_line),
        "annotation_level": annotation.level,
        "message": cut_plain(annotation.message or annotation.title or "finding", MESSAGE_LIMIT),
        "title": cut_line(annotation.title, TITLE_LIMIT),
        "raw_details": cut_plain(annotation.raw_details, MESSAGE_LIMIT),
    }
    return {name: value for name, value in body.items() if value}


def _id(shown: Document) -> int:
    """The number of a check run; 0 in an answer that is none, which no path leads to."""
    number = shown.get("id")
    return number if isinstance(number, int) else 0


def _count(shown: Document) -> int:
    output = shown.get("output")
    count = output.get("annotations_count") if isinstance(output, dict) else None
    return count if isinstance(count, int) else 0
