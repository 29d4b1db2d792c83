"""Foreign text keeps its meaning and loses its power."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from go_release_gate.report import neutral


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("plain, with ünïcode 漢字", "plain, with ünïcode 漢字"),
        ("a\nb\tc\x1b[1m", "a\\x0ab\\x09c\\x1b[1m"),
        ("\u202e\u2028\ufeff", "\\u202e\\u2028\\ufeff"),
        ("\udc80\U000e0001", "\\udc80\\U000e0001"),
        ("##[error]x", "# #[error]x"),
        ("  ::error::x", "  : :error::x"),
        ("go.mod:7: a::b", "go.mod:7: a::b"),
    ],
)
def test_log_text_shows_what_is_there(foreign: str, shown: str) -> None:
    """Invisible characters are spelled out, commands broken by a visible blank, everything else kept."""
    assert neutral.log_text(foreign) == shown


def test_log_text_says_how_much_it_left_out() -> None:
    """A long message is cut and says by how much."""
    assert neutral.log_text("x" * 5_000, limit=10) == "xxxxxxxxxx ... (4990 more characters)"


def test_log_block_keeps_lines_and_tabs() -> None:
    """A block keeps its lines and tabs; a gutter goes before each line."""
    assert neutral.log_block("a\n\tb\r\n::c::\n") == ["a", "\tb", ": :c::"]
    assert neutral.log_block("a\n::c::", gutter=True) == ["| a", "| ::c::"]


@given(text=st.text())
def test_log_text_is_one_printable_line(text: str) -> None:
    """Whatever comes in, one printable line goes out, and doing it twice changes nothing more."""
    shown = neutral.log_text(text)
    assert shown.isprintable()
    assert "##[" not in shown
    assert not shown.lstrip().startswith("::")
    assert neutral.log_text(shown) == shown


@pytest.mark.parametrize(
    ("foreign", "markdown"),
    [
        ("golang.org/x/text v0.3.0 is not imported", "`golang.org/x/text v0.3.0` is not imported"),
        ("run `go mod tidy` (in services/api).", "run `go mod tidy` (in `services/api`)."),
        ("@team, don't click https://x.example.com", "`@team`, don't click `https://x.example.com`"),
        ('want "v1.2.3", found 2', 'want "`v1.2.3`", found 2'),
        ("1. not a list", "`1`. not a list"),
        ("a <!-- marker --> b", "a `<!- -` marker `-->` b"),
        ("", ""),
        ("say `require a/b v1`: it is `(c)`, `d`.", "say `require a/b v1`: it is `(c)`, `d`."),
        ("`a` ::error::x `b`!x", "`a` `::error::x` `b` `!x`"),
    ],
)
def test_markdown_text_reads_well(foreign: str, markdown: str) -> None:
    """Words stay words; paths, versions, addresses and mentions become code."""
    assert neutral.markdown_text(foreign) == markdown


@given(text=st.text(alphabet=st.sampled_from("a` \\<b|"), min_size=1))
def test_code_span_is_one_span(text: str) -> None:
    """A Markdown parser finds exactly one piece of code, with the same words inside."""
    (block,) = [token for token in MarkdownIt("commonmark").parse(neutral.code_span(text)) if token.type == "inline"]
    (code,) = block.children or ()
    assert code.type == "code_inline"
    assert code.content.split() == (text.split() or ["(empty)"])


@given(text=st.text(alphabet=st.sampled_from("a`~\n <#")))
def test_code_block_is_one_block(text: str) -> None:
    """A Markdown parser finds exactly one fenced block, with the same lines inside."""
    (block,) = MarkdownIt("commonmark").parse(neutral.code_block(text, "diff"))
    assert (block.type, block.info) == ("fence", "diff")
    assert block.content == text.removesuffix("\n") + "\n"


def test_html_text_and_table_cells_hold_their_place() -> None:
    """HTML is escaped, a bar does not end a cell."""
    assert neutral.html_text("</summary>&\n") == "&lt;/summary&gt;&amp;\\x0a"
    assert neutral.table_cell(neutral.code_span("a|b")) == "`a\\|b`"
