"""What is suggested in place of lines, and when nothing is."""

from __future__ import annotations

import difflib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.github.hunks import Hunks, parse_patch
from go_release_gate.model.edits import edits_between
from go_release_gate.model.finding import Edit, Fix
from go_release_gate.report.placing import Placed
from go_release_gate.report.suggestion import GENERATED, Suggestion, suggest
from support.reports import finding

PATH = "services/api/go.mod"
HEAD = "module m\n\nrequire (\n\ta v1\n\tb v1\n\tc v1\n)\n"


def whole(text: str) -> Hunks:
    """The file as a pull request that adds it shows it."""
    patch = "".join(difflib.unified_diff([], text.splitlines(keepends=True)))
    return parse_patch(patch[patch.index("@@") :].removesuffix("\n")) if text else Hunks()


def placed(*edits: Edit, path: str = PATH, safe: bool = True) -> Placed:
    """A finding with these edits, at lines that are the judged ones."""
    one = finding("untidy-module", "untidy", fix=Fix(safe, edits))
    return Placed(replace(one, location=replace(one.location, path=path)), 4, 4, is_exact=True)


def after(suggestion: Suggestion, text: str) -> str:
    """The file once somebody has pressed the button: the lines are replaced by what stands between the fences."""
    lines = text.splitlines(keepends=True)
    inside = suggestion.block.split("\n")[1:-1]
    lines[suggestion.start - 1 : suggestion.end] = [line + "\n" for line in inside]
    return "".join(lines)


WORDS = st.lists(
    st.sampled_from(["a v1", "b v1", "", "```", "````x", "<!-- x", "::warning::x", "\u202ex", "\tc"]), max_size=9
)


@given(WORDS, WORDS)
def test_a_suggestion_gives_the_fixed_file(before: list[str], fixed: list[str]) -> None:
    """Whatever is suggested, applying it gives exactly what the fix gives: no less and no more."""
    old, new = ("".join(line + "\n" for line in lines) for lines in (before, fixed))
    edits = edits_between(PATH, old.encode(), new.encode())

    suggestion = suggest(placed(*edits), whole(old))

    assert suggestion is None or after(suggestion, old) == new


@pytest.mark.parametrize(
    ("edits", "start", "end", "inside"),
    [
        ([Edit(PATH, 5, 5, "\tb v2\n")], 5, 5, ["\tb v2"]),
        ([Edit(PATH, 4, 5, "\tx v1\n")], 4, 5, ["\tx v1"]),
        ([Edit(PATH, 5, 5, "")], 5, 5, []),
        ([Edit(PATH, 4, 6, "")], 4, 6, []),
        ([Edit(PATH, 6, 5, "\tbb v1\n")], 5, 5, ["\tb v1", "\tbb v1"]),
        ([Edit(PATH, 1, 0, "// top\n")], 1, 1, ["// top", "module m"]),
        ([Edit(PATH, 8, 7, "\nexclude d v1\n")], 7, 7, [")", "", "exclude d v1"]),
        ([Edit(PATH, 4, 4, ""), Edit(PATH, 6, 6, "\tc v2\n")], 4, 6, ["\tb v1", "\tc v2"]),
        ([Edit(PATH, 5, 5, "\tb v2 // ```\n")], 5, 5, ["\tb v2 // ```"]),
    ],
)
def test_the_lines_to_replace(edits: list[Edit], start: int, end: int, inside: list[str]) -> None:
    """Changes replace their lines, insertions a neighbour with itself and more, deletions leave nothing."""
    suggestion = suggest(placed(*edits), whole(HEAD))

    assert suggestion is not None
    fence, *lines, last = suggestion.block.split("\n")
    assert (suggestion.start, suggestion.end, lines) == (start, end, inside)
    assert fence == f"{last}suggestion"
    assert not any(last in line for line in lines)


@pytest.mark.parametrize(
    "item",
    [
        placed(),
        placed(Edit(PATH, 5, 5, "\tb v1\n")),
        placed(Edit(PATH, 5, 5, "\tb v2\n"), safe=False),
        replace(placed(Edit(PATH, 5, 5, "\tb v2\n")), is_exact=False),
        placed(Edit(PATH, 5, 5, "\tb v2\n"), Edit("services/api/go.sum", 1, 1, "x\n")),
        placed(Edit("go.mod", 5, 5, "\tb v2\n")),
        placed(Edit(PATH, 5, 5, "\tb v2\r\n")),
        placed(Edit(PATH, 5, 5, "\tb v2")),
        placed(Edit(PATH, 5, 5, "\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // \u202e\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // \u200b\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // \x1b[1m\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // \udcff\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // <!-- go-release-gate\n")),
        placed(Edit(PATH, 5, 5, "\tb v2 // ##[error]\n")),
        placed(Edit(PATH, 5, 5, "\tb v2\n" * 3000)),
        placed(Edit(PATH, 5, 6, "x\n"), Edit(PATH, 6, 6, "y\n")),
        placed(Edit(PATH, 8, 8, "x\n")),
        placed(Edit(PATH, 20, 19, "x\n")),
        Placed(finding("untidy-module", "untidy"), 4, 4, is_exact=True),
    ],
    ids=lambda item: repr(item.finding.fix)[:60],
)
def test_what_is_not_suggested(item: Placed) -> None:
    """Unsafe, elsewhere, without a change, not the judged lines, or not to be shown as it is."""
    assert suggest(item, whole(HEAD)) is None


@pytest.mark.parametrize("path", [*GENERATED, "a/go.sum", "a/vendor/modules.txt"])
def test_what_go_writes_is_not_suggested(path: str) -> None:
    """The lines of go.sum and vendor come from a command, never from a button."""
    assert suggest(placed(Edit(path, 5, 5, "\tb v2\n"), path=path), whole(HEAD)) is None


@pytest.mark.parametrize("text", [HEAD.replace("\n", "\r\n"), HEAD.replace(" v1", " v1 \ufffd")])
def test_lines_that_cannot_be_kept_as_they_are(text: str) -> None:
    """Nobody knows which line ending GitHub would write, nor which byte stood where JSON cannot hold it."""
    patch = "@@ -0,0 +1,7 @@\n" + "\n".join(f"+{line}" for line in text.removesuffix("\n").split("\n"))

    for edit in (Edit(PATH, 6, 5, "\tbb v1\n"), Edit(PATH, 5, 5, "\tb v1\n")):
        assert suggest(placed(edit), parse_patch(patch)) is None


def test_the_last_line_without_its_line_feed() -> None:
    """A suggestion cannot say whether the file ends with a line feed: it neither gives nor takes one."""
    hunks = parse_patch("@@ -0,0 +1,2 @@\n+module m\n+go 1.20\n\\ No newline at end of file")

    assert suggest(placed(Edit(PATH, 2, 2, "go 1.21\n")), hunks) is None
    assert suggest(placed(Edit(PATH, 3, 2, "go 1.21\n")), hunks) is None
    kept = suggest(placed(Edit(PATH, 2, 2, "go 1.21")), hunks)
    assert kept is not None
    assert kept.block == "```suggestion\ngo 1.21\n```"


def test_nothing_beyond_one_hunk() -> None:
    """Edits in two hunks, or outside of any, are no suggestion; an insertion uses the neighbour that is shown."""
    hunks = parse_patch("@@ -1,2 +1,2 @@\n a\n+b\n@@ -4,2 +5,2 @@\n e\n+f")

    assert suggest(placed(Edit(PATH, 2, 2, "x\n"), Edit(PATH, 5, 5, "y\n")), hunks) is None
    assert suggest(placed(Edit(PATH, 3, 3, "x\n")), hunks) is None
    before, behind = (suggest(placed(Edit(PATH, line, line - 1, "x\n")), hunks) for line in (5, 3))
    assert before is not None
    assert behind is not None
    assert (before.start, before.block) == (5, "```suggestion\nx\ne\n```")
    assert (behind.start, behind.block) == (2, "```suggestion\nb\nx\n```")
