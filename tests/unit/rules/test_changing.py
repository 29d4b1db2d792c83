"""Expressions that differ from build to build."""

from __future__ import annotations

import pytest

from go_release_gate.rules.build._changing import changing, what


@pytest.mark.parametrize(
    ("text", "found", "gives"),
    [
        ("$(date -u +%FT%TZ)", "$(date -u +%FT%TZ)", "the time of the build"),
        ("`date`", "`date`", "the time of the build"),
        ("$(shell date +%s)", "$(shell date +%s)", "the time of the build"),
        ("v1-$(hostname -s)", "$(hostname -s)", "the machine's name"),
        ("$(whoami)@host", "$(whoami)", "the user's name"),
        ("$RANDOM", "$RANDOM", "a random value"),
        ("${GITHUB_RUN_ID}", "${GITHUB_RUN_ID}", "the number of the workflow run"),
        ("${{ github.run_number }}", "${{ github.run_number }}", "the number of the workflow run"),
        ("$(pwd)/x", "$(pwd)", "the directory it is built in"),
    ],
)
def test_what_changes_is_found(text: str, found: str, gives: str) -> None:
    """The expression as it is written, and what it gives."""
    assert changing(text) == found
    assert what(found) == gives


@pytest.mark.parametrize(
    "text",
    [
        "$(date -u -d @$SOURCE_DATE_EPOCH +%F)",
        "$(date -u -d @${SOURCE_DATE_EPOCH:-0})",
        "$(date -r version.txt)",
        "$(git log -1 --format=%cI)",
        "$(git rev-parse HEAD)",
        "$VERSION",
        "${{ github.sha }}",
        "${{ github.event.head_commit.timestamp }}",
        "$DATE_OF_RELEASE",
        "update",
    ],
)
def test_what_the_commit_tells_is_right(text: str) -> None:
    """The commit's time, a moment that is given, and other words."""
    assert not changing(text)
