"""Versions: what is one, their order, and the parts of pseudo-versions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cmp_to_key

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from go_release_gate.gomod import version
from support.gooracle import GoOracle

against_go = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

numbers = st.one_of(st.integers(0, 3).map(str), st.sampled_from(["10", "01", "9" * 30, ""]))
identifiers = st.sampled_from(["rc", "1", "2", "10", "01", "0", "alpha", "beta-2", "-", "1a", "", "é", "9" * 30, "0a"])
tails = st.lists(identifiers, max_size=3).map(".".join)
near_versions = st.builds(
    lambda v, core, pre, build: v + ".".join(core) + pre + build,
    st.sampled_from(["v", "v", "v", "v", "", "V"]),
    st.lists(numbers, min_size=1, max_size=4),
    st.one_of(st.just(""), tails.map("-{}".format)),
    st.sampled_from(["", "", "+incompatible", "+meta.01", "+", "+a..b"]),
)
valid_versions = near_versions.filter(version.is_valid)
stamps = st.sampled_from(["20240102030405", "20241301000000", "00010101000000", "2024", "20240230000000"])
near_pseudos = st.builds(
    lambda stem, stamp, revision, build: f"{stem}{stamp}-{revision}{build}",
    st.sampled_from(
        ["v0.0.0-", "v2.0.0-", "v1.2.4-0.", "v1.2.0-0.", "v1.2.3-pre.0.", "v1.2.3-pre-0.", "v1.2.3-a.b-c.0.", "v1.2.3-"]
    ),
    stamps,
    st.sampled_from(["abcdefabcdef", "0", "", "a-b", "a.b"]),
    st.sampled_from(["", "+incompatible", "+x"]),
)


def model(text: str) -> tuple[object, ...]:
    """The order of semver.org, 11, written down anew: for valid versions only."""
    core, _, build_free = text[1:].partition("+")[0].partition("-")
    release = [int(number) for number in core.split(".")] + [0, 0]
    parts = [(0, int(part), "") if re.fullmatch("[0-9]+", part) else (1, 0, part) for part in build_free.split(".")]
    return (*release[:3], not build_free, parts)


@given(left=valid_versions, right=valid_versions)
def test_the_order_is_that_of_the_specification(left: str, right: str) -> None:
    """Numbers by value, pre-releases before their release, numeric identifiers before others; build does not count."""
    first, second = model(left), model(right)
    assert version.compare(left, right) == (first > second) - (first < second)


@given(texts=st.lists(near_versions, min_size=3, max_size=3))
def test_the_order_is_total(texts: list[str]) -> None:
    """Antisymmetric and transitive, for whatever texts; the highest is at least each."""
    a, b, c = sorted(texts, key=cmp_to_key(version.compare))
    assert version.compare(a, b) <= 0
    assert version.compare(a, c) <= 0
    assert version.compare(b, a) == -version.compare(a, b)
    assert version.compare(version.max_version(texts), c) == 0


@against_go
@given(left=near_versions, right=near_versions)
def test_go_compares_the_same(oracle: GoOracle, left: str, right: str) -> None:
    """semver.Compare, for texts that are versions and texts that are none."""
    assert version.compare(left, right) == oracle.ask("compare", left, right)


@against_go
@given(text=near_versions)
def test_go_finds_the_same_parts(oracle: GoOracle, text: str) -> None:
    """Validity, canonical form, major and pre-release are Go's."""
    found = version.parse(text)
    assert oracle.ask("semver", text) == {
        "valid": version.is_valid(text),
        "canonical": version.canonical(text),
        "major": version.major(text),
        "prerelease": version.prerelease(text),
        "incompatible": version.is_incompatible(text),
    }
    assert (found is not None) == version.is_valid(text)
    assert version.is_canonical(text) == (version.canonical(text) == text != "")


@against_go
@given(text=near_pseudos)
def test_go_takes_pseudo_versions_apart_the_same_way(oracle: GoOracle, text: str) -> None:
    """Which texts are pseudo-versions, and their base, time and revision."""
    found = version.pseudo(text)
    ours = found and {
        "base": found.base,
        "revision": found.revision,
        "time": found.time and found.time.strftime("%Y-%m-%dT%H:%M:%S").zfill(19),
    }
    assert ours == oracle.ask("pseudo", text)
    assert version.is_pseudo(text) == (found is not None)


def test_parts_of_a_version() -> None:
    """Numbers, pre-release and build; short versions say so."""
    assert version.parse("v1.20.3-rc.1+meta") == version.Semver(1, 20, 3, "-rc.1", "+meta", is_short=False)
    assert version.parse("v2") == version.Semver(2, 0, 0, "", "", is_short=True)
    assert version.parse("1.0.0") is None


@pytest.mark.parametrize(
    ("text", "base", "revision"),
    [
        ("v0.0.0-20240102030405-abcdefabcdef", "", "abcdefabcdef"),
        ("v1.2.4-0.20240102030405-abcdefabcdef", "v1.2.3", "abcdefabcdef"),
        ("v1.2.3-rc.1.0.20240102030405-abcdefabcdef", "v1.2.3-rc.1", "abcdefabcdef"),
        ("v2.0.1-0.20240102030405-abcdefabcdef+incompatible", "v2.0.0+incompatible", "abcdefabcdef"),
    ],
)
def test_parts_of_a_pseudo_version(text: str, base: str, revision: str) -> None:
    """The tag before the commit, when it was made, and its hash."""
    assert version.pseudo(text) == version.Pseudo(base, datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), revision)


@pytest.mark.parametrize("text", ["main", "latest", "v1", "v1.2", "v1.2.3+meta", ">=v1.0.0", "", "abcdefabcdef"])
def test_queries_are_not_canonical(text: str) -> None:
    """What Go would resolve anew is no version that pins anything."""
    assert not version.is_canonical(text)


def test_the_highest_of_none_is_empty() -> None:
    """No versions, no highest one."""
    assert version.max_version([]) == ""
    assert version.max_version(["v1.9.0", "v1.10.0-rc.1", "main"]) == "v1.10.0-rc.1"
