"""A fork writes the artifact that the second stage publishes: what it may say, where, and in whose name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fakes.github import BOT, GitHub
from go_release_gate.cli import app, options, report
from go_release_gate.errors import GateError, ReportError, UsageError
from go_release_gate.model.report import Comparison
from go_release_gate.publish.publish import Wishes, publish
from go_release_gate.publish.target import Target
from go_release_gate.report import json_report
from go_release_gate.report.neutral import log_text
from go_release_gate.report.options import RenderOptions
from support import reports
from support.hostile import CORPUS
from support.markdown_marks import ALLOWED_TAGS, tokens
from support.patient import client
from support.runner_parsers import commands, lenient_commands

OLD, NEW = "module example.com/a\n", "module example.com/a\n\ngo 1.22\n\n\n\nrequire example.com/b v1.0.0\n"
SHORT = [said for said in CORPUS if len(said) < 5_000]
Change = Callable[[dict[str, Any]], None]


@dataclass
class Stage:
    """The second stage of pull request 7, which a stranger opened, and an artifact of its run."""

    github: GitHub
    folder: Path
    head: str

    @property
    def artifact(self) -> Path:
        """The folder that the artifact was unpacked to."""
        return self.folder / "artifact"

    @property
    def environ(self) -> dict[str, str]:
        """The variables of the step."""
        origin = {"full_name": "stranger/shop", "owner": {"login": "stranger"}}
        run = {"id": 41, "event": "pull_request", "head_sha": self.head, "head_branch": "topic"}
        payload = {"workflow_run": {**run, "head_repository": origin}, "repository": {"full_name": "acme/shop"}}
        (self.folder / "event.json").write_text(json.dumps(payload))
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "42",
            "GITHUB_SHA": self.github.base,
            "INPUT_GITHUB-TOKEN": self.github.token,
        }

    def document(self, change: Change = lambda _: None) -> dict[str, Any]:
        """A report of the pull request's run, forged by `change`."""
        document: dict[str, Any] = json.loads(json_report.render(reports.failing(), RenderOptions()))
        document["subject"]["commit"] = self.head
        change(document)
        return document

    def save(self, change: Change = lambda _: None, name: str = "report.json") -> Path:
        """Lay a report in the artifact."""
        file = self.artifact / name
        file.write_text(json.dumps(self.document(change)), encoding="utf-8")
        return file

    def publish(self, *words: str) -> report.Reported:
        """`report artifact/` over a real socket, with waits that take no time."""
        args = options.parse(options.find_verb("report"), [str(self.artifact), *words], self.environ)
        assert args is not None
        return report.perform(args, self.environ, lambda: client(self.github))

    @property
    def pages(self) -> list[str]:
        """Every text that stands on GitHub now."""
        shop = self.github.repository
        runs = [text for run in shop.check_runs.values() for text in (run.title, run.summary, run.text) if text]
        stores = (shop.comments, shop.review_comments, shop.reviews)
        return runs + [item.body for store in stores for item in store.values()]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A pull request of a fork that changes services/api/go.mod."""
    with GitHub() as github:
        pull = github.open_pull_request(
            7, "head", files={"services/api/go.mod": (OLD, NEW)}, fork="stranger/shop", author="stranger"
        )
        (tmp_path / "artifact").mkdir()
        yield Stage(github, tmp_path, pull.head_sha)


def test_the_second_stage_publishes_a_forks_report(stage: Stage) -> None:
    """What the fork's own run may not write: once, marked as the stranger's word, never green, without suggestions."""
    stage.save()
    done = stage.publish()
    again = stage.publish()
    [comment] = stage.github.repository.comments.values()

    assert (done.exit_code, again.exit_code, done.target.number) == (0, 0, 7)
    assert set(done.places) == {"review", "check run", "comment"}
    assert (comment.number, comment.author) == (7, BOT)
    assert all(run.head_sha == stage.head for run in stage.github.repository.check_runs.values())
    assert "the pull request's run" in comment.body
    assert not any("```suggestion" in page for page in stage.pages)
    assert not any("@acme/api" in re.sub("`[^`]*`", "", page) for page in stage.pages)


def test_a_forged_pass_is_never_green(stage: Stage) -> None:
    """A clean report by a stranger's hand is no success, and errors beside a pass are a failure."""
    stage.save(lambda document: document.update(verdict="pass", complete=True))
    stage.publish()
    [failed] = stage.github.repository.check_runs.values()

    def clean(document: dict[str, Any]) -> None:
        kept = [item for item in document["modules"] if item["error"] is None]
        document.update(verdict="pass", complete=True, findings=[], suppressed=[], modules=kept)

    stage.save(clean)
    stage.publish("--check-name", "another")
    [passed] = [run for run in stage.github.repository.check_runs.values() if run.name == "another (reported)"]

    assert failed.conclusion == "failure"
    assert passed.conclusion == "neutral"
    assert "Reported by the pull request's run" in (passed.title or "")
    assert not any(comment.body.count("## ✅") for comment in stage.github.repository.comments.values())


def test_a_strangers_report_does_not_hide_ours(stage: Stage) -> None:
    """Whoever opens a pull request of a commit that we have judged gets no check run of the same name there."""
    ours = Target("acme/shop", None, stage.head, key="k" * 64)
    publish(reports.failing(), ours, client(stage.github), Wishes())
    stage.save()
    stage.publish()

    names = [(run.name, run.head_sha) for run in stage.github.repository.check_runs.values()]
    assert names == [(Wishes().check_name, stage.head), (f"{Wishes().check_name} (reported)", stage.head)]


@pytest.mark.parametrize("base", ["\n::error::xx", "##[error]bad", "@acme/api", "main", "a" * 40 + "\n"])
def test_the_base_that_a_report_names_is_a_commit(base: str, stage: Stage) -> None:
    """Its first twelve characters stand in the title, and in the log of a job that may write."""
    stage.save(lambda document: document.update(comparison={"base": base, "new": 1, "existing": 0, "fixed": 1}))
    with pytest.raises(ReportError, match=r"comparison\.base: expected a commit"):
        stage.publish()


def test_no_headline_gives_a_command(stage: Stage) -> None:
    """Nor would it, were it read: whatever stands in the lines for the log is made harmless there."""
    stage.save()
    done = stage.publish()
    held = Comparison("\n::error::xx", 1, 0, 1)
    log = "\n".join(report.lines(replace(done, report=replace(done.report, comparison=held)))).encode()

    assert commands(log) == lenient_commands(log) == []


def _everywhere(said: str) -> Change:
    """Put `said` wherever a report holds free text, and what a path may hold of it in every path."""

    name = re.sub(r"[/\\]", "_", log_text(said))[:1_000].strip(".") or "name"

    def change(document: dict[str, Any]) -> None:
        document["notices"] = [said]
        document["tool"] |= {"version": said[:300] or "v", "go": said[:300]}
        document["subject"] |= {"ref": said[:300], "base": said[:300], "run": said}
        for item in document["findings"]:
            item |= {"message": said, "help_url": said, "owners": [said]}
            item["target"]["name"] = said[:4_000]
            item["module"] = name
            item["location"]["path"] = f"{name}/go.mod"
            item["related"] = [{"message": said, "location": None}]
            item["fix"] = {"safe": True, "edits": [{"path": said, "start_line": 1, "end_line": 1, "text": said}]}
        for answer in document["modules"]:
            answer |= {"dir": name, "path": said[:4_000]}
            answer["tidy"]["diff"] = said
            answer["verify"]["healed"] = [said]
            if answer["error"]:
                answer["error"] |= {"message": said, "hint": said}
        document["skipped"] = [{"dir": name, "reason": said or "r"}]

    return change


@pytest.mark.parametrize("said", SHORT, ids=lambda said: repr(said[:30]))
def test_no_text_leads_wakes_or_commands(said: str, stage: Stage) -> None:
    """On GitHub: no picture, no HTML, no mention, no link but ours, no second marker; in the log: no command."""
    stage.save(_everywhere(said))
    done = stage.publish()

    log = "\n".join(report.lines(done)).encode("utf-8", "backslashreplace")
    assert commands(log) == lenient_commands(log) == []
    assert done.target.number == 7
    for page in stage.pages:
        assert page.count("<!--") <= 1
        assert page.find("<!--") <= 0
        for token in tokens(re.sub(r"\A<!--.*?-->\n*", "", page)):
            assert token.type != "image"
            if token.type == "link_open":
                assert str(token.attrs["href"]).startswith("https://github.com/acme/"), token.attrs
            if token.type in ("html_block", "html_inline"):
                assert set(re.findall(r"<[^>]*>", token.content)) <= ALLOWED_TAGS
            if token.type == "text":
                assert not re.search(r"@\w|#\d|https?:|www\.|<", token.content), token.content


def test_addresses_in_the_report_lead_nowhere(stage: Stage) -> None:
    """Pages of rules and of the run are our own and GitHub's, whatever the report says."""

    def change(document: dict[str, Any]) -> None:
        document["subject"] |= {"run": "https://evil.example/acme/shop/actions/runs/1", "ref": "https://evil.example"}
        for item in document["findings"]:
            item["help_url"] = "https://evil.example/phish"

    stage.save(change)
    stage.publish()
    assert not any("evil.example" in page for page in stage.pages)
    assert any("/actions/runs/41" in page for page in stage.pages)


def test_a_number_in_the_report_is_nothing(stage: Stage) -> None:
    """A report cannot choose another pull request: neither by what it says of itself, nor by unknown keys."""
    stage.github.open_pull_request(8, "victim", files={"go.mod": (OLD, NEW)}, branch="victim")

    def change(document: dict[str, Any]) -> None:
        document["subject"] |= {"ref": "refs/pull/8/merge", "number": 8, "pull_request": 8}
        document["pull_request"] = {"number": 8}

    stage.save(change)
    assert stage.publish().target.number == 7
    assert {item.number for item in stage.github.repository.comments.values()} == {7}


def _set(*path: str | int, value: Any) -> Change:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("subject", "commit", value="d" * 40),
        _set("subject", "commit", value=""),
        _set("subject", "repository", value="acme/other"),
        _set("findings", 0, "location", "path", value="../../etc/passwd"),
        _set("findings", 0, "location", "path", value="/etc/passwd"),
        _set("findings", 0, "module", value="a/../../b"),
        _set("modules", 0, "dir", value="..\\x"),
        _set("findings", 0, "location", "line", value=10**9),
        _set("findings", 0, "location", "line", value=10**400),
        _set("findings", value=[{}] * 5_001),
        _set("modules", value=[{}] * 2_001),
        _set("notices", value=["x" * 70_000]),
        _set("verdict", value="approved"),
        _set("kind", value="plan"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(change: Change, stage: Stage) -> None:
    """Exit 2, and not one write."""
    stage.save(change)
    with pytest.raises(ReportError) as refusal:
        stage.publish()

    assert refusal.value.exit_code == 2
    assert stage.github.writes == []


def _linked(artifact: Path) -> None:
    (artifact.parent / "secret.json").write_text('{"secret-word": 1}')
    (artifact / "report.json").symlink_to(artifact.parent / "secret.json")


def _huge(artifact: Path) -> None:
    with (artifact / "report.json").open("wb") as file:
        file.truncate(100 << 20)


def _many(artifact: Path) -> None:
    for number in range(10_000):
        (artifact / f"{number}.json").touch()


def _deep(artifact: Path) -> None:
    (artifact / "report.json").write_text("[" * 1_000_000)


def _piped(artifact: Path) -> None:
    os.mkfifo(artifact / "report.json")


def _directory(artifact: Path) -> None:
    (artifact / "report.json").mkdir()


def _broken(artifact: Path) -> None:
    (artifact / "report.json").symlink_to("nowhere")


def _empty(artifact: Path) -> None:
    (artifact / "report.txt").write_text("{}")


@pytest.mark.parametrize("lay", [_linked, _huge, _many, _deep, _piped, _directory, _broken, _empty])
def test_an_artifact_that_is_none_is_refused(
    lay: Callable[[Path], None], stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Links, pipes, heaps: exit 2, nothing of what lies behind is shown, GitHub is not even asked."""
    lay(stage.artifact)
    code = app.run(["report", str(stage.artifact)], stage.environ)
    said = "".join(capsys.readouterr())

    assert code == 2
    assert "secret-word" not in said
    assert stage.github.requests == []


def test_a_branch_that_moved_on(stage: Stage) -> None:
    """A report of yesterday's commit writes nothing on the pull request."""
    stage.save()
    stage.github.push(7, "later", {"services/api/go.mod": (OLD, NEW)})
    done = stage.publish()

    assert done.target.number is None
    assert "nothing is written on a pull request" in done.notices[0]
    assert stage.github.repository.comments == {}
    assert stage.github.repository.review_comments == {}


def test_another_forks_pull_request_is_left_alone(stage: Stage) -> None:
    """A pull request of the same commit from somebody else's branch is not the one whose run this was."""
    pull = stage.github.repository.pulls[7]
    pull.head_repository = "victim/shop"
    stage.save()

    assert stage.publish().target.number is None
    assert stage.github.repository.comments == {}


def test_a_number_by_hand_does_not_help_a_forger(stage: Stage) -> None:
    """A workflow that takes the number from the artifact still reports to nobody else's pull request."""
    victim = stage.github.open_pull_request(8, "victim", files={"go.mod": (OLD, NEW)}, branch="victim")
    stage.save(_set("subject", "commit", value=victim.head_sha))
    with pytest.raises(UsageError, match="not the one whose run triggered"):
        stage.publish("--pull-request", "8")
    assert stage.github.writes == []


def test_a_token_that_may_nothing_is_exit_3(stage: Stage) -> None:
    """What could not be written is said, and is no pass."""
    stage.github.restrict(pull_requests="read", contents="read")
    stage.save()
    done = stage.publish()

    assert (done.places, done.exit_code) == ((), 3)
    assert any("checks: write" in notice for notice in done.notices)


def test_errors_are_the_expected_ones(stage: Stage) -> None:
    """Every refusal is an error of our own tree."""
    stage.save(_set("schema", value=2))
    with pytest.raises(GateError):
        stage.publish()
