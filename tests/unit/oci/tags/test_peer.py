"""The language gives the observed answers of docker/metadata-action v6.2.0, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from go_release_gate.oci.tags.bake import DEFAULT_TARGET, bake_files, json_output
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.refusal import RefusedInputError
from support.image_names import Case, cases

CASES = [*cases("names-sample.json"), *cases("names-observed.json")]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_answer_is_the_peers(case: Case) -> None:
    """Version, tags, labels, annotations and warnings are the peer's, in its order; what it refuses is refused."""
    expected = case.expected
    if not expected["ok"]:
        with pytest.raises(RefusedInputError):
            evaluate(case.given(), case.around())
        return
    answer = evaluate(case.given(), case.around())
    got = {
        "version": answer.version,
        "tags": _split(answer.tags, case.inputs.get("sep-tags")),
        "tag_names": _split(answer.tag_names, case.inputs.get("sep-tags")),
        "labels": _split(answer.labels, case.inputs.get("sep-labels")),
        "annotations": _split(answer.annotations, case.inputs.get("sep-annotations")),
        "warnings": list(answer.warnings),
    }
    assert {key: got[key] for key in got if key in expected} == {key: expected[key] for key in got if key in expected}


def _split(items: tuple[str, ...], separator: str | None) -> list[str]:
    """Joined and split again, as the cases were: an item that holds the separator is two entries."""
    text = (separator or "\n").join(items)
    return text.split(separator or "\n") if text else []


@pytest.mark.parametrize("case", [case for case in CASES if "json" in case.expected], ids=str)
def test_files_are_the_peers(case: Case) -> None:
    """The JSON output and the four definitions for bake are the peer's."""
    answer = evaluate(case.given(), case.around())
    target = case.inputs.get("bake-target", "").strip() or DEFAULT_TARGET
    got: dict[str, Any] = {"json": json_output(answer), **bake_files(answer, target)}
    assert got == {key: case.expected[key] for key in got}


@pytest.mark.parametrize("case", [case for case in CASES if "invalid_references" in case.expected], ids=str)
def test_invalid_references_are_found(case: Case) -> None:
    """Each emitted tag that is no reference is a problem; so is it when there is none."""
    if not case.expected["ok"]:
        return
    problems = evaluate(case.given(), case.around()).problems
    wanted = [("invalid-reference", item["reference"]) for item in case.expected["invalid_references"]]
    assert [(problem.kind, problem.reference) for problem in problems] == (
        wanted if case.expected["tags"] else [("no-tag", "")]
    )
