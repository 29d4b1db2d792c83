"""A report on a folder, told in paths of the repository."""

from __future__ import annotations

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
        assert new.command == (f"cd 'a b' && {old.command}" if old.command else "")
    assert [answer.dir for answer in after.modules] == [
        "a b" if answer.dir == "." else f"a b/{answer.dir}" for answer in before.modules
    ]
    assert all(directory.startswith("a b/") for directory, _ in after.skipped)
    assert (after.verdict, after.notices, after.subject) == (before.verdict, before.notices, before.subject)


def test_the_root_changes_nothing() -> None:
    """The folder that is the repository."""
    assert rerooted(failing(), ".") == failing()
