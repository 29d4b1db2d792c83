"""A release tag is not of the kind that the configuration asks for.

## What it finds

With `release: {tags: annotated}` a judged light tag, with `release: {tags: signed}` one that carries no signature.

## Why

A light tag is a name alone: nobody can tell who made it or when, and `git describe` passes over it. A signed one can
be verified by whoever has the key.

## Fix

`git tag --sign v1.2.3` (or `--annotate`) at the same commit, under the next version if the old one was published.

## Limits

That a signature is there is judged, not whose it is. A workflow's checkout may have made a light tag of an annotated
one (actions/checkout fetches the tag of the event by its commit), so a light tag is asked of GitHub where it can be;
else fetch the tags themselves. A tag that is yet to be made is not judged.

## References

- https://git-scm.com/docs/git-tag
- https://docs.github.com/rest/git/tags#get-a-tag
- https://github.com/actions/checkout/issues/290
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.tags import ANNOTATED, LIGHT, SIGNED, Tags
from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import draft

RULE = Rule(
    id="wrong-tag-kind",
    summary="a release tag is not annotated or signed as the configuration asks",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable, Tags),
    events=(Event.TAG,),
)

_ENOUGH = {"any": (), ANNOTATED: (ANNOTATED, SIGNED), SIGNED: (SIGNED,)}
_FLAGS = {ANNOTATED: "--annotate", SIGNED: "--sign"}


@RULE.check
def check(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    """One draft for a judged tag of a lesser kind."""
    wanted = _ENOUGH[table.kind]
    if tags.pushed is None or not tags.pushed.kind or not wanted or tags.pushed.kind in wanted:
        return
    found = "a light tag" if tags.pushed.kind == LIGHT else "annotated but not signed"
    yield draft(
        table,
        f"the tag {table.pushed} is {found}; expected {'an ' if table.kind == ANNOTATED else 'a '}{table.kind} one "
        f"(git tag {_FLAGS[table.kind]})",
    )
