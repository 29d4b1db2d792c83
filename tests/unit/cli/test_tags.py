"""The verb `tags` as a workflow or a person starts it: inputs, variables and the event's file in, names out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.github.api import AwayError
from go_release_gate.cli import app, options, tags
from go_release_gate.cli.schema import schema_text
from go_release_gate.errors import UsageError
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.report.image_names import document
from support.image_names import Case, cases

LIST_INPUTS = ("images", "tags", "flavor", "labels", "annotations")
SAMPLE = cases("names-sample.json")
NEEDS_API = "date-053"  # no commit of this sha in the event


def environment(case: Case, folder: Path) -> dict[str, str]:
    """The variables of a step, and the event's file, in which the repository's record is whole."""
    context = case.context
    record = {**context["payload"].get("repository", {}), **context["repo"]}
    event = folder / "event.json"
    event.write_text(json.dumps({**context["payload"], "repository": record}), "utf-8")
    return {
        "GITHUB_EVENT_NAME": context["event_name"],
        "GITHUB_REF": context["ref"],
        "GITHUB_SHA": context["sha"],
        "GITHUB_REPOSITORY": context["repository"],
        "GITHUB_EVENT_PATH": str(event),
        "SOURCE_DATE_EPOCH": str(case.now.timestamp()),
        **case.env,
    }


def words(case: Case) -> list[str]:
    """The command line of a case."""
    given = [(name, case.inputs[name]) for name in LIST_INPUTS if name in case.inputs]
    return ["tags", *(f"--{name}={text}" for name, text in given), "--format", "json"]


@pytest.mark.parametrize("case", [case for case in SAMPLE if case.id != NEEDS_API], ids=str)
def test_command_answers_as_the_peer(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every case of the sample the command gives the peer's answer and the exit code that fits."""
    monkeypatch.chdir(tmp_path)

    code = app.run(words(case), environment(case, tmp_path))

    out = capsys.readouterr().out
    expected = case.expected
    if not expected["ok"]:
        assert (code, out) == (2, "")
        return
    told = json.loads(out)
    keys = ("version", "tags", "tag_names", "labels", "annotations", "warnings")
    assert {key: told[key] for key in keys} == {key: expected[key] for key in keys}
    invalid = [item["reference"] for item in expected["invalid_references"]]
    assert [problem["reference"] for problem in told["problems"]] == (invalid if expected["tags"] else [""])
    assert code == (1 if invalid or not expected["tags"] else 0)
    assert told["verdict"] == ("fail" if code else "pass")


CASE = next(case for case in SAMPLE if case.id == "default-004")


def named(tmp_path: Path, *flags: str, connect: Any = None, **environ: str) -> tags.Named:
    """What `tags FLAGS` makes of a pushed tag."""
    around = {**environment(CASE, tmp_path), "GO_RELEASE_GATE_IMAGES": "acme/shop", **environ}
    args = options.parse(options.find_verb("tags"), flags, around)
    assert args is not None
    args.path = str(tmp_path)
    return tags.perform(args, around, connect)


class Github:
    """GitHub's interface with one repository and one commit; `None` for a date: it does not answer."""

    repository = "acme/shop"

    def __init__(self, date: str | None = "2026-02-28T21:05:09Z") -> None:
        self.date = date
        self.asked: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        """One object."""
        self.asked.append(path)
        if self.date is None:
            raise AwayError("GitHub is away")
        record = {
            "name": "shop",
            "description": "From GitHub",
            "license": {"spdx_id": "MIT"},
            "default_branch": "trunk",
        }
        return {"commit": {"committer": {"date": self.date}}} if "/commits/" in path else record


def bare_event(tmp_path: Path, **more: Any) -> str:
    """An event that knows nothing of the repository."""
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(more), "utf-8")
    return str(path)


def test_record_is_asked_for_where_the_event_lacks_it(tmp_path: Path) -> None:
    """With a token, description, licence and default branch come from GitHub; the commit's date is not asked for
    where no expression names it."""
    github = Github()
    done = named(
        tmp_path,
        "--tags=type=edge\ntype=raw,value={{is_default_branch}}",
        connect=lambda: github,
        GITHUB_EVENT_PATH=bare_event(tmp_path),
        GITHUB_REF="refs/heads/trunk",
        **{"INPUT_GITHUB-TOKEN": "secret"},
    )
    assert done.answer.tag_names == ("edge", "false")  # the event does not say so
    assert "org.opencontainers.image.description=From GitHub" in done.answer.labels
    assert "org.opencontainers.image.licenses=MIT" in done.answer.labels
    assert github.asked == ["/repos/acme/shop"]


def test_record_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Without an answer the names are the same, the address is the server's, and what is missing is said."""
    done = named(
        tmp_path,
        connect=lambda: Github(None),
        GITHUB_EVENT_PATH=bare_event(tmp_path),
        GITHUB_SERVER_URL="https://github.example.com/",
        **{"INPUT_GITHUB-TOKEN": "secret"},
    )
    assert done.answer.version == "v2.0.8-beta.67"
    assert "org.opencontainers.image.url=https://github.example.com/acme/shop" in done.answer.labels
    assert done.notices[0] == "the repository's record could not be read: GitHub is away"


def test_half_a_record_is_completed(tmp_path: Path) -> None:
    """What the event has stays; what it lacks is asked for."""
    event = bare_event(tmp_path, repository={"description": "From the event"})
    done = named(tmp_path, connect=Github, GITHUB_EVENT_PATH=event, **{"INPUT_GITHUB-TOKEN": "secret"})
    assert "org.opencontainers.image.description=From the event" in done.answer.labels
    assert "org.opencontainers.image.licenses=MIT" in done.answer.labels


@pytest.mark.parametrize(
    ("event", "ref", "told"),
    [
        ("push", "refs/tags/v1", "tag"),
        ("push", "refs/heads/main", "branch"),
        ("pull_request", "refs/pull/7/merge", "pull-request"),
        ("issue_comment", "refs/pull/7/merge", "pull-request"),
        ("pull_request_review", "refs/heads/x", "pull-request"),
    ],
)
def test_subject_tells_the_event(event: str, ref: str, told: str) -> None:
    """The report's event is one of the three that reports know."""
    context = Context(event, ref)
    assert document(evaluate(Inputs("shop"), context), context)["subject"]["event"] == told


def test_event_is_enough_where_it_has_the_record(tmp_path: Path) -> None:
    """Nothing is asked when the event holds the whole record."""
    github = Github()
    named(tmp_path, connect=lambda: github, **{"INPUT_GITHUB-TOKEN": "secret"})
    assert github.asked == []


def test_commit_date_is_asked_for_where_it_is_named(tmp_path: Path) -> None:
    """The date of a commit that the event does not hold comes from GitHub; now stands for it when that is away."""
    flags = ("--tags=type=raw,value={{commit_date 'YYYYMMDD'}}",)
    event = bare_event(
        tmp_path, repository=CASE.context["repo"], head_commit={"id": "b" * 40, "timestamp": "2020-01-01T00:00:00Z"}
    )
    environ = {"GITHUB_EVENT_PATH": event, "INPUT_GITHUB-TOKEN": "secret"}
    assert named(tmp_path, *flags, connect=Github, **environ).answer.version == "20260228"
    nobody = Github()
    assert named(tmp_path, *flags, connect=lambda: nobody, GITHUB_SHA="", **environ).answer.version == "20260304"
    assert nobody.asked == []
    away = named(tmp_path, *flags, connect=lambda: Github(None), **environ)
    assert away.answer.version == "20260304"
    assert away.notices == ("the commit's date could not be read, now stands for it: GitHub is away",)


@pytest.mark.parametrize("more", [{}, {"GO_RELEASE_GATE_OFFLINE": "true", "INPUT_GITHUB-TOKEN": "secret"}])
def test_nothing_is_asked_without_leave(tmp_path: Path, more: dict[str, str]) -> None:
    """Without a token, and offline, GitHub is not asked; name and address come from the variables."""
    github = Github()
    done = named(tmp_path, connect=lambda: github, GITHUB_EVENT_PATH=bare_event(tmp_path), **more)
    assert github.asked == []
    assert "org.opencontainers.image.source=https://github.com/acme/shop" in done.answer.labels
    assert "org.opencontainers.image.title=shop" in done.answer.labels
    assert done.notices == ("not known, and empty in labels: description, license (give github-token)",)


def test_a_server_of_its_own_is_asked_without_a_token(tmp_path: Path) -> None:
    """The public interface alone wants a token: its anonymous limit is shared by all runners."""
    github = Github()
    event, server = bare_event(tmp_path), "https://github.example.com/api/v3"
    named(tmp_path, connect=lambda: github, GITHUB_EVENT_PATH=event, GITHUB_API_URL=server)
    assert github.asked == ["/repos/acme/shop"]
    named(tmp_path, connect=lambda: github, GITHUB_EVENT_PATH=event, GITHUB_API_URL="https://api.github.com/")
    assert github.asked == ["/repos/acme/shop"]


def test_nobody_is_asked_about_no_repository(tmp_path: Path) -> None:
    """Without a repository there is nothing to ask about, and no event's file is no trouble to be told."""
    github = Github()
    environ = {"GITHUB_REPOSITORY": "", "GITHUB_EVENT_PATH": "", "INPUT_GITHUB-TOKEN": "secret"}
    done = named(tmp_path, connect=lambda: github, **environ)
    assert github.asked == []
    assert done.notices == ("not known, and empty in labels: description, license (give github-token)",)


def test_connection_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """An address that a token must not be sent to costs the record, not the names."""
    environ = {"GITHUB_API_URL": "http://github.example.com", "INPUT_GITHUB-TOKEN": "secret"}
    done = named(tmp_path, GITHUB_EVENT_PATH=bare_event(tmp_path), **environ)
    assert done.answer.version == "v2.0.8-beta.67"
    assert done.notices[0] == "GitHub is not asked: GITHUB_API_URL must be an https address"


def test_certificates_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    """A company's certificates are read where GitHub is asked; without them it is not."""
    environ = {"INPUT_CA-BUNDLE": "none.pem", "INPUT_GITHUB-TOKEN": "secret"}
    done = named(tmp_path, GITHUB_EVENT_PATH=bare_event(tmp_path), **environ)
    assert done.notices[0].startswith("GitHub is not asked: ")
    assert "none.pem" in done.notices[0]


def test_event_of_any_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is refused, not parsed in part."""
    monkeypatch.setattr("go_release_gate.cli.image_context.PAYLOAD_LIMIT", 100)
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        named(tmp_path)


@pytest.mark.parametrize(
    ("ref", "tag"),
    [
        ("v3.0.0", "v3.0.0"),
        ("refs/tags/v3.0.0", "v3.0.0"),
        ("main", "main"),
        ("heads/x", "x"),
        ("pull/7/merge", "pr-7"),
    ],
)
def test_ref_is_taken_from_the_option(tmp_path: Path, ref: str, tag: str) -> None:
    """`--ref` names any ref, in full or short: the default branch is a branch, what nobody knows is a new tag."""
    done = named(tmp_path, f"--ref={ref}")
    assert done.answer.version == tag
    assert ("latest" in done.answer.tag_names) == tag.startswith("v")  # a branch is no tag


@pytest.mark.parametrize(
    ("ref", "event", "meant"),
    [
        ("v9.9.9", "schedule", "schedule"),
        ("v9.9.9", "", "push"),
        ("v9.9.9", "pull_request", "push"),
        ("pull/9/merge", "push", "pull_request"),
        ("pull/9/merge", "", "pull_request"),
    ],
)
def test_another_ref_is_pushed(tmp_path: Path, ref: str, event: str, meant: str) -> None:
    """The event of another ref is a push or a pull request, unless it is one that any ref may have."""
    assert named(tmp_path, f"--ref={ref}", GITHUB_EVENT_NAME=event).context.event == meant


@pytest.mark.parametrize(
    ("ref", "own", "base"),
    [
        ("refs/tags/v1.0.0", {"ref": "refs/tags/v1.0.0", "base_ref": "refs/heads/main"}, "xmain"),
        ("refs/pull/7/merge", {"number": 7, "pull_request": {"base": {"ref": "dev"}}}, "xdev"),
        ("refs/pull/8/merge", {"number": 7, "pull_request": {"base": {"ref": "dev"}}}, "x"),
        ("refs/tags/v1.0.0", {"number": 7, "base_ref": "refs/heads/main"}, "x"),
    ],
)
def test_own_ref_keeps_its_event(tmp_path: Path, ref: str, own: dict[str, Any], base: str) -> None:
    """What the event says counts where the named ref is what it is about, by the payload too."""
    event = bare_event(tmp_path, **own)
    flags = ("--tags=type=raw,value=x{{base_ref}}", f"--ref={ref}")
    assert named(tmp_path, *flags, GITHUB_REF="", GITHUB_EVENT_PATH=event).answer.version == base


def test_another_ref_has_its_own_event(tmp_path: Path) -> None:
    """What the event says of its own ref does not count for another."""
    event = bare_event(tmp_path, base_ref="refs/heads/main", repository=CASE.context["repo"])
    flags = ("--tags=type=raw,value=x{{base_ref}}",)
    assert named(tmp_path, *flags, GITHUB_EVENT_PATH=event).answer.version == "xmain"
    assert named(tmp_path, *flags, "--ref=v9.9.9", GITHUB_EVENT_PATH=event).answer.version == "x"
    pull = named(tmp_path, "--ref=v9.9.9", GITHUB_EVENT_NAME="pull_request_target").context
    assert (pull.event, pull.ref) == ("push", "refs/tags/v9.9.9")


@pytest.mark.parametrize("case", [case for case in SAMPLE if case.expected["ok"] and case.id != NEEDS_API], ids=str)
def test_named_ref_of_the_event_changes_nothing(case: Case, tmp_path: Path) -> None:
    """With the event's own ref named, and GITHUB_REF not set, the answer is the event's."""
    environ = environment(case, tmp_path)
    ref = environ.pop("GITHUB_REF")
    if "pull_request_target" in case.context["event_name"]:
        ref = case.around().ref
    args = options.parse(options.find_verb("tags"), [*words(case)[1:], f"--ref={ref}"], environ)
    assert args is not None
    args.path = str(tmp_path)
    done = tags.perform(args, environ)
    assert done.answer.tags == tuple(case.expected["tags"])
    assert done.context.sha == case.around().sha


@pytest.mark.parametrize("content", ["", "[]", "{", "x"])
def test_broken_event_is_refused(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no event is an error of the surroundings, with exit code 2."""
    path = tmp_path / "broken.json"
    path.write_text(content, "utf-8")
    assert app.run(["tags"], {"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(path)}) == 2
    assert "GITHUB_EVENT_PATH" in capsys.readouterr().err


def test_missing_event_is_said(tmp_path: Path) -> None:
    """A path that leads nowhere costs what the event would have told, and is said."""
    done = named(tmp_path, GITHUB_EVENT_PATH=str(tmp_path / "none.json"))
    assert done.answer.version == "v2.0.8-beta.67"
    assert any("cannot be read" in notice for notice in done.notices)


@pytest.mark.parametrize("text", ["soon", "1e999", "nan"])
def test_epoch_must_be_seconds(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """SOURCE_DATE_EPOCH that is no time is refused rather than replaced by the clock."""
    assert app.run(["tags"], {**environment(CASE, tmp_path), "SOURCE_DATE_EPOCH": text}) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


def test_nothing_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without event and checkout the command asks for a ref."""
    monkeypatch.chdir(tmp_path)
    assert app.run(["tags"], {}) == 2
    assert "--ref" in capsys.readouterr().err


def test_refusal_names_line_and_expectation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused input is told by its name, its line and what was expected."""
    lines = "\n# names\ntype=sha\ntype=ref,event=merge"
    assert app.run(["tags", "--tags", lines], environment(CASE, tmp_path)) == 2
    said = capsys.readouterr().err
    assert "tags, line 4: unknown event 'merge'" in said
    assert "expected one of branch, tag, pr" in said


def test_output_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output` leaves standard output empty; the object keeps to its schema."""
    import jsonschema

    path = tmp_path / "names.json"
    environ = {**environment(CASE, tmp_path), "INPUT_IMAGES": "acme/shop"}
    assert app.run(["tags", "--format", "json", "--output", str(path)], environ) == 0
    assert capsys.readouterr().out == ""
    jsonschema.validate(json.loads(path.read_text("utf-8")), json.loads(schema_text("tags")))


def test_text_shows_names_and_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text has image and tags side by side, the version, the labels and the problem with what to do."""
    environ = {**environment(CASE, tmp_path), "INPUT_IMAGES": "acme/shop\nacme//shop"}
    assert app.run(["tags"], environ) == 1
    out = capsys.readouterr().out
    assert "refs/tags/v2.0.8-beta.67 (push) at 860c1904a1ce: version v2.0.8-beta.67" in out
    assert "  acme/shop   v2.0.8-beta.67\n              latest\n  acme//shop  v2.0.8-beta.67\n" in out
    assert "  org.opencontainers.image.title=shop\n" in out
    assert "problem: acme//shop:latest: " in out


def test_separators_keep_their_white_space() -> None:
    """A separator is taken as it is, a blank one too; the other inputs are given when they say something."""
    verb = options.find_verb("tags")
    args = options.parse(verb, ["--sep-tags= "], {"INPUT_SEP-LABELS": ", ", "INPUT_IMAGES": "", "INPUT_REF": "  "})
    assert args is not None
    assert (args.sep_tags, args.sep_labels, args.images, args.ref) == (" ", ", ", None, None)


@pytest.mark.parametrize("words", [["--tags", "-x"], ["--tags=-x"], ["--tags", "--x"]])
def test_lines_may_begin_with_a_dash(words: list[str]) -> None:
    """A text that is taken as it is may look like an option."""
    args = options.parse(options.find_verb("tags"), words, {})
    assert args is not None
    assert args.tags == words[-1].removeprefix("--tags=")


def test_lines_add_up() -> None:
    """An option that is given twice adds a line."""
    args = options.parse(options.find_verb("tags"), ["--tags=type=sha", "--tags=type=edge"], {})
    assert args is not None
    assert args.tags == "type=sha\ntype=edge"
