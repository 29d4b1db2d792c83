"""The guide about image names shows commands, entries and steps that are true."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_release_gate.cli.options import build_parser, find_verb
from go_release_gate.config.inputs import INPUTS
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.refusal import RefusedInputError

GUIDE = (Path(__file__).parents[2] / "docs/guides/image-names.md").read_text("utf-8")
COMMANDS = re.findall(r"\$ go-release-gate (tags .*)", GUIDE)
ENTRIES = re.findall(r"(?m)^\| `(type=.*)` \| (`.*) \|$", GUIDE)
NOW = datetime(2026, 3, 4, 23, 30, 15, tzinfo=UTC)
SHA = "0123456789abcdef" * 2 + "01234567"


def made(tags: str, ref: str = "refs/tags/v1.4.2", flavor: str = "", **payload: Any) -> list[str]:
    """The tag names of a push."""
    context = Context("push", ref, SHA, NOW, NOW, payload)
    return list(evaluate(Inputs(images="acme/shop", tags=tags, flavor=flavor), context).tag_names)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_commands(command: str) -> None:
    """Each command line of the guide is one that the program takes."""
    verb, *words = shlex.split(command)
    _, extras = build_parser(find_verb(verb)).parse_known_args(words)
    assert extras == []


@pytest.mark.parametrize(("entry", "told"), ENTRIES)
def test_entries_make_what_is_told(entry: str, told: str) -> None:
    """Each row of the table is what comes out."""
    assert made(entry) == re.findall(r"`([^`]+)`", told)


def test_examples_are_found() -> None:
    """The search for commands and rows is not blind."""
    assert (len(COMMANDS), len(ENTRIES)) == (2, 10)


def test_steps_have_inputs_of_the_action() -> None:
    """Every input that the guide lists is one of ours."""
    listed = re.search(r"keep its inputs: (.*?); `verb", GUIDE, re.DOTALL)
    assert listed
    assert set(re.findall(r"`([a-z-]+)`", listed[1])) <= {item.name for item in INPUTS}
    blocks = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    steps = [step for block in blocks for step in block.get("steps", ())]
    assert sum("go-release-gate@" in step.get("uses", "") for step in steps) == 2


def test_surprises_are_true() -> None:
    """What the last part says is what happens."""
    quoted = "type=match,{0}pattern=v(\\d{{1,3}}){0},group=1"
    with pytest.raises(RefusedInputError):
        made(quoted.format('"'))
    assert made(quoted.format('"""')) == ["1", "latest"]
    assert made("type=raw,value=x # short") == ["x-short"]
    assert made("type=raw,value=x,priority=1000\ntype=semver,pattern={{version}}") == ["x", "1.4.2"]
    assert made("type=ref,event=tag", "refs/tags/v1.4.2-rc.1") == ["v1.4.2-rc.1", "latest"]
    assert made("type=semver,pattern={{version}}", "refs/tags/v1.4.2-rc.1") == ["1.4.2-rc.1"]
    assert made("type=raw,value={{is_default_branch}}", repository={"default_branch": "main"}) == ["false"]
    assert made("type=raw,value=x,prefix=", flavor="prefix=p-") == ["x"]
    assert made("type=raw,value={{branch}}\ntype=raw,value={{{branch}}}", "refs/heads/a&b") == ["a-amp-b", "a-b"]
