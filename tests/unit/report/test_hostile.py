"""Whatever a checkout is called and says, a runner sees only our own commands, and Markdown only our own marks."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from go_release_gate.report import github, json_report, summary, text
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.outputs import check_outputs
from support import reports
from support.hostile import CORPUS, foreign
from support.markdown_marks import assert_only_our_marks
from support.runner_parsers import commands, lenient_commands

TOKEN = "0123456789abcdef0123456789abcdef"
LOG = RenderOptions(diff=True, verbose=True, timings=True, colour=True, token=TOKEN)


def silent_sinks(said: str) -> dict[str, bytes]:
    """Every form that must hold no command at all."""
    report = reports.spoken(said)
    forms = {
        "text": text.render(report, RenderOptions(diff=True, verbose=True)),
        "coloured": text.render(report, RenderOptions(colour=True)),
        "json": json_report.render(report, RenderOptions()),
        "summary": summary.render(report, RenderOptions()),
        "outputs": "\n".join(check_outputs(report).values()),
    }
    return {name: form.encode("utf-8", "backslashreplace") for name, form in forms.items()}


def assert_silent(said: str) -> None:
    """No sink but the workflow's own form holds a command."""
    for name, form in silent_sinks(said).items():
        assert (name, commands(form)) == (name, [])
        assert (name, lenient_commands(form)) == (name, [])


def names(said: str, token: str = TOKEN) -> list[str]:
    """Names of the commands in the workflow's form, in order."""
    log = github.render(reports.spoken(said), RenderOptions(diff=True, verbose=True, token=token))
    raw = log.encode("utf-8", "backslashreplace")
    found = [command.name for command in commands(raw)]
    assert found == [command.name for command in lenient_commands(raw)]
    return found


@cache
def benign(token: str) -> list[str]:
    """What the workflow's form says of a harmless report of the same shape."""
    return names("harmless", token)


@pytest.mark.parametrize("said", CORPUS, ids=lambda said: repr(said[:30]))
def test_corpus_gives_no_command_and_no_mark(said: str) -> None:
    """Each known trick, in every place a checkout can fill, is shown and not obeyed, with stop-commands and without."""
    assert_silent(said)
    assert names(said) == benign(TOKEN)
    assert names(said, "") == benign("")
    assert_summary_is_ours(said)


@settings(max_examples=120, deadline=None)
@given(said=foreign() | st.text())
def test_no_text_gives_a_command(said: str) -> None:
    """The same for texts made of the pieces that commands are made of."""
    assert_silent(said)
    assert names(said, "") == benign("")


@settings(max_examples=150, deadline=None)
@given(said=foreign())
def test_no_text_gives_a_mark(said: str) -> None:
    """The same for the summary, read by a Markdown parser."""
    assert_summary_is_ours(said)


def test_parsers_find_what_a_runner_would_obey() -> None:
    """The ports are no blind witnesses: both syntaxes, leading blanks, and the way back from stop-commands."""
    spoken = ("a ##[set-output name=x]y", "  ::error file=f,line=3::m%0An", "::stop-commands::tok", "::error::no")
    found = commands("\n".join((*spoken, "::tok::", "::debug::d")))
    assert [item.name for item in found] == ["set-output", "error", "stop-commands", "tok", "debug"]
    assert found[0].properties == {"name": "x"}
    assert (found[1].properties["line"], found[1].data) == ("3", "m\nn")
    assert commands("text ::error::in the middle\n::unknown::x\n##[nothing]x") == []


def assert_summary_is_ours(said: str) -> None:
    """The summary has the structure of a harmless one: no foreign heading, link, picture, HTML or mention."""
    assert_only_our_marks(summary.render(reports.spoken(said), RenderOptions()), _benign_summary())


@cache
def _benign_summary() -> str:
    return summary.render(reports.spoken("harmless"), RenderOptions())


def test_json_keeps_what_was_said() -> None:
    """Escaping costs nothing: a JSON reader gets every character back."""
    said = "##[set-output name=x]\n::error:: \u202e \ufe0f \\# #"
    assert json.loads(json_report.render(reports.spoken(said), RenderOptions()))["findings"][0]["message"] == said
