"""Flags, environment, files and defaults, in that order, each with its origin."""

from __future__ import annotations

from typing import Any

import pytest

from go_release_gate.config.event import EventContext
from go_release_gate.config.load import ConfigFiles, Given, Loaded, load
from go_release_gate.errors import ConfigError, UsageError
from go_release_gate.model.severity import Event, Severity

RULES = {"untidy-module": Severity.ERROR, "stale-vendor": Severity.WARNING}
NOTHING = Given({}, {})
PULL_REQUEST = EventContext(Event.PULL_REQUEST, "pull_request", base="b" * 40)


def loaded(head: str | None = None, given: Given = NOTHING, event: EventContext | None = None, **files: Any) -> Loaded:
    data = None if head is None else head.encode()
    return load(given, event or EventContext(), ConfigFiles(head=data, **files), RULES)


def flags(**values: Any) -> Given:
    names = {key.replace("_", "-"): value for key, value in values.items()}
    return Given(names, {name: f"--{name}" for name in names})


def test_a_flag_beats_the_file_and_a_file_the_default() -> None:
    """Each key comes from the strongest place that gives it, and says which."""
    found = loaded("fail-on: note\njobs: 4\n", flags(fail_on="never", go_version="1.25.3", exclude=("x",)))

    assert (found.settings.fail_on, found.settings.jobs, found.settings.go.version) == (None, 4, "1.25.3")
    assert found.settings.exclude == ("x",)
    assert found.origins["fail-on"] == "--fail-on"
    assert found.origins["jobs"] == ".go-release-gate.yml:2"
    assert found.origins["go.version"] == "--go-version"
    assert "verify" not in found.origins


def test_a_given_event_beats_the_environments() -> None:
    """`--event tag` judges by a tag's severities; trust stays what the event says."""
    event = EventContext(Event.PULL_REQUEST, "pull_request", trusted=False)
    found = loaded("severity: {stale-vendor: {tag: error}}", flags(event="tag", tag="v1"), event)

    assert (found.settings.event, found.settings.tag, found.settings.trusted) == (Event.TAG, "v1", False)
    assert found.settings.severities == {"stale-vendor": Severity.ERROR}


def test_an_unknown_rule_in_a_flag() -> None:
    """The error names the flag and the nearest rule."""
    with pytest.raises(UsageError, match="--select: unknown rule 'untidy'") as caught:
        loaded(None, flags(select=("untidy",)))

    assert "untidy-module" in caught.value.hint


def test_a_pull_request_cannot_disable_checks() -> None:
    """The head's file turns everything off; the base's counts, and that is said."""
    head = "ignore: [untidy-module]\nseverity: {stale-vendor: off}\nfail-on: never\nexclude: ['**']\n"
    found = loaded(head, event=PULL_REQUEST, base=b"fail-on: warning\n", is_foreign=True)

    assert found.settings.ignore == found.settings.exclude == ()
    assert found.settings.severities == {}
    assert found.settings.fail_on is Severity.WARNING
    assert found.origins["fail-on"] == ".go-release-gate.yml of the base commit:1"
    assert "waits for its merge" in found.notices[0]


def test_a_pull_request_can_tighten() -> None:
    """A stricter head counts at once and is named as origin; an equal file needs no word."""
    found = loaded("fail-on: note\n", event=PULL_REQUEST, base=b"fail-on: error\n", is_foreign=True)
    same = loaded("fail-on: note\n", event=PULL_REQUEST, base=b"fail-on: note\n", is_foreign=True)

    assert (found.settings.fail_on, found.origins["fail-on"]) == (Severity.NOTE, ".go-release-gate.yml:1")
    assert not same.notices


def test_without_the_base_commit_the_defaults_are_tightened() -> None:
    """A base that cannot be read loosens nothing, and the notice says what to do."""
    found = loaded(
        "ignore: [untidy-module]\nfail-on: note\n", event=PULL_REQUEST, is_base_readable=False, is_foreign=True
    )

    assert (found.settings.ignore, found.settings.fail_on) == ((), Severity.NOTE)
    assert "cannot be read" in found.notices[0]
    assert "fetch-depth: 2" in found.notices[1]


def test_a_broken_file_of_the_base_is_told_apart() -> None:
    """A fault of the base's file does not look like one of the pull request's."""
    with pytest.raises(ConfigError) as caught:
        loaded("jobs: 1\n", event=PULL_REQUEST, base=b"jbs: 1\n", is_foreign=True)

    assert caught.value.path == ".go-release-gate.yml of the base commit"


def test_no_file_at_all_says_nothing() -> None:
    """A pull request in a repository without configuration hears nothing of configurations."""
    assert loaded(event=PULL_REQUEST, is_base_readable=False, is_foreign=True).notices == ()
