"""Inline suppressions: what they cover, when they count, what is said of those that do not."""

from __future__ import annotations

import pytest

from go_release_gate.engine.inline import read_comments
from go_release_gate.engine.suppress import Sifted, sift
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.severity import Confidence, Severity

RULE = "untidy-module"
RULES = {RULE, "stale-vendor", "retracted-version"}
MOD = """\
module example.com/a // gate: ignore[stale-vendor] vendored by a script
go 1.22
// why it is here
// gate: ignore[untidy-module] waiting for upstream
// more words

require example.com/x v1.0.0 // indirect; gate: ignore[untidy-module, retracted-version]: known since May
require example.com/y v1.0.0
"""


def finding(line: int | None, rule: str = RULE, path: str = "go.mod", module: str = ".") -> Finding:
    where = Location(path, line)
    return Finding(rule, Severity.ERROR, Confidence.HIGH, f"{path}:{line}", Target("module", module), where, module)


def sifted(*findings: Finding, text: str = MOD, base: str | None = "", path: str = "go.mod") -> Sifted:
    """Sift with everything trusted, unless a text of the base commit is given."""
    return sift(findings, {path: text}, None if base == "" else {path: base}, RULES)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (finding(7), "known since May"),
        (finding(7, "retracted-version"), "known since May"),
        (finding(4), "waiting for upstream"),
        (finding(6), "waiting for upstream"),
        (finding(1, "stale-vendor"), "vendored by a script"),
        (finding(3, "stale-vendor", "vendor/modules.txt"), "vendored by a script"),
        (finding(None, "stale-vendor"), "vendored by a script"),
    ],
)
def test_covered(item: Finding, reason: str) -> None:
    """A comment covers its line, alone the next line that is no comment, at `module` what other files show."""
    found = sifted(item)

    assert [(one.finding, one.by, one.reason) for one in found.suppressed] == [(item, "inline", reason)]
    assert found.findings == ()


@pytest.mark.parametrize(
    "item",
    [
        finding(8),
        finding(2, "stale-vendor"),
        finding(6, "retracted-version"),
        finding(7, path="b/go.mod", module="b"),
        finding(3, "stale-vendor", "b/vendor/modules.txt", "b"),
        finding(1, RULE, "go.sum"),
    ],
)
def test_not_covered(item: Finding) -> None:
    """Other lines, rules, files and modules are not covered."""
    assert sifted(item).findings == (item,)


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("// gate: ignore[untidy-module]", "it gives no reason"),
        ("// gate: ignore[untidy-module] - :", "it gives no reason"),
        ("// gate: ignore untidy-module because", "write `gate: ignore"),
        ("// gate: ignore[] because", "write `gate: ignore"),
        ("// gate: ignore[untidy-modul] because", "did you mean untidy-module?"),
        ("//gate:ignore[untidy-module]", "it gives no reason"),
    ],
)
def test_what_is_wrong_does_not_count_and_is_said(comment: str, problem: str) -> None:
    """Without a rule, a known one, or a reason nothing is suppressed, and the place is told."""
    found = sifted(finding(1), text=f"module a {comment}\n")

    assert found.findings == (finding(1),)
    assert found.notices[0].startswith("go.mod:1: this suppression does not count: ")
    assert problem in found.notices[0]


@pytest.mark.parametrize("line", ['module "x//y"', "require a v1 // the gate: ignored", "// navigate: ignore[x] y"])
def test_other_comments_are_none(line: str) -> None:
    """Comments that only look alike say nothing."""
    assert read_comments("go.mod", f"{line}\n", RULES).suppressions == ()


def test_unused_ones_are_said_when_their_rule_ran() -> None:
    """An unused suppression is named, but not when its rule did not run or its module was not judged."""
    texts = {"go.mod": "module a // gate: ignore[untidy-module] x\n"}
    unused = ("go.mod:1: the suppression of untidy-module matches no finding; remove it",)

    assert sift([], texts, None, RULES).notices == unused
    assert sift([], texts, None, set()).notices == ()
    assert sift([], texts, None, RULES, {"go.mod"}).notices == ()


def test_a_stranger_cannot_suppress() -> None:
    """On an untrusted pull request only suppressions count that the base commit has, beside the same line."""
    text = "module a\nrequire x v1 // gate: ignore[untidy-module] ok\n"
    moved = "module a\nrequire x v2 // gate: ignore[untidy-module] ok\n"

    assert sifted(finding(2), text=text, base=f"// new\n{text}").suppressed
    for base in (moved, "module a\n", None):
        found = sifted(finding(2), text=text, base=base)
        assert found.findings == (finding(2),)
        assert found.notices == ("go.mod:2: this suppression does not count before it is merged",)


def test_a_copied_comment_covers_only_what_it_covered() -> None:
    """A standing comment that the base has above one line does not count above another."""
    comment = "// gate: ignore[untidy-module] ok"
    base = f"{comment}\nrequire x v1\nrequire y v1\n"
    text = f"{comment}\nrequire y v1\nrequire x v1\n"

    assert sifted(finding(2), text=text, base=base).findings == (finding(2),)


def test_yaml_comments_work_alike() -> None:
    """In files whose comments begin with # the words are the same."""
    text = "a: 1  # gate: ignore[untidy-module] ok\n"

    assert sifted(finding(1, path="x.yml"), text=text, path="x.yml").suppressed
