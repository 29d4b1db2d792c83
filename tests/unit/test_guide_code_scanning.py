"""The guide about code scanning and other CI shows commands, files and numbers that are true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_release_gate.cli.options import build_parser, find_verb
from go_release_gate.report import gitlab, junit, sarif
from go_release_gate.report.write import parse_report

GUIDE = (Path(__file__).parents[2] / "docs/guides/code-scanning.md").read_text("utf-8")
COMMANDS = re.findall(r"go-release-gate (check [^\n']*)", GUIDE)


def blocks() -> list[Any]:
    """Every YAML block of the guide."""
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_commands(command: str) -> None:
    """Each command line of the guide is one that the program takes, with forms that exist."""
    args, extras = build_parser(find_verb("check")).parse_known_args(shlex.split(command))
    assert extras == []
    assert [parse_report(text) for text in args.report or ()] or args.format == "sarif"


def test_commands_are_found() -> None:
    """The search for command lines is not blind."""
    assert len(COMMANDS) >= 4


def test_jobs_keep_the_files_they_write() -> None:
    """The GitLab job's artifacts are the files of its command, each under the form it has."""
    job = next(block["gate"] for block in blocks() if "gate" in block)
    written = dict(parse_report(text) for text in re.findall(r"--report (\S+)", job["script"][0]))
    kept = job["artifacts"]["reports"]
    assert {name: str(path) for name, path in written.items()} == {
        "junit": kept["junit"],
        "gitlab": kept["codequality"],
    }
    assert job["artifacts"]["when"] == "always"


def test_uploading_jobs_have_the_right() -> None:
    """Each workflow example may write security events, and none of them names a category: the file has its own."""
    workflows = [block for block in blocks() if "steps" in block]
    assert len(workflows) == 2
    for workflow in workflows:
        assert workflow["permissions"] == {"contents": "read", "security-events": "write"}
        assert all("category" not in step.get("with", {}) for step in workflow["steps"])


def test_names_and_numbers_are_those_of_the_forms() -> None:
    """Categories, limits, severities and case names of the guide are what the forms use."""
    assert sarif.category("<directory>").endswith("/")
    assert f"`{sarif.CATEGORY}/<directory>`" in GUIDE
    assert f"hold {sarif.MOST_RUNS} runs" in GUIDE
    assert f"more than {sarif.MOST_RUNS - 1} modules" in GUIDE
    assert f"{sarif.MOST_RESULTS:,} results" in GUIDE
    assert all(f"`{name}`" in GUIDE for name in (*gitlab.SEVERITIES.values(), gitlab.UNJUDGED, *junit.QUESTIONS))
