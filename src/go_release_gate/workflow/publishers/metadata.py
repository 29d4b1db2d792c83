"""A docker/metadata-action step evaluated through the tag language.

What depends on the clock, or on a commit that is not known, comes out different when it is asked twice with different
ones; so does what depends on an unknown part of an entry. Only what is the same both times is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from go_release_gate.oci.tags.answer import Answer
from go_release_gate.oci.tags.context import Context, RepositoryRecord, as_workflow
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.shell.unknown import Holes, Unknown, has_hole
from go_release_gate.workflow.expressions.values import Value
from go_release_gate.workflow.publishers.effort import is_too_much
from go_release_gate.workflow.runs import PULL_REQUESTS, Run

ACTION = "docker/metadata-action"
SEPARATOR = "sep-tags"

_MOMENTS = (datetime(2001, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2012, 11, 30, 16, 27, 48, tzinfo=UTC))
_COMMITS = ("1" * 40, "2" * 40)
_FILLINGS = ("holeone", "holetwo")


def metadata_outputs(inputs: Mapping[str, str], run: Run, holes: Holes) -> dict[str, Value]:
    """The outputs tags, version, tag-names and the bake file's stand-in, by name.

    `inputs`: as filled in for this run; a hole in a name of `images` stays one in the names that come out.
    """
    first, second = _answer(inputs, run, 0), _answer(inputs, run, 1)
    if isinstance(first, Unknown):
        return _unknown(first)
    if isinstance(second, Unknown):
        return _unknown(second)
    separator = inputs.get(SEPARATOR) or "\n"
    tags = _common(first.tags, second.tags, holes)
    version = first.version if first.version == second.version else _hole(holes)
    return {
        "tags": separator.join(tags),
        "version": version,
        "tag-names": separator.join(_common(first.tag_names, second.tag_names, holes)),
        "bake-file": "\n".join(tags),
        "bake-file-tags": "\n".join(tags),
    }


def _unknown(reason: Unknown) -> dict[str, Value]:
    return dict.fromkeys(("tags", "version", "tag-names", "bake-file", "bake-file-tags"), reason)


def _answer(inputs: Mapping[str, str], run: Run, side: int) -> Answer | Unknown:
    taken = Inputs(
        images=inputs.get("images", ""),
        tags=_without_holes(inputs.get("tags", ""), side),
        flavor=_without_holes(inputs.get("flavor", ""), side),
    )
    try:
        if is_too_much(taken.images, taken.tags, run.ref_name):
            return Unknown("its entries take too long to evaluate")
        return evaluate(taken, as_workflow(_context(run, side)))
    except RefusedInputError as error:
        is_unknown = any(has_hole(inputs.get(name, "")) for name in ("tags", "flavor"))
        return Unknown("an entry depends on what is only known while it runs" if is_unknown else error.message)


def _without_holes(text: str, side: int) -> str:
    return "".join(_FILLINGS[side] if has_hole(char) else char for char in text) if has_hole(text) else text


def _context(run: Run, side: int) -> Context:
    owner, _, name = run.repository.partition("/")
    payload: dict[str, object] = {
        "repository": {"default_branch": run.default_branch, "name": name, "owner": {"login": owner}}
    }
    if run.event in PULL_REQUESTS:
        payload["number"] = run.number
        payload["pull_request"] = {"number": run.number, "base": {"ref": run.base_ref}, "head": {"ref": run.head_ref}}
    return Context(
        event=run.event,
        ref=run.ref,
        sha=run.sha or _COMMITS[side],
        now=_MOMENTS[side],
        commit_date=_MOMENTS[side],
        payload=payload,
        repository=RepositoryRecord(name=name, default_branch=run.default_branch),
    )


def _common(first: tuple[str, ...], second: tuple[str, ...], holes: Holes) -> list[str]:
    """What both have; in place of each other one a hole behind the part that is the same."""
    if len(first) != len(second):
        return [*(name for name in first if name in second), _hole(holes)]
    return [
        one if one == other else _start(one, other) + _hole(holes) for one, other in zip(first, second, strict=True)
    ]


def _start(one: str, other: str) -> str:
    """The image's name and the colon, where both have the same."""
    name, colon, _ = one.rpartition(":")
    return name + colon if other.startswith(name + colon) else ""


def _hole(holes: Holes) -> str:
    return holes.mark("it depends on the commit, the clock, or what is only known while it runs", "…")
