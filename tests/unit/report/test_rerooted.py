"""A report on a folder, told in paths of the repository."""

from __future__ import annotations

from dataclasses import replace

import pytest

from go_release_gate.facts.patch import file_diff
from go_release_gate.report.rerooted import rerooted
from support.reports import failing


def test_every_path_gains_the_folder() -> None:
    """Findings, related places, fixes, modules and skipped directories are all seen from the root."""
    before, after = failing(), rerooted(failing(), "a b")

    for old, new in zip(before.findings, after.findings, strict=True):
        assert new.location.path == f"a b/{old.location.path}"
        assert [r.location and r.location.path for r in new.related] == [
            r.location and f"a b/{r.location.path}" for r in old.related
        ]
        assert {e.path for e in (new.fix.edits if new.fix else ())} == {
            f"a b/{e.path}" for e in (old.fix.edits if old.fix else ())
        }
    assert [answer.dir for answer in after.modules] == [
        "a b" if answer.dir == "." else f"a b/{answer.dir}" for answer in before.modules
    ]
    assert all(directory.startswith("a b/") for directory, _ in after.skipped)
    assert (after.verdict, after.notices, after.subject) == (before.verdict, before.notices, before.subject)


def test_the_root_changes_nothing() -> None:
    """The folder that is the repository."""
    assert rerooted(failing(), ".") == failing()


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("go mod tidy", "go -C 'a b' mod tidy"),
        ("go -C services/api mod tidy", "go -C 'a b/services/api' mod tidy"),
        ("go work use ./tools/seed", "go -C 'a b' work use ./tools/seed"),
        ("gofmt -w x.go", "(cd 'a b' && gofmt -w x.go)"),
        ("", ""),
    ],
)
def test_commands_run_at_the_root_one_after_the_other(told: str, seen: str) -> None:
    """None of them leaves the shell in another directory than the next one expects."""
    report = failing()
    report = replace(report, findings=(replace(report.findings[0], command=told),))

    assert rerooted(report, "a b").findings[0].command == seen


@pytest.mark.parametrize(("before", "after"), [(b"-- a/x\n", b"y\n"), (None, b"y\n"), (b"x\n", None)])
def test_patches_apply_at_the_root(before: bytes | None, after: bytes | None) -> None:
    """Paths in the headers gain the folder; what the files say stays as it is, whatever it looks like."""
    report = failing()
    told, expected = (file_diff(f"{folder}api/go.sum", before, after) for folder in ("", "back end/"))
    answer = replace(report.modules[0], tidy=replace(report.modules[0].tidy, diff=told))
    seen = rerooted(replace(report, modules=(answer,), patch=told), "back end")

    assert (seen.patch, seen.modules[0].tidy.diff) == (expected, expected)
