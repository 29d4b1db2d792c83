"""The words of a move in git and in a pull request, whatever the ledger says of it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from go_release_gate.adapters.targets.gitops import Words
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move
from go_release_gate.report.delivery import delivery_words
from go_release_gate.report.neutral import message_text

DIGEST = f"sha256:{'a' * 64}"
MOVE = Move("api", "production", Image(DIGEST, "m"), version="1.5.0", reason="faster", actor="ann@example.com", entry=7)
HOSTILE = (
    "@everyone fixes #12, closes acme/shop#3 GH-4 resolves https://github.com/acme/shop/issues/5 [skip ci] [no ci] "
    "***NO_CI*** <img src=x onerror=y> [x](https://evil.example) | @mona | ``` `a` <!-- x -->\x1b[31m\u202e "
    "##[error]x\n::set-output name=a::b\n\nCo-authored-by: Mallory <mallory@example.com>\nskip-checks: true"
)


def words(**changes: str) -> Words:
    """Of the move with other values."""
    return delivery_words()(replace(MOVE, **changes))  # type: ignore[arg-type]


def hostile() -> Words:
    """Every foreign value is."""
    return words(reason=HOSTILE, version=HOSTILE, actor=HOSTILE, before=HOSTILE)


def test_plain_words_stay() -> None:
    """What people write is read as they wrote it."""
    assert words().message == (
        "release: api 1.5.0 in production\n\nfaster\n\nRelease-Service: api\nRelease-Environment: production\n"
        f"Release-Version: 1.5.0\nRelease-Digest: {DIGEST}\nRelease-Actor: ann@example.com\nRelease-Entry: entry 7\n"
    )
    for plain in (
        "12% errors (p99 = 2s), see https://runbook.example.com/a#b [urgent]",
        "v1.2.0-rc.1+x",
        "a@b.example",
    ):
        assert message_text(plain) == plain


def test_a_message_and_a_title_make_nothing_happen() -> None:
    """Nobody is notified, no issue closed, no workflow skipped, no command of a runner given, no terminal driven."""
    for line in (*hostile().message.splitlines(), hostile().title):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        for active in (
            "@everyone",
            "@mona",
            "#12",
            "#3",
            "GH-4",
            "://github.com",
            "[skip",
            "[no ci",
            "***NO_CI",
            "##[",
        ):
            assert active not in line


@pytest.mark.parametrize("reason", [HOSTILE, "Co-authored-by: M <m@example.com>", "skip-checks: true", ""])
def test_trailers_are_ours_alone(reason: str) -> None:
    """What git reads as trailers of the commit is what the move says, each once."""
    message = words(reason=reason, actor=HOSTILE).message
    said = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True, check=True
    ).stdout
    names = [line.partition(":")[0] for line in said.splitlines()]
    assert names == [f"Release-{name}" for name in ("Service", "Environment", "Version", "Digest", "Actor", "Entry")]
    assert not [line for line in message.splitlines() if line.lower().startswith(("co-authored-by", "skip-checks"))]


def test_a_body_is_its_table_and_its_words() -> None:
    """No link, picture, comment or mention; the table's rows and cells are its own."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(hostile().body)
    for active in ("<a", "<img", "<!--"):
        assert active not in html
    outside = "".join(part.split("</code>")[-1] for part in html.split("<code"))
    assert "@" not in outside
    assert "#" not in outside
    assert (html.count("<tr>"), html.count("<td>")) == (1 + 7, 2 * 7)


@given(st.text(max_size=60))
def test_whatever_the_words_are(text: str) -> None:
    """One visible line, without a mention or a number of an issue."""
    shown = message_text(text)
    assert shown.isprintable()
    assert not re.match(r"@[A-Za-z0-9]|::", shown)
    assert " @a" not in message_text(f"{text} @a")
    assert "#1" not in message_text(f"{text}#1")
