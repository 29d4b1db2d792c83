"""The commit of a release tag lies on no release branch.

## What it finds

The judged tag, where none of the branches in `release: branches:` has its commit. Without that setting: where no
branch at all has it (a warning).

## Why

What is on no release branch was not merged: it missed review, its fix is lost with the next release, and `git
describe` on the branch names an older version. A commit on no branch at all may be gone after a while, and the
release cannot be built again.

## Fix

Merge the commit, or tag the one that was merged: `git push --delete origin v1.2.3`, then tag anew. If releases come
from other branches too, name them: `release: {branches: [main, "release/*"]}`.

## Limits

Branches are those of the checkout and of its origin. A shallow checkout cannot show that a branch lacks a commit;
then GitHub is asked where a token is there, and else the report says that this was not judged. A branch that was
removed after its tag cannot be told from one that never was.

## References

- https://docs.github.com/rest/commits/commits#compare-two-commits
- https://git-scm.com/docs/git-for-each-ref
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.tags import Tags
from go_release_gate.model.severity import Confidence, Event, Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.tag._places import SHORT, draft

RULE = Rule(
    id="tag-not-on-release-branch",
    summary="a release tag's commit lies on no release branch",
    severity=Severity.ERROR,
    since="0.1",
    needs=(ReleaseTable, Tags),
    events=(Event.TAG,),
)


@RULE.check
def check(table: ReleaseTable, tags: Tags) -> Iterator[Draft]:
    """One draft for a judged tag that no release branch holds."""
    if tags.pushed is None or tags.holding is None or tags.holding:
        return
    commit = tags.pushed.commit[:SHORT]
    if table.branches:
        branches = ", ".join(table.branches)
        yield draft(
            table, f"the commit {commit} of the tag {table.pushed} is on none of the release branches: {branches}"
        )
        return
    message = f"the commit {commit} of the tag {table.pushed} is on no branch"
    yield draft(table, message, severity=Severity.WARNING, confidence=Confidence.MEDIUM)
