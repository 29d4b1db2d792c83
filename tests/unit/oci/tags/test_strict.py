"""The strict policy over a list of versions: what moves, what is cut, what falls together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gomod.ladder import highest_stable, is_stable
from go_release_gate.oci.tags.answer import Answer, ProblemKind
from go_release_gate.oci.tags.collisions import Refs, collisions
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.strict import Releases, Strictness

KNOWN = ("v1.8.0", "v1.9.0", "v1.9.2", "v2.0.0", "v2.1.0-rc.1")


def judged(
    entries: str, version: str = "v2.0.0", known: Iterable[str] = KNOWN, flavor: str = "", **changes: Any
) -> tuple[Answer, Strictness]:
    """The answer for a tag that is called like its version, and what the judge remembers."""
    context = replace(Context("push", f"refs/tags/{version}", "a" * 40, release=version), **changes)
    tag, released = context.tag, context.release if context.tag else ""
    judge = Strictness(Releases(tag, released, {one: one for one in known}))
    return evaluate(Inputs(images="acme/shop", tags=entries, flavor=flavor), context, judge), judge


@pytest.mark.parametrize(
    ("entry", "version", "names"),
    [
        ("type=semver,pattern={{major}}", "v2.0.0", ["2", "latest"]),
        ("type=semver,pattern=v{{major}}.{{minor}}", "v1.9.3", ["v1.9"]),
        ("type=semver,pattern={{major}}", "v1.9.1", []),
        ("type=semver,pattern={{major}}-alpine", "v1.9.1", []),
        ("type=semver,pattern={{major}}.{{minor}},suffix=-alpine", "v1.8.1", ["1.8-alpine"]),
        ("type=semver,pattern=stable", "v1.9.3", []),
        ("type=semver,pattern=stable", "v2.0.1", ["stable", "latest"]),
        ("type=semver,pattern={{version}}", "v1.8.1", ["1.8.1"]),
        ("type=semver,pattern={{raw}}", "v1.8.1", ["v1.8.1"]),
        ("type=pep440,pattern={{major}}", "v1.9.1", []),
        (r"type=match,pattern=v(\d+)\.,group=1", "v1.9.1", []),
        (r"type=match,pattern=v(\d+)\.,group=1", "v2.1.0-rc.2", []),
        (r"type=match,pattern=\d+\.\d+\.\d+", "v1.9.1", ["1.9.1"]),
        ("type=ref,event=tag", "v2.1.0-rc.2", ["v2.1.0-rc.2"]),
        ("type=raw,value=latest", "v1.9.3", []),
        ("type=raw,value=1.9", "v1.9.1", []),
        ("type=raw,value=20260304", "v1.9.1", ["20260304"]),
        ("type=sha,prefix=", "v1.9.1", ["aaaaaaa"]),
        ("type=semver,pattern={{major}}.{{minor}},value=v1.8.4", "v2.0.0", ["1.8"]),
        ("type=semver,pattern={{major}},value=1.8.4", "v2.0.0", []),
    ],
)
def test_what_moves(entry: str, version: str, names: list[str]) -> None:
    """A name that other versions would have, too, needs the highest of them; other names stay."""
    answer, _ = judged(entry, version)
    assert list(answer.tag_names) == names


def test_the_flavors_latest() -> None:
    """`latest=true` is a wish, not a right; its prefix and suffix change nothing."""
    flavor = "latest=true\nsuffix=-alpine,onlatest=true"
    entries = "type=semver,pattern={{version}}"
    assert judged(entries, "v1.9.3", flavor=flavor)[0].tag_names == ("1.9.3-alpine",)
    assert judged(entries, "v2.0.1", flavor=flavor)[0].tag_names == ("2.0.1-alpine", "latest-alpine")


def test_a_release_from_a_branch() -> None:
    """Where the version is an entry's own value, it is judged like that of a tag."""
    entries = "type=semver,pattern={{version}},value=v2.0.1\ntype=raw,value=latest"
    changes = {"ref": "refs/heads/main", "release": ""}
    assert judged(entries, **changes)[0].tag_names == ("2.0.1", "latest", "latest")
    assert judged(entries.replace("2.0.1", "1.9.3"), **changes)[0].tag_names == ("1.9.3",)


def test_branches_move_nothing() -> None:
    """`latest` from a branch, and a branch called like a line of releases, are left out; another number stays."""
    entries = "type=ref,event=branch\ntype=raw,value=latest"
    for branch, names in (("main", ["main"]), ("1.9", []), ("1.7", ["1.7"]), ("v2", [])):
        answer, judge = judged(entries, ref=f"refs/heads/{branch}", release="")
        assert list(answer.tag_names) == names
        assert "`latest` is left out: only a release may move it, and this is none" in judge.notices


@pytest.mark.parametrize("tag", ["nightly", "1.2.3", "v1.2", "v1.2.3+build"])
def test_tags_that_are_no_release(tag: str) -> None:
    """What Go takes for no release moves nothing, and the reason says what one looks like."""
    version = tag if tag.startswith("v") else ""
    answer, judge = judged("type=ref,event=tag", ref=f"refs/tags/{tag}", release=version)
    assert "latest" not in answer.tag_names
    assert any("no release version such as v1.2.3" in notice for notice in judge.notices)


def test_what_is_not_known_is_refused() -> None:
    """With releases missing a name is refused, unless what is known is reason enough to leave it out."""
    context = Context("push", "refs/tags/v1.9.3", release="v1.9.3")
    judge = Strictness(Releases("v1.9.3", "v1.9.3", {"v1.9.4": "v1.9.4"}, "the clone is shallow", "fetch"))
    entries = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}"
    assert evaluate(Inputs(tags=entries), context, judge).tag_names == ("1.9.3",)
    assert judge.problems == {}
    judge = Strictness(Releases("v1.9.3", "v1.9.3", {"v1.9.2": "v1.9.2"}, "the clone is shallow", "fetch"))
    evaluate(Inputs(tags=entries), context, judge)
    assert [(one.kind, one.reference) for one in judge.problems.values()] == [
        (ProblemKind.UNKNOWN_RELEASES, "1"),
        (ProblemKind.UNKNOWN_RELEASES, "latest"),
    ]


def test_long_names_are_cut() -> None:
    """128 characters stay; of more the end becomes a hash of the whole, the same in every run, another for another."""
    long = [f"refs/heads/{'x' * length}{end}" for length, end in ((128, ""), (127, "ab"), (127, "ac"))]
    names = [judged("type=ref,event=branch", ref=ref, release="")[0].tag_names[0] for ref in long]
    assert names[0] == "x" * 128
    assert [len(name) for name in names] == [128, 128, 128]
    assert len(set(names)) == 3
    assert names[1] == judged("type=ref,event=branch", ref=long[1], release="")[0].tag_names[0]


def test_version_entries_read_the_release() -> None:
    """`services/api/v1.2.3` is v1.2.3; with `match` or `value` the entry decides by itself."""
    changes = {"ref": "refs/tags/services/api/v1.2.3", "release": "v1.2.3", "known": ()}
    names = judged("type=semver,pattern={{version}}", **changes)[0].tag_names
    assert names == ("1.2.3", "latest")
    assert judged("type=semver,pattern={{version}},match=v(1.2)", **changes)[0].tag_names == ()


@pytest.mark.parametrize(
    ("ref", "other", "entries"),
    [
        ("refs/tags/v1.2.3", "refs/tags/v1.2.3+a", "type=semver,pattern={{version}}"),
        ("refs/tags/v1.2.3+a", "refs/tags/v1.2.3+b", "type=semver,pattern={{version}},prefix=x-"),
        ("refs/heads/feature/a", "refs/heads/feature-a", "type=ref,event=branch"),
        ("refs/heads/1.2.3", "refs/tags/v1.2.3", "type=ref,event=branch\ntype=semver,pattern={{version}}"),
        ("refs/heads/a/b", "refs/heads/a@b", "type=raw,value={{branch}}"),
    ],
)
def test_refs_that_fall_together(ref: str, other: str, entries: str) -> None:
    """Another ref with the same image tag is a problem that names both; without that other there is none."""
    release = ref.removeprefix("refs/tags/") if "tags" in ref else ""
    _, judge = judged(entries, ref=ref, release=release, known=())
    context = Context("push", ref, release=release)
    kind, name = other.removeprefix("refs/").split("/", 1)
    refs = Refs((name,)) if kind == "heads" else Refs((), {name: name}, (name,))
    (problem,) = collisions(Inputs(tags=entries), context, judge.own, refs)
    assert problem.kind is ProblemKind.COLLISION
    assert name in problem.message
    assert collisions(Inputs(tags=entries), context, judge.own, Refs()) == ()


def test_names_that_are_meant_to_be_shared() -> None:
    """A constant, the commit and moving names are no collision."""
    entries = "type=raw,value=nightly\ntype=sha\ntype=semver,pattern={{major}}"
    _, judge = judged(entries, known=())
    assert list(judge.own) == []


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3, st.sampled_from(["", "-rc.1"])), min_size=1, max_size=12))
def test_in_any_order_the_highest_ends_with_latest(versions: list[tuple[int, int, int, str]]) -> None:
    """Released in any order, each name ends at the highest stable release that it covers."""
    ladder = [f"v{major}.{minor}.{patch}{pre}" for major, minor, patch, pre in dict.fromkeys(versions)]
    entries = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}\ntype=semver,pattern={{major}}.{{minor}}"

    def push(images: dict[str, str], at: int) -> dict[str, str]:
        answer, _ = judged(entries, ladder[at], ladder[: at + 1])
        return {**images, **dict.fromkeys(answer.tag_names, ladder[at])}

    images = reduce(push, range(len(ladder)), dict[str, str]())
    assert images.get("latest", "") == highest_stable(ladder)
    for version in filter(is_stable, ladder):
        major, minor, _ = version[1:].split(".")
        for name in (major, f"{major}.{minor}"):
            assert images[name] == highest_stable(one for one in ladder if one.startswith(f"v{name}."))
