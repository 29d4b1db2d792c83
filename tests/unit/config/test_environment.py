"""Inputs from the environment: names, booleans, numbers, lists."""

from __future__ import annotations

import pytest

from go_release_gate.config.environment import lookup, parse, parse_boolean, parse_list, secret
from go_release_gate.config.inputs import INPUTS, OUTPUTS, Kind, find_input, inputs_of
from go_release_gate.errors import UsageError


def test_the_runner_keeps_hyphens() -> None:
    """An input is read from INPUT_ with its hyphens, as the runner sets it, before GO_RELEASE_GATE_."""
    item = find_input("fail-on")

    assert lookup(item, {"INPUT_FAIL-ON": "note", "GO_RELEASE_GATE_FAIL_ON": "error"}) == ("INPUT_FAIL-ON", "note")
    assert lookup(item, {"INPUT_FAIL-ON": " ", "GO_RELEASE_GATE_FAIL_ON": "error"}) == (
        "GO_RELEASE_GATE_FAIL_ON",
        "error",
    )
    assert lookup(item, {"INPUT_FAIL_ON": "note"}) is None


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("FALSE", False), ("false", False)])
def test_booleans_are_yamls_core_ones(text: str, value: bool) -> None:
    """The six spellings of GitHub's toolkit are accepted."""
    assert parse_boolean(text, "INPUT_FIX") is value


@pytest.mark.parametrize("text", ["yes", "1", "on", "tRue", "0"])
def test_other_booleans_are_errors(text: str) -> None:
    """Anything else is an error that names the variable, never silently false."""
    with pytest.raises(UsageError, match="INPUT_FIX: expected true or false"):
        parse_boolean(text, "INPUT_FIX")


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a\nb\n", ("a", "b")),
        ("a, b,,c", ("a", "b", "c")),
        ("# all\na # why\n\n  b#c", ("a", "b#c")),
        ("x/{a,b}/*, y/[,]", ("x/{a,b}/*", "y/[,]")),
        ("a}b,c", ("a}b", "c")),
        ("  \n#only\n", ()),
    ],
)
def test_lists(text: str, entries: tuple[str, ...]) -> None:
    """Lines and commas separate, a comment starts at `#` after space, commas inside a glob's braces belong to it."""
    assert parse_list(text) == entries


def test_a_misspelt_choice_names_the_nearest() -> None:
    """The error of a choice lists what is allowed, and its hint names the nearest."""
    with pytest.raises(UsageError, match="INPUT_FAIL-ON: expected one of error") as caught:
        parse(find_input("fail-on"), "eror", "INPUT_FAIL-ON")

    assert caught.value.hint == "did you mean error?"


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "\u0661", "9" * 30])
def test_numbers_are_whole_ascii_and_bounded(text: str) -> None:
    """A number is decimal digits of reasonable length."""
    with pytest.raises(UsageError, match="whole number"):
        parse(find_input("jobs"), text, "--jobs")


def test_secrets_are_no_options() -> None:
    """No secret input is offered on the command line, where every process could read it."""
    secrets = [item for item in INPUTS if item.kind is Kind.SECRET]

    assert {item.name for item in secrets} == {
        "github-token",
        "module-credentials",
        "registry-credentials",
        "signing-key",
        "signing-password",
        "metrics-token",
    }
    assert not any(item.is_option for item in secrets)
    assert secret({"INPUT_GITHUB-TOKEN": "t"}, "github-token") == "t"


def test_names_are_unique_for_each_verb() -> None:
    """No verb reads two inputs of one name, and names are kebab-case."""
    for verb in ("check", "plan", "config", "rules", "explain", "doctor", "schema"):
        names = [item.name for item in inputs_of(verb)]
        assert len(names) == len(set(names))
    assert all(item.name == item.name.lower() and "_" not in item.name for item in INPUTS)
    assert len({output.name for output in OUTPUTS}) == len(OUTPUTS)


def test_what_a_file_can_say_has_no_default_in_the_action() -> None:
    """An input with a key in the file has no default in action.yml: it would beat the file on every run."""
    assert [item.name for item in INPUTS if item.key and item.default] == []
