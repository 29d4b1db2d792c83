"""The guide about releases shows a configuration that loads, and names every rule about tags."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from go_release_gate.config.policy import read_policy
from go_release_gate.facts.release_table import tag_prefix
from go_release_gate.model.severity import Event
from go_release_gate.rules.registry import RULES

GUIDE = (Path(__file__).parents[2] / "docs/guides/releases-by-tag.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
PREFIXES = re.findall(r"(?m)^\| `([^`]+)` \| `([^`]+)` \| `(.*?)v\d\.…`", GUIDE)


def test_the_configuration_loads() -> None:
    """The example is a valid file, and says what the text says of it."""
    settings = read_policy(BLOCKS[1].encode(), "f", Event.TAG, {}).settings

    assert [image.module for image in settings.images] == [".", "services/api"]
    assert settings.release.branches == ("main", "release/*")
    assert (settings.release.tags, settings.policy) == ("annotated", "strict")


def test_the_workflow_is_yaml() -> None:
    """The step has history, and asks for no more than to read."""
    workflow = yaml.safe_load(BLOCKS[0])

    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["gate"]["steps"][0]["with"] == {"fetch-depth": 0}


def test_the_tags_of_modules() -> None:
    """What the table says comes before a version is what does."""
    assert len(PREFIXES) == 4
    for directory, path, prefix in PREFIXES:
        assert tag_prefix(directory, path) == prefix


def test_every_rule_about_tags_is_named() -> None:
    """The table of rules is whole."""
    about_tags = {rule.id for rule in RULES if rule.run.__module__.startswith("go_release_gate.rules.tag.")}

    assert set(re.findall(r"\(\.\./rules/(.*?)\.md\)", GUIDE)) == about_tags
