"""Observed answers of docker/metadata-action as cases: tests/data/images says in `about` how they were made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from go_release_gate.adapters.github.metadata import record_of
from go_release_gate.oci.tags.context import Context, as_workflow, commit_time, read_time
from go_release_gate.oci.tags.inputs import Inputs

DATA = Path(__file__).parents[1] / "data" / "images"


@dataclass(frozen=True)
class Case:
    """One run of the peer: what went in, what came out."""

    id: str
    inputs: dict[str, str]
    env: dict[str, str]
    context: dict[str, Any]
    expected: dict[str, Any]

    def __str__(self) -> str:
        return self.id

    @property
    def now(self) -> datetime:
        """The clock of that run."""
        return datetime.fromisoformat(self.context["now"])

    def given(self) -> Inputs:
        """The inputs as values."""
        names = ("images", "tags", "flavor", "labels", "annotations")
        variables = ("SHORT_SHA_LENGTH", "ANNOTATIONS_LEVELS")
        return Inputs(
            *(self.inputs.get(name, "") for name in names),
            *(self.env.get(f"DOCKER_METADATA_{name}", "") for name in variables),
        )

    def around(self) -> Context:
        """The context as a value."""
        told = self.context
        context = Context(told["event_name"], told["ref"], told["sha"], self.now, self.now, told["payload"])
        context = as_workflow(context, self.env.get("DOCKER_METADATA_PR_HEAD_SHA", ""))
        asked = read_time(told["api_commit_date"] or "")
        date = commit_time(context.payload, context.sha) or asked or self.now
        return replace(context, commit_date=date, repository=record_of(told["repo"]))


def cases(name: str) -> list[Case]:
    """The cases of a file."""
    document = json.loads((DATA / name).read_text("utf-8"))
    common = document.get("common", {})
    return [_case(case, common) for case in document["cases"]]


def _case(case: dict[str, Any], common: dict[str, Any]) -> Case:
    """A case with what most of them share filled in."""
    context = {**common, **case["context"]}
    if "payload" not in case["context"]:
        context["payload"] = {**common["payload"], "ref": context["ref"]}
    return Case(case["id"], case["inputs"], case.get("env", {}), context, case["expected"])
