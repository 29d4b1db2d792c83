"""What release asks and says: texts to values, pages to text and Markdown, diagrams."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from go_release_gate.cli import options
from go_release_gate.cli.release import documents
from go_release_gate.cli.release.actions import ACTIONS, find_action
from go_release_gate.cli.release.asked import expiry, pairs, service_of
from go_release_gate.cli.release.exporting import _harmless
from go_release_gate.cli.release.page import Block, Heading, Lines, Page, Table, as_markdown, as_text
from go_release_gate.cli.release.screen import span
from go_release_gate.cli.release.timeline import timelines
from go_release_gate.config.release_inputs import RELEASE_ACTIONS
from go_release_gate.config.releases import Releases, Service
from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import PROMOTE, Actor, Entry
from go_release_gate.ledger.state import state_of

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ESCAPE = "\x1b[31m"


def test_each_action_is_declared_once() -> None:
    """Inputs, help and modules speak of the same actions; each has its own verb."""
    assert tuple(one.name for one in ACTIONS) == RELEASE_ACTIONS
    assert [verb.name for verb in options.RELEASE_ACTIONS] == [f"release {name}" for name in RELEASE_ACTIONS]
    assert {verb.module for verb in options.RELEASE_ACTIONS} == {"go_release_gate.cli.release"}
    with pytest.raises(KeyError):
        find_action("deploy")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["release"], "ACTION"),
        (["release", "--env", "production"], "wants its action first"),
        (["release", "undo"], "no action 'undo'"),
    ],
)
def test_an_action_comes_first(argv: list[str], said: str) -> None:
    """Everything else is refused with what is expected."""
    with pytest.raises(UsageError, match=said):
        options.parse(*options.addressed(argv), {})


def test_steps_back_are_no_option() -> None:
    """`--to -2` is a value, in both ways of writing it."""
    for argv in (["--to", "-2"], ["--to=-2"]):
        args = options.parse(options.find_verb("release rollback"), argv, {})
        assert args is not None
        assert args.to == "-2"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("90m", NOW + timedelta(minutes=90)),
        ("3d", NOW + timedelta(days=3)),
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-11-21T12:00:00+01:00", datetime(2026, 11, 21, 11, tzinfo=UTC)),
        ("", None),
    ],
)
def test_when_a_hold_ends(text: str, wanted: datetime | None) -> None:
    """Spans count from now; dates are UTC unless they say otherwise."""
    assert expiry(text, NOW) == wanted


@pytest.mark.parametrize("text", ["soon", "0h", "-1h", "2026-11-20", "12"])
def test_ends_that_are_none(text: str) -> None:
    """Something else, or the past, is refused."""
    with pytest.raises(UsageError, match="--expires"):
        expiry(text, NOW)


def test_pairs_keep_their_values() -> None:
    """A value may hold commas and equals signs; names are words, and stand once."""
    assert pairs("ticket=OPS-1, OPS-2\nurl=https://x.example.com/?a=b\n", "--field") == {
        "ticket": "OPS-1, OPS-2",
        "url": "https://x.example.com/?a=b",
    }
    for text in ("ticket", "=x", "a b=c", "a=", "a=1\na=2"):
        with pytest.raises(UsageError, match="--field"):
            pairs(text, "--field")


def test_the_only_service_needs_no_name() -> None:
    """With one service it is meant; with two it must be said; with none the message says how to begin."""
    one, two = {"api": Service("r/api")}, {"api": Service("r/api"), "web": Service("r/web")}
    assert service_of(desk(one)) == "api"
    with pytest.raises(UsageError, match="which service"):
        service_of(desk(two))
    with pytest.raises(UsageError, match="no service"):
        service_of(desk(two, "wab"))
    with pytest.raises(UsageError, match="names no service"):
        service_of(desk({}))


def desk(services: dict[str, Service], named: str | None = None) -> Any:
    """As much of a desk as is looked at."""
    return SimpleNamespace(settings=Releases(services=services), args=argparse.Namespace(service=named))


HOSTILE = f"x | y {ESCAPE} ::error::z ##[group] @team <!-- m -->\nnext"


def test_text_is_harmless() -> None:
    """No control character, no command and no second line gets through; diffs stay diffs."""
    page = Page((Heading(HOSTILE), Table(("a", "b"), ((HOSTILE, "pass"),)), Lines((HOSTILE,)), Block("-a\n+b", "diff")))

    text = as_text(page, colour=False)

    assert ESCAPE not in text
    assert "##[" not in text
    assert not [line for line in text.splitlines() if line.startswith(("::", "next"))]
    assert text.endswith("  -a\n  +b\n")


def test_markdown_is_harmless() -> None:
    """A bar ends no cell, a mention is asleep, a comment is none."""
    text = as_markdown(Page((Table(("a", "b"), ((HOSTILE, "pass"),)), Lines((HOSTILE,)))))

    row = text.splitlines()[2]
    assert row.count("|") - row.count("\\|") == 3
    assert "<!--" not in text
    outside = "".join(row.split("`")[::2])
    assert "@team" not in outside


def test_colour_repeats_a_word() -> None:
    """Only known words are coloured, and only where it is asked for; diagrams are for Markdown."""
    page = Page((Table(("verdict",), (("pass",), ("strange",))), Block("gantt", "mermaid")))

    assert as_text(page, colour=False) == "verdict\npass\nstrange\n"
    assert "\x1b[32;1mpass" in as_text(page, colour=True)
    assert "```mermaid\ngantt\n```" in as_markdown(page)


def test_a_diagram_knows_no_foreign_syntax() -> None:
    """Names of services and versions cannot end a line of the diagram or begin another task."""
    move = Entry(
        1, "", PROMOTE, "api:x\n;crit", "production", NOW, Actor("a"), after=f"sha256:{'a' * 64}", phase="done"
    )
    parts = timelines(state_of([move]), [("api:x\n;crit", "production")])

    diagram = next(part.text for part in parts if isinstance(part, Block))
    assert len(diagram.splitlines()) == 6
    assert "api x  crit in production" in diagram


def test_cells_are_no_formulas() -> None:
    """A spreadsheet runs nothing that the ledger holds."""
    assert _harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert _harmless("a\nb") == "a b"


@pytest.mark.parametrize(("seconds", "words"), [(5, "5s"), (61, "1m"), (7300, "2h"), (90000, "1d"), (-3, "0s")])
def test_spans(seconds: float, words: str) -> None:
    """A length of time in its greatest unit."""
    assert span(seconds) == words


def test_an_object_has_every_key() -> None:
    """Programs need not ask whether a key is there."""
    entry = documents.Written(1, "hold", "api", "p", NOW, "a", "", "", "", "", "", "", "", None, "")

    assert documents.as_json(entry)["time"] == "2026-11-21T10:00:00Z"
    assert set(documents.as_json(entry)) == set(documents.object_schema(documents.Written)["required"])
