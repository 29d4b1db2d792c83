"""The verb `report`: files in, one publication, an exit code that is never the verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from go_release_gate.adapters.github.api import Api, AwayError
from go_release_gate.cli import app, options, report
from go_release_gate.errors import ReportError, UsageError
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.report import CheckReport
from go_release_gate.publish.publish import Published, Wishes
from go_release_gate.publish.target import Target
from go_release_gate.report import json_report
from go_release_gate.report.options import RenderOptions
from support import reports

HEAD = reports.SUBJECT.commit
PULL = {
    "number": 7,
    "head": {"sha": HEAD, "ref": "topic", "repo": {"full_name": "stranger/shop"}},
    "base": {"sha": "3" * 40},
}


class Away:
    """A GitHub that knows one pull request, or nothing at all."""

    repository = "acme/shop"
    is_away = False

    def get(self, *_: Any, **__: Any) -> dict[str, Any]:
        return self.pages()[0]

    def pages(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        if self.is_away:
            raise AwayError("GitHub is down")
        return [PULL]


class Publisher:
    """Takes what would be published."""

    def __init__(self, answer: Published) -> None:
        self.answer = answer
        self.taken: list[tuple[CheckReport, Target, Wishes]] = []

    def __call__(self, given: CheckReport, target: Target, _api: Api, wishes: Wishes) -> Published:
        self.taken.append((given, target, wishes))
        return self.answer


WRITTEN = Published(("review", "check run"), ("the token may not write the comment: grant `issues: write`",))


def save(folder: Path, given: CheckReport, name: str = "report.json") -> str:
    """Save a report as `check` does."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json_report.render(given, RenderOptions()), encoding="utf-8")
    return str(folder / name)


def environment(folder: Path, event: str = "workflow_run") -> dict[str, str]:
    """The variables of a second stage."""
    origin = {"full_name": "stranger/shop", "owner": {"login": "stranger"}}
    run = {"id": 41, "event": "pull_request", "head_sha": HEAD, "head_branch": "topic", "head_repository": origin}
    payload = {"workflow_run": run, "repository": {"full_name": "acme/shop"}}
    (folder / "event.json").write_text(json.dumps(payload))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_RUN_ID": "42",
        "GITHUB_SHA": "9" * 40,
    }


def performed(
    folder: Path, *words: str, api: Away | None = None, answer: Published = WRITTEN
) -> tuple[report.Reported, Publisher]:
    """`report WORDS` in a second stage."""
    environ = environment(folder)
    args = options.parse(options.find_verb("report"), words, environ)
    assert args is not None
    publisher = Publisher(answer)
    return report.perform(args, environ, lambda: cast("Api", api or Away()), publisher), publisher


def test_what_is_published_is_about_what_github_says(tmp_path: Path) -> None:
    """Links are made of repository, commit and run: none of them comes from the file."""
    subject = replace(reports.SUBJECT, ref="refs/heads/main", base="8" * 40, run="https://evil.example/")
    done, publisher = performed(tmp_path, save(tmp_path / "r", replace(reports.failing(), subject=subject)))
    given, target, _ = publisher.taken[0]

    assert (target.number, target.reported_by) == (7, "the pull request's run")
    assert (given.subject.repository, given.subject.commit, given.subject.base) == ("acme/shop", HEAD, "3" * 40)
    assert (given.subject.run, given.subject.ref) == ("https://github.example.com/acme/shop/actions/runs/41", "")
    assert (done.places, done.exit_code) == (("review", "check run"), 0)


def test_shards_are_one_publication(tmp_path: Path) -> None:
    """Files and folders together; what is wanted comes from the options."""
    save(tmp_path / "r", replace(reports.passing(), modules=(reports.module("a"),)), "a.json")
    other = save(tmp_path / "s", replace(reports.passing(), modules=(reports.module("b"),)))
    _, publisher = performed(tmp_path, str(tmp_path / "r"), other, "--no-review", "--comment", "never")

    [(given, _, wishes)] = publisher.taken
    assert [answer.dir for answer in given.modules] == ["a", "b"]
    assert (wishes.review, wishes.check_run, wishes.comment) == (False, True, "never")


def test_a_strangers_pass_beside_errors_is_a_fail(tmp_path: Path) -> None:
    """The verdict that is shown is at least as grave as what is listed; the exit code is none of its business."""
    forged = replace(reports.failing(), verdict=Verdict.PASS, complete=True)
    done, publisher = performed(tmp_path, save(tmp_path / "r", forged))

    assert publisher.taken[0][0].verdict is Verdict.FAIL
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("answer", "given", "code"),
    [
        (WRITTEN, reports.failing(), 0),
        (Published(), reports.passing(), 0),
        (Published(notices=("denied",)), reports.failing(), 3),
        (Published(notices=("denied",)), reports.passing(), 0),
        (Published(notices=("away",), is_away=True), reports.passing(), 3),
        (Published(("check run",), ("away",), is_away=True), reports.failing(), 0),
    ],
)
def test_the_exit_code_says_whether_it_was_published(
    answer: Published, given: CheckReport, code: int, tmp_path: Path
) -> None:
    """0 when something stands or nothing was to be said; 3 when nothing could be written, never a pass by silence."""
    assert performed(tmp_path, save(tmp_path / "r", given), answer=answer)[0].exit_code == code


def test_a_read_only_token_is_no_failure(tmp_path: Path) -> None:
    """Shards merged in a fork's own run: that is what the second stage is there for."""
    own = {"number": 7, "head": {"sha": HEAD, "repo": {"full_name": "stranger/shop"}}}
    environ = environment(tmp_path, "pull_request")
    payload = {"pull_request": {**own, "base": {"sha": "3" * 40, "repo": {"full_name": "acme/shop"}}}}
    Path(environ["GITHUB_EVENT_PATH"]).write_text(json.dumps(payload))
    args = options.parse(options.find_verb("report"), [save(tmp_path / "r", reports.failing())], environ)
    assert args is not None
    done = report.perform(args, environ, lambda: cast("Api", Away()))

    assert (done.target.number, done.target.reported_by, done.places, done.exit_code) == (7, "", (), 0)
    assert "a second workflow" in done.notices[0]


@pytest.mark.parametrize(("code", "is_said"), [(0, False), (3, True)])
def test_quiet_hides_no_failure(
    code: int, is_said: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With --quiet only what could not be published is said."""
    done, _ = performed(tmp_path, save(tmp_path / "r", reports.failing()))
    monkeypatch.setattr(report, "perform", lambda *_: replace(done, exit_code=code))

    assert app.run(["report", "x", "--quiet"], {}) == code
    assert bool(capsys.readouterr().out) is is_said


def test_a_github_that_is_away_is_exit_3(tmp_path: Path) -> None:
    """Nobody can say what to report to."""
    api = Away()
    api.is_away = True
    with pytest.raises(AwayError) as error:
        performed(tmp_path, save(tmp_path / "r", reports.passing()), api=api)
    assert error.value.exit_code == 3


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_was_done_is_said(form: str, tmp_path: Path) -> None:
    """For people and for programs: target, verdict, what stands, what does not and why."""
    done, _ = performed(tmp_path, save(tmp_path / "r", reports.failing()))
    if form == "text":
        assert report.lines(done)[:2] == [
            f"published to pull request 7 of acme/shop at {HEAD[:12]}: review, check run "
            "(reported by the pull request's run)",
            "the report says fail: 2 errors, 1 warning, 1 note in 2 of 5 modules; 1 of 5 modules could not be judged",
        ]
        assert report.lines(done)[2].startswith("note: the token may not write the comment")
    else:
        document = report.document(done)
        assert (document["kind"], document["target"]["pull_request"], document["verdict"]) == ("report", 7, "fail")
        assert document["published"] == ["review", "check run"]


def test_without_a_token_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and where to put it."""
    file = save(tmp_path / "r", reports.passing())

    assert app.run(["report", file], {"GITHUB_REPOSITORY": "acme/shop"}) == 2
    assert "GO_RELEASE_GATE_GITHUB_TOKEN" in capsys.readouterr().err


def test_a_bad_file_is_refused_before_github_is_asked(tmp_path: Path) -> None:
    """Nothing is sent for a report that is not read."""
    api = Away()
    api.is_away = True
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ReportError, match="expected the key 'schema'"):
        performed(tmp_path, str(tmp_path / "bad.json"), api=api)


def test_a_file_must_be_named() -> None:
    """No file is a wrong command line."""
    with pytest.raises(UsageError, match="FILE"):
        options.parse(options.find_verb("report"), [], {})


def test_what_is_on_can_be_switched_off() -> None:
    """Options that are on without a word have a word for off, from flag and environment alike."""
    args = options.parse(options.find_verb("report"), ["x", "--no-check-run"], {"INPUT_REVIEW": "false"})
    assert args is not None
    assert (args.check_run, args.review, args.upload_sarif) == (False, False, None)
