"""`verb: release` as a workflow's step: outputs for later steps, a table and a diagram in the summary."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from go_release_gate import action
from support import dockerregistry
from support.containerstep import parse_outputs
from support.dockerregistry import RealRegistry
from support.releaseworld import World, stopped_clock


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """A real registry."""
    with dockerregistry.running(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, registry: RealRegistry, monkeypatch: pytest.MonkeyPatch) -> World:
    """A ledger with a good release and a bad one that runs."""
    made = World(tmp_path, registry, stopped_clock(monkeypatch)).make()
    made.through("1.0.0")
    made.through("1.1.0", "fail")
    return made


def step(world: World, code: int = 0, **inputs: str) -> tuple[dict[str, str], str, str]:
    """Outputs, summary and log of one step."""
    files = {name: world.folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
    for path in files.values():
        path.unlink(missing_ok=True)
        path.touch()
    environ = {
        **{name: str(path) for name, path in files.items()},
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(world.clone),
        "RUNNER_TEMP": str(world.folder / "temp"),
        "GITHUB_ACTOR": "ann",
        "GITHUB_EVENT_NAME": "workflow_dispatch",
        "INPUT_VERB": "release",
        **world.environ,
        **{f"INPUT_{name.replace('_', '-').upper()}": value for name, value in inputs.items()},
    }
    (world.folder / "temp").mkdir(exist_ok=True)
    log = io.StringIO()
    with contextlib.redirect_stdout(log):
        found = action.main(environ)
    assert found == code, log.getvalue()
    return parse_outputs(files["GITHUB_OUTPUT"].read_text()), files["GITHUB_STEP_SUMMARY"].read_text(), log.getvalue()


def test_a_button_that_rolls_back(world: World) -> None:
    """Outputs name the entry, the digests and the image; the summary says what was done; nobody is asked."""
    outputs, summary, _ = step(world, action="rollback", service="api", env="production", reason="500s")

    assert outputs["previous-digest"] == world.digests["1.1.0"]
    assert outputs["digest"] == world.digests["1.0.0"]
    assert outputs["image"].endswith(f"@{world.digests['1.0.0']}")
    assert outputs["entry-id"] == "17"
    assert outputs["verdict"] == "pass"
    assert "rolled back to" in summary
    assert world.current() == world.digests["1.0.0"]


def test_the_summary_has_the_table_before_the_diagram(world: World) -> None:
    """The same facts, first as a table, then as a timeline for each environment."""
    _, summary, log = step(world, action="status")

    assert summary.index("| service | environment |") < summary.index("```mermaid")
    assert summary.count("```mermaid\ngantt") == 2
    assert "crit, 2026-11-21T10:00" in summary
    assert "rollback would choose" in log


@pytest.mark.parametrize("action", ["status", "list"])
def test_a_place_where_nothing_ran_has_no_timeline(world: World, action: str) -> None:
    """A hold alone is no time that something ran: the summary has the other places."""
    world.write(".go-release-gate.yml", f"{(world.clone / '.go-release-gate.yml').read_text()}  other: {{}}\n")
    world.run("hold", "--service", "api", "--env", "other")

    _, summary, _ = step(world, action=action)

    assert summary.count("```mermaid\ngantt") == 2


def test_foreign_words_stay_words(world: World) -> None:
    """A reason that looks like a command, a mention or a table's end does nothing in log and summary."""
    reason = "::set-output name=digest::x | @everyone <!-- go-release-gate --> `x` ##[error]"
    _, summary, log = step(world, action="rollback", service="api", env="production", reason=reason)

    lines = log.splitlines()
    assert not [line for line in lines if line.startswith("::set-output") or "##[error]" in line]
    assert "<!-- go-release-gate" not in summary
    assert "| @everyone" not in summary


def test_a_refusal_is_an_annotation_and_exit_5(world: World) -> None:
    """What cannot be done is said beside the run, and outputs are there and empty."""
    outputs, _, log = step(world, 5, action="rollback", service="api", env="staging", to="-5")

    assert outputs["entry-id"] == ""
    assert "::error title=go-release-gate::" in log


def test_an_untrusted_event_writes_nothing(world: World) -> None:
    """A pull request of a fork cannot move anything."""
    payload = world.folder / "event.json"
    sides = {side: {"repo": {"full_name": name}} for side, name in (("head", "mallory/shop"), ("base", "acme/shop"))}
    payload.write_text(json.dumps({"pull_request": sides}))
    world.environ |= {"GITHUB_EVENT_PATH": str(payload)}
    refs = world.refs()

    found = world.run("hold", "--env", "production", code=5, GITHUB_EVENT_NAME="pull_request")

    assert "not trusted" in found.err
    assert world.refs() == refs


def test_an_action_is_wanted(world: World) -> None:
    """Without the input `action` nothing is guessed."""
    assert "wants the input `action`" in step(world, 2)[2]


KEYS = "ledger: {request-keys: [{id: oncall, secret: ONCALL, environments: [production]}]}\n"


def asked(world: World, *words: str) -> None:
    """Somebody's request becomes the event that started the workflow."""
    world.environ |= {"ONCALL": "s" * 32, "GITHUB_REPOSITORY": "acme/shop"}
    sent = json.loads(world.run("request", "--service", "api", "--env", "production", *words).out)
    event = {"action": sent["event_type"], "client_payload": sent["client_payload"]}
    (world.folder / "event.json").write_text(json.dumps(event))
    named = {"GITHUB_EVENT_NAME": "repository_dispatch", "GITHUB_EVENT_PATH": str(world.folder / "event.json")}
    world.environ |= named


def test_a_request_from_elsewhere(world: World) -> None:
    """`release request` here, `request: event` there: carried out once, in the name of its key."""
    world.write(".go-release-gate.yml", (world.clone / ".go-release-gate.yml").read_text() + KEYS)
    asked(world, "--reason", "500s #1")

    outputs, _, _ = step(world, action="rollback", request="event")

    assert outputs["digest"] == world.digests["1.0.0"]
    assert [one["actor"] for one in world.json("list")["entries"][:3]] == ["oncall"] * 3
    assert "carried out before" in step(world, 5, action="rollback", request="event")[2]


def test_a_hold_is_asked_for(world: World) -> None:
    """The event's type tells a workflow what is asked; a request for something else is refused."""
    world.write(".go-release-gate.yml", (world.clone / ".go-release-gate.yml").read_text() + KEYS)
    asked(world, "--hold", "--reason", "sale")

    assert json.loads((world.folder / "event.json").read_text())["action"] == "release-gate-hold"
    assert "asks for a hold, not for a rollback" in step(world, 5, action="rollback", request="event")[2]
    step(world, action="hold", request="event")
    assert world.json("status", "--env", "production")["places"][0]["held"].startswith("sale")


def test_a_request_is_not_made_in_a_log(world: World) -> None:
    """A step's log is read by others."""
    assert "for the command line" in step(world, 2, action="request", service="api", env="production")[2]
