"""What of a base commit is looked at: no more than can matter."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.engine.base_judging import BaseTree, _is_object, _is_source, _looks, judge_base
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.discover import discover
from go_release_gate.engine.run import Request
from go_release_gate.model.finding import Finding, Location, Target
from go_release_gate.model.severity import Confidence, Severity

FILES = {
    "lib/go.mod": "module example.com/lib\n",
    "app/go.mod": "module example.com/app\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n",
    "app/app.go": "package app\n",
    "app/inner/go.mod": "module example.com/inner\n",
    "app/inner/inner.go": "package inner\n",
    "lib/lib.go": "package lib\n",
    "other/go.mod": "module example.com/other\n",
    "other/other.go": "package other\n",
    "other/README.md": "x\n",
    "tool.go": "package tool\n",
}


def _id(text: str) -> str:
    data = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


OBJECTS = {path: _id(text) for path, text in FILES.items()}


def _facts(root: Path) -> Facts:
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Facts(discover(root))


def _base(before: Mapping[str, str], folder: str = ".") -> BaseTree:
    def write(directory: Path, wanted: object) -> None:
        raise AssertionError("nothing is to be written")

    return BaseTree("a" * 40, lambda: before, lambda: OBJECTS, write, folder)


def _finding(module: str | None) -> Finding:
    return Finding("r", Severity.ERROR, Confidence.HIGH, "m", Target("module", "."), Location("go.mod"), module)


def test_a_clean_unchanged_repository_needs_no_look(tmp_path: Path) -> None:
    """Without findings and changes nothing of the base is written, however large it is."""
    facts = _facts(tmp_path)
    request = Request(tmp_path, settings=None, subject=None)  # type: ignore[arg-type]
    edges = Edges(go=None, scratch=tmp_path)  # type: ignore[arg-type]

    assert judge_base(_base(OBJECTS), (), request, facts, edges).findings == ()


def test_findings_and_changes_need_a_look(tmp_path: Path) -> None:
    """A module with a finding, one that changed, and those that replace by it; no other."""
    facts = _facts(tmp_path)

    assert _looks(_base(OBJECTS), [_finding("other")], facts).modules == {"other"}
    assert _looks(_base({**OBJECTS, "lib/lib.go": "b" * 40}), [], facts).modules == {"lib", "app"}
    assert _looks(_base({**OBJECTS, "other/README.md": "b" * 40}), [], facts).modules == {"other"}


def test_a_changed_configuration_needs_none(tmp_path: Path) -> None:
    """The head's settings judge both: its file changes no answer."""
    looks = _looks(_base({**OBJECTS, ".go-release-gate.yml": "b" * 40}), [], _facts(tmp_path))

    assert (looks.modules, looks.at_all) == (frozenset(), False)


def test_what_is_about_the_repository_needs_a_look_of_its_own(tmp_path: Path) -> None:
    """A finding of no module, or a module that is gone, is looked into without judging any module."""
    facts = _facts(tmp_path)

    about_all = _looks(_base(OBJECTS), [_finding(None)], facts)
    gone = _looks(_base({**OBJECTS, "gone/go.mod": "b" * 40}), [], facts)

    assert (about_all.modules, about_all.at_all) == (frozenset(), True)
    assert (gone.modules, gone.at_all) == (frozenset(), True)


def test_a_work_tree_ahead_of_its_commit_is_seen(tmp_path: Path) -> None:
    """A go.mod that was mended and not committed is a change."""
    facts = _facts(tmp_path)
    (tmp_path / "other/go.mod").write_text("module example.com/other\n\ngo 1.24\n")

    assert _looks(_base(OBJECTS), [], Facts(discover(tmp_path))).modules == {"other"}
    assert _looks(_base(OBJECTS), [], facts).modules == frozenset()


def test_sources_of_others_are_not_written(tmp_path: Path) -> None:
    """What Go reads of a judged module, of what it replaces by, and of no module; nothing else."""
    wanted = _is_source(_facts(tmp_path).repository, frozenset({"app"}), _base(OBJECTS))

    assert {path for path in FILES if wanted(path)} == {"app/app.go", "lib/lib.go", "tool.go"}
    assert wanted("app/vendor/modules.txt")
    assert not wanted("other/vendor/modules.txt")


def test_git_names_content_in_two_ways() -> None:
    """Object ids are SHA-1 or SHA-256, as the repository has them."""
    sha256 = hashlib.sha256(b"blob 2\0x\n").hexdigest()

    assert _is_object(b"x\n", _id("x\n"))
    assert _is_object(b"x\n", sha256)
    assert not _is_object(b"y\n", sha256)
    assert _is_object(None, None)
    assert not _is_object(b"", None)
