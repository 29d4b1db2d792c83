"""Texts cut to a limit: whole lines, closed blocks, and a word about what is missing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.github.cutting import cut_line, cut_markdown, cut_plain, encodable

LINES = st.sampled_from(
    ["text", "```go", "```", "````", "~~~", "<details>", "</details>", "<details><summary>x</summary>", "", "é" * 40]
)


def test_what_fits_stays_as_it_is() -> None:
    """A text of exactly the limit is not touched."""
    text = "line\n" * 20
    assert cut_markdown(text, 100) == text
    assert cut_plain(text, 100) == text
    assert cut_line("x" * 100, 100) == "x" * 100


def test_markdown_is_cut_between_lines() -> None:
    """No line of the result is a part of one: a half code span would set free what it held."""
    text = "\n".join(f"line {number} `@team`" for number in range(100))
    cut = cut_markdown(text, 300)
    body, _, note = cut.rpartition("\n\n")
    assert len(cut) <= 300
    assert set(body.split("\n")) <= set(text.split("\n"))
    assert body.startswith("line 0")
    assert note.startswith("*The rest")


def test_the_note_counts_what_was_cut() -> None:
    """Characters kept and characters named in the note make up the whole."""
    text = "0123456789\n" * 50
    cut = cut_markdown(text, 200)
    missing, total = map(int, re.findall(r"(\d+) of (\d+) characters", cut)[0])
    assert total == len(text)
    assert cut.count("0123456789\n") * 11 + missing == total


def test_an_only_line_too_long_is_left_out() -> None:
    """Where not even the first line fits, the note stands alone."""
    assert cut_markdown("`" + "x" * 500, 100).startswith("*The rest does not fit here: 501 of 501")


@pytest.mark.parametrize("fence", ["```", "````", "~~~~"])
def test_an_open_code_block_is_closed(fence: str) -> None:
    """The note after a cut code block is outside of it, whatever the fence and whatever looks like one inside."""
    text = f"{fence}diff\n" + "``\n~~\nx ``` y\n" * 40 + fence
    cut = cut_markdown(text, 200)
    assert cut.split("\n\n")[0].endswith(f"\n{fence}")
    assert cut.count(f"\n{fence}") == 1


def test_open_details_are_closed() -> None:
    """Each fold that is open at the cut is closed, the code block inside it first."""
    text = "<details>\n<details><summary>x</summary>\n\n```\n" + "code\n" * 100 + "```\n</details>\n</details>\n"
    cut = cut_markdown(text, 200)
    assert re.search(r"\n```\n\n</details>\n\n</details>\n\n\*The rest", cut)


def test_closed_blocks_are_not_closed_again() -> None:
    """Folds and code blocks that ended before the cut get no second end."""
    text = "<details>\n</details>\n```\n<details>\n```\n" + "text\n" * 100
    cut = cut_markdown(text, 200)
    assert cut.count("</details>") == 1
    assert cut.count("```") == 2


@given(st.lists(LINES, max_size=60), st.integers(100, 400))
def test_markdown_never_passes_the_limit(lines: list[str], limit: int) -> None:
    """At most `limit` characters, for any text."""
    assert len(cut_markdown("\n".join(lines), limit)) <= limit


@given(st.text(max_size=400), st.integers(60, 200))
def test_plain_text_never_passes_the_limit(text: str, limit: int) -> None:
    """At most `limit` bytes, for any text, and no character is torn."""
    cut = cut_plain(text, limit)
    assert len(cut.encode()) <= limit
    assert "\ufffd" not in cut or "\ufffd" in text


def test_plain_text_is_cut_between_lines_or_within_the_only_one() -> None:
    """Whole lines where there are any, and the note says how many bytes are missing."""
    assert cut_plain("one\n" * 50, 60).startswith("one\none\n")
    assert cut_plain("one\n" * 50, 60).endswith("more bytes were cut)")
    assert cut_plain("é" * 100, 60).startswith("é" * 10)


def test_a_line_is_cut_with_dots() -> None:
    """A title shows that it goes on."""
    assert cut_line("x" * 101, 100) == "x" * 97 + "..."


def test_bytes_that_are_no_text_are_spelled() -> None:
    """What a path brought along from a file system can be sent as JSON."""
    assert encodable("a\udc80b") == "a\\udc80b"
