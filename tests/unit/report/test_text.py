"""The text report stays readable when there is much to say."""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.model.finding import Edit, Fix, Related
from go_release_gate.model.report import Comparison
from go_release_gate.report import phrases, text
from go_release_gate.report.options import RenderOptions
from support import reports


def test_many_healthy_modules_are_counted() -> None:
    """Beyond twenty modules only trouble has a row, unless -v asks for all."""
    healthy = tuple(reports.module(f"m{number:03}") for number in range(200))
    report = replace(reports.passing(), modules=(*healthy, reports.module("bad", reports.FAIL)))
    short = text.render(report, RenderOptions())
    assert "m005" not in short
    assert "200 more modules: pass (-v lists them)" in short
    assert "bad     untidy  pass    none" in short
    assert "m005" in text.render(report, RenderOptions(verbose=True))


def test_new_and_existing_are_told_apart() -> None:
    """Where a base commit was compared with, the headline counts both and an existing finding carries the word."""
    new = replace(reports.finding("untidy-module", "x"), state="new")
    old = replace(reports.finding("untidy-module", "y"), state="existing")
    report = replace(reports.failing(), findings=(new, new, old), comparison=Comparison("0123456789abcdef", 2, 1, 4))
    shown = text.render(report, RenderOptions())
    assert "fail: 2 new errors, 1 existing in " in shown
    assert "; 4 fixed since 0123456789ab" in shown
    assert (shown.count(": error: "), shown.count(": existing error: ")) == (2, 1)
    assert "no new findings, 1 existing in " in phrases.headline(replace(report, findings=(old,)))
    assert "fixed" not in phrases.headline(replace(report, comparison=None))


def test_reasons_are_bounded() -> None:
    """Six reasons are shown and the rest counted; -v shows all."""
    item = reports.finding("untidy-module", "x", related=tuple(Related(f"reason {number}") for number in range(9)))
    report = replace(reports.passing(), findings=(item,))
    short = text.render(report, RenderOptions())
    assert short.count("why:") == 6
    assert "and 3 more (-v shows them)" in short
    assert text.render(report, RenderOptions(verbose=True)).count("why:") == 9


def test_the_patch_can_be_applied_from_the_output() -> None:
    """`--diff` prints the patch as it is, however long, outside of workflows."""
    patch = "--- a/go.mod\n+++ b/go.mod\n@@ -1 +1 @@\n-a\n+b\n" + "+x\n" * 300_000
    report = replace(reports.passing(), patch=patch)
    assert patch in text.render(report, RenderOptions(diff=True))


def test_quiet_says_what_was_not_judged() -> None:
    """Under -q notices are left out, but not where they alone say why the report is not complete."""
    report = replace(reports.passing(), notices=("registries were not asked",))
    assert "notice" not in text.render(report, RenderOptions(quiet=True))
    assert "notice: registries were not asked" in text.render(
        replace(report, complete=False), RenderOptions(quiet=True)
    )


def test_only_what_fix_writes_is_offered() -> None:
    """A safe edit of a manifest is a suggestion; --fix does not write it, so the text does not say so."""
    paths = ("services/api/go.mod", "deploy/api.yaml")
    fixes = [Fix(safe=True, edits=(Edit(path, 1, 1, "x"),)) for path in paths]
    found = tuple(reports.finding("untidy-module", "x", fix=fix) for fix in fixes)
    shown = text.render(replace(reports.failing(), findings=found), RenderOptions())
    assert "1 finding can be mended by: go-release-gate check --fix" in shown
    assert "mended by" not in text.render(replace(reports.failing(), findings=found[1:]), RenderOptions())


def test_one_dead_host_is_named_once() -> None:
    """Two hundred modules behind one host take two lines."""
    unit = reports.unavailable().modules[0]
    report = replace(reports.unavailable(), modules=tuple(replace(unit, dir=f"m{n}") for n in range(200)))
    shown = text.render(report, RenderOptions(quiet=True)).splitlines()
    assert shown[0] == ("m0, m1, m2, m3, m4 and 195 more: not judged (auth): git.example.com refused the login")
    assert shown[1] == "  hint: set module-credentials"
    assert shown[-1] == "unavailable: 200 of 200 modules could not be judged; no findings in 200 modules"


def test_headlines() -> None:
    """The verdict in words for each kind of answer."""
    assert phrases.headline(reports.passing()) == "pass: no findings in 2 modules"
    assert phrases.headline(reports.failing()) == (
        "fail: 2 errors, 1 warning, 1 note in 2 of 5 modules; 1 of 5 modules could not be judged"
    )
    left = replace(reports.passing(), complete=False)
    assert phrases.headline(left) == "pass: no findings in 2 modules; not everything could be judged"
