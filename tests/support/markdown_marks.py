"""A page of Markdown holds our marks alone: read by a parser, and compared with the same page about harmless names."""

from __future__ import annotations

import re
from collections import Counter

from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED_TAGS = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"}
_OURS = ("heading_open", "fence", "table_open", "tr_open", "td_open", "html_block", "blockquote_open", "hr")


def tokens(page: str) -> list[Token]:
    """Every token of the page, those inside others too."""
    parsed = MarkdownIt("commonmark").enable("table").parse(page)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def assert_only_our_marks(page: str, benign: str) -> None:
    """`page` has no heading, block or row that `benign` has not, and no foreign link, picture, HTML or mention."""
    found = tokens(page)
    kinds = Counter(token.type for token in found)
    assert kinds["image"] == kinds["html_inline"] == 0
    expected = Counter(token.type for token in tokens(benign))
    for kind in _OURS:
        assert kinds[kind] <= expected[kind], kind
    for token in found:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://github.com/acme/")
        if token.type == "html_block":
            assert set(re.findall(r"<[^>]*>", token.content)) <= ALLOWED_TAGS
        if token.type == "text":
            assert not re.search(r"@|#\d|https?:|www\.|GH-\d|<", token.content), token.content
