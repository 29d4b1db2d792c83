"""Rules about release tags, beyond what the fixtures show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.facts.release_table import ModuleTags, ReleaseTable, Row, tag_prefix
from go_release_gate.facts.tags import Tag, Tags
from go_release_gate.gomod.ladder import is_release
from go_release_gate.model.finding import Location
from go_release_gate.rules.tag import (
    image_tag_collision,
    image_without_tag_pattern,
    major_version_mismatch,
    released_tag_moved,
    tag_not_on_release_branch,
    tag_not_semver,
    tag_without_module,
    version_not_increasing,
    wrong_tag_kind,
)
from go_release_gate.rules.tag.image_tag_collision import sanitised, shared
from go_release_gate.rules.tag.tag_not_semver import nearest

COMMIT = "c" * 40


def table(pushed: str = "", *, path: str = "example.com/shop", kind: str = "any", strict: bool = False) -> ReleaseTable:
    place = Location("go.mod", 1)
    row = Row("ghcr.io/acme/shop", ".", ("v*",), (), Location("Dockerfile", 1))
    modules = (ModuleTags(".", path, tag_prefix(".", path), place),)
    return ReleaseTable((row,), modules, pushed, is_strict=strict, kind=kind)


def tags(pushed: str, *others: str, time: int = 0) -> Tags:
    known = {name: Tag(name, COMMIT, "light", 10) for name in others}
    return Tags(Tag(pushed, COMMIT, "light", time), {**known, pushed: Tag(pushed, COMMIT, "light", time)}, head=COMMIT)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("1.2.3", "v1.2.3"),
        ("V1.2.3", "v1.2.3"),
        ("vv1.2.3", "v1.2.3"),
        ("v.1.2.3", "v1.2.3"),
        ("v1", "v1.0.0"),
        ("v1.2", "v1.2.0"),
        ("v01.02.3", "v1.2.3"),
        ("v1.2.3rc1", "v1.2.3-rc1"),
        ("1.2-beta.1", "v1.2.0-beta.1"),
        ("v1.2.3+build", "v1.2.3"),
        ("v2.0.0+incompatible", "v2.0.0"),
        ("v1.2.3.4", ""),
        ("nightly", ""),
        ("2024-01-02", ""),
        ("v0.0.0-20210102030405-abcdefabcdef", ""),
        ("", ""),
    ],
)
def test_the_nearest_valid_version(text: str, valid: str) -> None:
    """What was probably meant, or nothing where that is anybody's guess."""
    assert nearest(text) == valid


@given(st.text(max_size=40))
def test_a_proposal_is_always_valid(text: str) -> None:
    """Whatever a tag is called, what is proposed instead is a release."""
    assert nearest(text) == "" or is_release(nearest(text))


@given(st.text(min_size=1, max_size=30))
def test_no_name_of_a_tag_breaks_a_rule(name: str) -> None:
    """Any text as the judged tag: rules answer, and a version is found wanting at most once for its form."""
    judged, known = table(name), tags(name, "v1.0.0")
    for rule in (tag_not_semver, major_version_mismatch, tag_without_module):
        list(rule.check(judged))
    for rule in (image_tag_collision, version_not_increasing, tag_not_on_release_branch, wrong_tag_kind):
        list(rule.check(judged, known))
    list(image_without_tag_pattern.check(judged, None, None))
    list(released_tag_moved.check(judged, known, None, None))
    assert len(list(tag_not_semver.check(judged))) == (not is_release(judged.version_of(name)))


def test_incompatible_is_told_by_its_name() -> None:
    """Go's own mark on a tag is no build metadata of somebody."""
    (found,) = tag_not_semver.check(table("v2.0.0+incompatible"))
    assert "+incompatible, which Go adds itself" in found.message


@pytest.mark.parametrize(("time", "count"), [(10, 1), (11, 1), (9, 0), (0, 1)])
def test_only_tags_made_before_count(time: int, count: int) -> None:
    """A higher version of the same second or before is earlier; without a date every tag is."""
    assert len(list(version_not_increasing.check(table("v1.0.1"), tags("v1.0.1", "v1.0.2", time=time)))) == count


def test_a_version_twice_is_no_step_back() -> None:
    """The judged tag itself is not the last one of its line."""
    assert not list(version_not_increasing.check(table("v1.0.1"), tags("v1.0.1", time=5)))


@pytest.mark.parametrize(
    ("wanted", "kind", "count"),
    [
        ("any", "light", 0),
        ("annotated", "light", 1),
        ("annotated", "annotated", 0),
        ("annotated", "signed", 0),
        ("signed", "annotated", 1),
        ("signed", "signed", 0),
        ("signed", "", 0),
    ],
)
def test_kinds(wanted: str, kind: str, count: int) -> None:
    """A signed tag is annotated as well; what is not known is no finding."""
    found = Tags(Tag("v1.0.0", COMMIT, kind))
    assert len(list(wrong_tag_kind.check(table("v1.0.0", kind=wanted), found))) == count


@pytest.mark.parametrize(("holding", "count"), [(None, 0), (("main",), 0), ((), 1)])
def test_only_a_known_absence_is_a_finding(holding: tuple[str, ...] | None, count: int) -> None:
    """Branches that cannot be known are not branches that lack the commit."""
    found = Tags(Tag("v1.0.0", COMMIT), holding=holding)
    assert len(list(tag_not_on_release_branch.check(table("v1.0.0"), found))) == count


def test_a_tag_that_moved_on_github() -> None:
    """GitHub's commit against the checkout's; without GitHub's word the commit checked out."""
    here = Tags(Tag("v1.0.0", COMMIT), head=COMMIT)
    moved = Tags(Tag("v1.0.0", COMMIT), remote=Tag("v1.0.0", "d" * 40), head=COMMIT)
    (found,) = released_tag_moved.check(table("v1.0.0"), moved, None, None)

    assert found.message == "the tag v1.0.0 is at cccccccccccc here and at dddddddddddd on GitHub: it was moved"
    assert not list(released_tag_moved.check(table("v1.0.0"), here, None, None))


def test_names_that_fall_together() -> None:
    """Characters that an image tag lacks become one `-` each run; only what is shared is told."""
    assert [sanitised(name) for name in ("a/b", "a-b", "a#/b", "a_b")] == ["a-b", "a-b", "a-b", "a_b"]
    assert shared({"a/b": "a-b", "a-b": "a-b", "x": "x"}) == {"a-b": ["a-b", "a/b"]}


def test_branches_are_a_note_without_the_strict_policy() -> None:
    """Whether anybody pushes branches is not known."""
    known = Tags(branches={"a/b": COMMIT, "a-b": COMMIT})
    (mild,) = image_tag_collision.check(table(), known)
    (grave,) = image_tag_collision.check(table(strict=True), known)

    assert (mild.severity, grave.severity) == ("note", None)
