"""Every rule's name card and page."""

from __future__ import annotations

import re

import pytest

from go_release_gate.model.severity import Event, Severity
from go_release_gate.rules import registry
from go_release_gate.rules.base import Rule

SECTIONS = ["What it finds", "Why", "Fix", "Limits", "References"]
EACH = pytest.mark.parametrize("rule", registry.RULES, ids=lambda rule: rule.id)


@EACH
def test_page_has_every_section_in_order(rule: Rule) -> None:
    """A page says what is found, why, how it is mended, what it cannot see, and where that is written."""
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == SECTIONS
    assert all(body.strip() for body in re.split(r"^## .+$", rule.page, flags=re.MULTILINE))


@EACH
def test_references_are_addresses(rule: Rule) -> None:
    """Each reference is one https address on its own line, none twice."""
    lines = rule.page.partition("## References")[2].split("\n- ")[1:]
    addresses = [line.strip() for line in lines]
    assert addresses
    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"https://\S+", address) for address in addresses)


@EACH
def test_card_is_complete(rule: Rule) -> None:
    """A rule has a kebab-case id, a summary of one line without a full stop, and a severity for every event."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.summary
    assert not rule.summary.endswith(".")
    assert len(rule.summary) <= 80
    assert all(isinstance(rule.severity_on(event), Severity) for event in Event)
    assert rule.fix in {"", "safe", "unsafe"}
    assert rule.aspects


@EACH
def test_severity_never_falls_towards_the_tag(rule: Rule) -> None:
    """What is a fault on a branch is at least as grave in a pull request and on a tag."""
    ranks = [rule.severity_on(event).rank for event in (Event.BRANCH, Event.PULL_REQUEST, Event.TAG)]
    assert ranks == sorted(ranks, reverse=True)


def test_ids_are_sorted_and_unique() -> None:
    """The registry lists each rule once, in order."""
    ids = [rule.id for rule in registry.RULES]
    assert ids == sorted(set(ids))


def test_the_rules_of_this_edition_are_there() -> None:
    """The registry has the rules that edition 0.1 promises."""
    assert {rule.id for rule in registry.RULES if rule.since == "0.1"} >= {
        "untidy-module", "unformatted-module-file", "missing-go-directive", "broken-module", "checksum-mismatch",
        "modified-module-cache", "stale-vendor", "modified-vendor", "replace-outside-repository",
        "workspace-missing-member", "workspace-unlisted-module", "duplicate-module-path", "directive-newer-than-go",
        "unpinned-version", "retracted-version",
    }  # fmt: skip


def test_rules_are_found_by_id_and_by_a_near_one() -> None:
    """`rule` finds exactly, `nearest` helps with a slip, and neither invents one."""
    assert registry.rule("stale-vendor") is not None
    assert registry.rule("stale-vendors") is None
    assert registry.nearest("stale-vendors") == "stale-vendor"
    assert registry.nearest("zzz") == ""
