"""The verb `inspect`, on an image and the service's repository."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.cli import app
from real_images.faults import Fault
from real_images.service import TAG, Service


@dataclass(frozen=True)
class Answer:
    """Exit code and JSON report."""

    code: int
    report: Any

    @property
    def found(self) -> list[str]:
        """The rules of errors and warnings, with what they say."""
        return [f"{one['rule']}: {one['message']}" for one in self.report["findings"] if one["severity"] != "note"]

    @property
    def platforms(self) -> dict[str, Any]:
        """What is told of each platform."""
        return {one["platform"]: one for one in self.report["platforms"]}


def inspect(service: Service, image: str | Path, folder: Path, *words: str, tag: str = TAG) -> Answer:
    """Hold an image against a tag; a warning fails it as an error does."""
    output = folder / "report.json"
    argv = ["inspect", str(image), "--repository", str(service.root), "--tag", tag, "--fail-on", "warning"]
    argv += ["--format", "json", "--output", str(output), *words]
    code = app.run(argv, {"PATH": os.environ["PATH"], "HOME": str(folder)})
    return Answer(code, json.loads(output.read_text()))


def assert_passes(answer: Answer, *platforms: str) -> None:
    """Nothing was found, and everything could be read, in exactly these platforms."""
    assert (answer.found, answer.report["unreadable"], answer.report["notices"]) == ([], [], [])
    assert (answer.code, answer.report["verdict"], answer.report["complete"]) == (0, "pass", True)
    assert set(answer.platforms) == set(platforms)


def assert_named(answer: Answer, fault: Fault) -> None:
    """The fault is found by its rules and no others, in words that tell it."""
    assert answer.code == 1, answer.found
    assert {each.partition(":")[0] for each in answer.found} == fault.rules, answer.found
    assert any(fault.says in each for each in answer.found), answer.found
