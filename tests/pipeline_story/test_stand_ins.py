"""What stands in for other people's actions takes what the workflows give and gives what they take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline_story.machine.acting import called, foreign_actions, stand_in


def lists_of_steps(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The steps of each job of a workflow, or of a composite action."""
    document = yaml.safe_load(path.read_text("utf-8"))
    jobs = document.get("jobs")
    for owner in jobs.values() if jobs else [document["runs"]]:
        yield owner.get("steps", [])


@pytest.mark.parametrize(("repository", "path"), sorted({(name, path) for name, path, _ in foreign_actions()}))
def test_inputs_and_outputs(repository: str, path: str) -> None:
    """Each input that a step gives is declared, and so is each output that a later step reads."""
    action = yaml.safe_load((stand_in(repository) / path.lstrip("/") / "action.yml").read_text("utf-8"))
    uses = 0
    for file in called():
        text = file.read_text("utf-8")
        for step in (step for steps in lists_of_steps(file) for step in steps):
            if step.get("uses", "").partition("@")[0] != f"{repository}{path}":
                continue
            uses += 1
            assert set(step.get("with", {})) <= set(action.get("inputs", {})), file.name
            if "id" in step:
                read = set(re.findall(rf"steps\.{re.escape(step['id'])}\.outputs\.([\w-]+)", text))
                assert read <= set(action.get("outputs", {})), file.name
    assert uses
