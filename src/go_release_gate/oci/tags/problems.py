"""What keeps names from being used: none at all, or one that no registry takes."""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.oci import reference
from go_release_gate.oci.tags.answer import Answer, Problem, ProblemKind
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.entries import Entry, EntryType


def problems_of(answer: Answer, entries: Sequence[Entry], context: Context) -> tuple[Problem, ...]:
    """The problems of an answer. It has no tag, or some of its tags are no references."""
    if not answer.tags:
        return (_no_tag(entries, context),)
    return tuple(problem for tag in answer.tags if (problem := _invalid(tag)))


def _invalid(tag: str) -> Problem | None:
    try:
        reference.parse(tag)
    except reference.InvalidReferenceError as error:
        hint = "mend the name in `images`, or what `tags`, prefix and suffix make of this ref"
        return Problem(ProblemKind.INVALID_REFERENCE, tag, str(error), hint)
    return None


def _no_tag(entries: Sequence[Entry], context: Context) -> Problem:
    kinds = ", ".join(dict.fromkeys(_named(entry) for entry in entries))
    ref = context.ref or "no ref"
    event = context.event or "no event"
    message = f"no tag comes out for {ref} ({event}): none of {kinds} makes one here"
    return Problem(ProblemKind.NO_TAG, "", message, "add an entry for this kind of ref, type=sha for one")


def _named(entry: Entry) -> str:
    return f"type=ref,event={entry['event']}" if entry.type is EntryType.REF else f"type={entry.type}"
