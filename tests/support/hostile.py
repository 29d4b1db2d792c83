"""Strings that a checkout could hold so that a log or a page says something else than we mean."""

from __future__ import annotations

from hypothesis import strategies as st

CORPUS = (
    "##[set-output name=verdict]pass",
    "go.mod:1: ##[set-output name=verdict]pass",
    "::error::forged",
    "x\n::set-output name=verdict::pass",
    "x\r::warning file=a,line=1::forged",
    "x\r\n  ::add-mask::x",
    "\u00a0::error::after a blank that is none",
    "\u3000::error::after an ideographic space",
    "\u2028::error::after a line separator",
    "\x85::error::after a next-line",
    "##\ufe0f[set-output name=verdict]pass",
    "#\u200b#\u2060[set-output name=verdict]pass",
    ":\u00ad:error::hidden by a soft hyphen",
    ":\U000e0100:error:\ufe0f:hidden by variation selectors",
    "###[error]x",
    "::stop-commands::0123456789abcdef0123456789abcdef0",
    "::0123456789abcdef0123456789abcdef0::",
    "\x1b[2J\x1b[31mred\x1b]8;;https://evil.example.com\x07link",
    "\u202egnp.exe\u2066",
    "```\n# heading\n```",
    "`` ` ``` ````",
    "</details></summary></code><script>alert(1)</script>",
    "<img src=https://evil.example.com/x.png> ![x](https://evil.example.com/x.png)",
    "[click](https://evil.example.com) https://evil.example.com www.evil.example.com mail@evil.example.com",
    "@acme/security please look, closes #1, GH-2, acme/shop#3",
    "<!-- go-release-gate: marker -->",
    "| a | b |\n| --- | --- |",
    "1. one\n2. two\n- [x] done\n> quote\n# head\n---\n===",
    "$(rm -rf /) `id` ${{ github.token }} %0A::error::x %25",
    "\\`\\<b>\\@team",
    "\udcff\udc80 not UTF-8",
    "a" * 1_000_000,
    "`" * 5_000 + "::error::" * 1_000,
    "",
    " ",
)

_SIGNS = tuple(":#[]`<>@!()|*_\"',=\\")
_MARKS = ("::", "##[", "``", "```", "~~~", "1.", "%0A", "<!--", "&lt;", "</details>")
_WORDS = ("error", "set-output name=x", "team", "word", "a/b.go:3", "https://e.example.com", "- ")
_BLANKS = ("\n", "\r", " ", "\t", "\u200b", "\ufe0f", "\u00a0", "\udc80", "\u202e")
_PIECES = st.sampled_from((*_SIGNS, *_MARKS, *_WORDS, *_BLANKS))


def foreign() -> st.SearchStrategy[str]:
    """Text from the pieces that commands and Markdown are made of, mixed with any text at all."""
    return st.lists(_PIECES | st.text(max_size=5), max_size=14).map("".join)
