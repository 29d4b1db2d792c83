"""A pull request's configuration can only make the base commit's stricter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.config.settings import GoSettings, ImageSettings, ReleaseSettings, Settings
from go_release_gate.config.tighten import tighten
from go_release_gate.model.severity import Severity

RULES = {"a": Severity.ERROR, "b": Severity.WARNING, "c": Severity.NOTE}
NAMES = st.lists(st.sampled_from(sorted(RULES)), unique=True).map(tuple)
LEVELS = st.sampled_from([*Severity, None])
SETTINGS = st.builds(
    Settings,
    select=NAMES,
    ignore=NAMES,
    include=NAMES,
    exclude=NAMES,
    severities=st.dictionaries(st.sampled_from(sorted(RULES)), LEVELS),
    fail_on=LEVELS,
    on_unavailable=st.sampled_from(["fail", "warn"]),
    verify=st.sampled_from(["anchored", "go", "both"]),
    baseline=st.sampled_from(["", "b.json"]),
    edition=st.sampled_from(["0.1", "0.9", "0.10"]),
    prepare=st.sampled_from([(), ("make",)]),
    only_new=st.booleans(),
    policy=st.sampled_from(["default", "strict"]),
    release=st.builds(
        ReleaseSettings,
        branches=st.lists(st.sampled_from(["main", "release/*"]), unique=True).map(tuple),
        tags=st.sampled_from(["any", "annotated", "signed"]),
    ),
    images=st.lists(
        st.builds(ImageSettings, st.sampled_from(["shop", "api"]), st.sampled_from([".", "api"])), max_size=2
    ).map(tuple),
)
KINDS = ("any", "annotated", "signed")


def level(settings: Settings, rule: str) -> int:
    """How grave a finding of `rule` is: 0 error … 3 off."""
    chosen = not settings.select or rule in settings.select
    severity = settings.severities.get(rule, RULES[rule])
    return 3 if severity is None or rule in settings.ignore or not chosen else severity.rank


def threshold(settings: Settings) -> int:
    """How much fails: 3 everything … 0 nothing."""
    return 0 if settings.fail_on is None else settings.fail_on.rank + 1


@given(base=SETTINGS, head=SETTINGS)
def test_nothing_is_ever_looser_than_the_base(base: Settings, head: Settings) -> None:
    """Whatever the head says: every rule stays at least as grave, every threshold as low, every directory judged."""
    tight = tighten(base, head, RULES)

    assert all(level(tight, rule) <= level(base, rule) for rule in RULES)
    assert threshold(tight) >= threshold(base)
    assert set(tight.exclude) <= set(base.exclude)
    assert set(tight.include) >= set(base.include)
    assert base.on_unavailable == "warn" or tight.on_unavailable == "fail"
    assert tight.verify in (base.verify, "both")
    assert tight.baseline in (base.baseline, "")
    assert tight.prepare == base.prepare
    assert base.only_new or not tight.only_new
    assert base.policy == "default" or tight.policy == "strict"
    assert KINDS.index(tight.release.tags) == max(map(KINDS.index, (base.release.tags, head.release.tags)))
    assert not base.release.branches or set() < set(tight.release.branches) <= set(base.release.branches)
    assert base.release.branches or tight.release.branches == head.release.branches
    assert tight.images[: len(base.images)] == base.images
    assert [int(n) for n in tight.edition.split(".")] >= [int(n) for n in base.edition.split(".")]


@given(settings=SETTINGS)
def test_an_unchanged_file_changes_nothing(settings: Settings) -> None:
    """A pull request that leaves the file alone is judged exactly by it."""
    assert tighten(settings, settings, RULES) == replace(settings)


@given(base=SETTINGS, head=SETTINGS)
def test_the_head_can_tighten(base: Settings, head: Settings) -> None:
    """Where the head is stricter in one setting, its value counts at once."""
    tight = tighten(base, head, RULES)

    assert threshold(tight) >= threshold(head)
    for rule in set(head.severities) - set(head.ignore) - set(base.ignore):
        head_level, own = head.severities[rule], tight.severities.get(rule, RULES[rule])
        assert own is not None or head_level is None
        assert head_level is None or (own is not None and own.rank <= head_level.rank)


@pytest.mark.parametrize(
    ("base", "head", "version"),
    [("1.24.0", "1.25.1", "1.25.1"), ("1.25.1", "1.24.0", "1.25.1"), ("", "1.20", ""), ("1.9.1", "1.10.1", "1.10.1")],
)
def test_a_newer_go_may_be_asked_for(base: str, head: str, version: str) -> None:
    """The pull request that raises the go line may raise the Go that judges it, never lower it; numbers, not text."""
    tight = tighten(Settings(go=GoSettings(base)), Settings(go=GoSettings(head, fetch_toolchain=True)), RULES)

    assert tight.go == GoSettings(version, fetch_toolchain=False)


def test_a_rule_nobody_knows_the_severity_of_cannot_be_loosened() -> None:
    """A side that sets nothing means the rule's own severity, not no severity."""
    tight = tighten(Settings(), Settings(severities={"a": None, "b": Severity.ERROR}), RULES)

    assert tight.severities == {"b": Severity.ERROR}


def test_a_pull_request_may_add_an_image_and_change_none() -> None:
    """A new image brings its entry along; what the base says of an image stays until the change is merged."""
    base = Settings(images=(ImageSettings("shop"),))
    head = Settings(images=(ImageSettings("shop", "elsewhere"), ImageSettings("api", "api")))

    assert tighten(base, head, RULES).images == (ImageSettings("shop"), ImageSettings("api", "api"))
