"""The runner's protocol: what we write is what the runner reads."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.github.runner import OUTPUTS, Step, command, new_token, stopped
from go_release_gate.errors import UnavailableError
from support.hostile import CORPUS
from support.runner_parsers import commands

ACTIVE = {"GITHUB_ACTIONS": "true"}


def read_outputs(text: str) -> dict[str, str]:
    """The file of outputs as the runner reads it: `name<<delimiter`, lines, delimiter; the last word counts."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc:
            found[name] = "\n".join(itertools.takewhile(lambda value, end=delimiter: value != end, lines))
    return found


@given(message=st.text(), title=st.text(min_size=1))
def test_a_command_comes_back_whole(message: str, title: str) -> None:
    """Message and properties survive escaping and the runner's parser, whatever they hold."""
    (found,) = commands(command("error", message, title=title, end_line=3, file=None))
    assert found.data == message
    assert found.properties == {"title": title, "endLine": "3"}


@pytest.mark.parametrize("value", CORPUS, ids=lambda value: repr(value[:20]))
def test_outputs_hold_any_value(value: str, tmp_path: Path) -> None:
    """Every declared output is written, hostile values unchanged, missing ones empty, after what was there before."""
    path = tmp_path / "output"
    path.write_text("verdict=pass\n")
    Step({"GITHUB_OUTPUT": str(path)}, io.StringIO()).write_outputs({"modules": value, "verdict": "fail"})
    found = read_outputs(path.read_bytes().decode())
    assert found == dict.fromkeys(OUTPUTS, "") | {
        "modules": value.encode("utf-8", "backslashreplace").decode(),
        "verdict": "fail",
    }


def test_outputs_refuse_what_would_break_them(tmp_path: Path) -> None:
    """A value with the delimiter or an undeclared name is refused, and nothing is written."""
    path = tmp_path / "output"
    step = Step({"GITHUB_OUTPUT": str(path)}, io.StringIO(), token=lambda: "known")
    with pytest.raises(ValueError, match="delimiter"):
        step.write_outputs({"modules": "x\nghadelimiter_known\nverdict=pass"})
    with pytest.raises(ValueError, match="not a declared output: path"):
        step.write_outputs({"path": "x"})
    assert not path.exists()


def test_delimiters_are_fresh(tmp_path: Path) -> None:
    """No two outputs share a delimiter, and tokens are random."""
    path = tmp_path / "output"
    Step({"GITHUB_OUTPUT": str(path)}, io.StringIO()).write_outputs({})
    delimiters = [line.partition("<<")[2] for line in path.read_text().splitlines() if "<<" in line]
    assert len(set(delimiters)) == len(OUTPUTS)
    assert len({new_token() for _ in range(10)}) == 10


def test_summary_is_appended_or_refused(tmp_path: Path) -> None:
    """A summary goes after an earlier one; one that the runner would drop is refused; an unwritable file is named."""
    path = tmp_path / "summary"
    step = Step({"GITHUB_STEP_SUMMARY": str(path)}, io.StringIO())
    step.write_summary("## a\n")
    step.write_summary("## b\n")
    assert path.read_text() == "## a\n## b\n"
    with pytest.raises(ValueError, match="1 MiB"):
        step.write_summary("ä" * 600_000)
    with pytest.raises(UnavailableError, match="GITHUB_STEP_SUMMARY"):
        Step({"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "x")}, io.StringIO()).write_summary("x")


def test_masks_only_into_a_workflow() -> None:
    """In a workflow each line and its base64 is masked; into any other log a secret is never written."""
    log = io.StringIO()
    Step(ACTIVE, log).mask(["token-one\ntoken-two", ""])
    found = commands(log.getvalue())
    assert {item.name for item in found} == {"add-mask"}
    assert {item.data for item in found} == {"token-one", "token-two", "dG9rZW4tb25l", "dG9rZW4tdHdv"}
    silent = io.StringIO()
    Step({}, silent).mask(["token-one"])
    assert silent.getvalue() == ""


def test_debug_on_demand() -> None:
    """Debug lines appear only in a workflow that is run with debug logging."""
    log = io.StringIO()
    for environ in ({}, ACTIVE, {"RUNNER_DEBUG": "1"}, {**ACTIVE, "RUNNER_DEBUG": "1"}):
        Step(environ, log).debug("seen\nonce")
    assert log.getvalue() == "::debug::seen%0Aonce\n"


def test_groups_and_foreign_blocks_end_even_in_error() -> None:
    """The way back is always taken: a group is closed, commands count again."""
    log = io.StringIO()
    step = Step(ACTIVE, log)

    def explode() -> None:
        with step.group("a"), step.foreign():
            step.say("::set-output name=x::y")
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        explode()
    step.say("::notice::after")
    assert [item.name for item in commands(log.getvalue()) if len(item.name) != 32] == [
        "group",
        "stop-commands",
        "endgroup",
        "notice",
    ]


@pytest.mark.parametrize("token", ["", "pause-logging", "error", "short", "a b" * 10])
def test_a_stop_token_must_be_unguessable(token: str) -> None:
    """A token that is short, a command or no word is refused before anything is written."""
    with pytest.raises(ValueError, match="stop token"):
        list(stopped(["x"], token))
