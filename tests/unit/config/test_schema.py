"""The schema of the configuration file is made from the dataclasses and agrees with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import jsonschema
import pytest

from go_release_gate.config.building import BuildService, BuildSettings
from go_release_gate.config.document import Document, EventLevels, ImageEntry
from go_release_gate.config.keys import key_of
from go_release_gate.config.load import flat
from go_release_gate.config.releases import (
    Alert,
    Environment,
    HealthSettings,
    HttpProbe,
    LedgerSettings,
    MetricQuery,
    RequestKey,
    Requirement,
    Service,
    Signer,
    Target,
)
from go_release_gate.config.schema import _schema, config_schema, descriptions
from go_release_gate.config.settings import GoSettings, ReleaseSettings, Settings, WorkloadSettings
from go_release_gate.config.testing import TestingSettings

RELEASE_KINDS = (
    Alert, Environment, HealthSettings, HttpProbe, LedgerSettings, MetricQuery, RequestKey,
    Requirement, Service, Signer, Target
)  # fmt: skip


def test_it_is_a_valid_schema() -> None:
    """The schema is one of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(config_schema(["a-rule"]))


def test_every_pattern_has_an_example_that_fits() -> None:
    """A value that does not fit is answered with one that does."""

    def patterns(node: Any) -> Iterator[dict[str, Any]]:
        for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from patterns(one)
        if isinstance(node, dict) and isinstance(node.get("pattern"), str):
            yield node

    found = list(patterns(config_schema(["a-rule"])))
    assert found
    for one in found:
        assert re.search(one["pattern"], one["examples"][0]), one


@pytest.mark.parametrize(
    ("floor", "is_one"),
    [
        *((text, True) for text in ("", "v1.4.0", "1.4", "v2", "1.4.0-rc.1", "1.0.0+b")),
        *((text, False) for text in ("v1.x", "latest", "1.4-rc.1", "01.2.0", "1.2.3.4", "v")),
    ],
)
def test_a_floor_is_a_version(floor: str, is_one: bool) -> None:
    """One that is none would be below everything, and hold nothing back."""
    document = {"services": {"api": {"image": "registry.example.com/api", "floor": floor}}}
    assert jsonschema.Draft202012Validator(config_schema(["a-rule"])).is_valid(document) is is_one


@pytest.mark.parametrize(
    "kind",
    [
        Document,
        BuildSettings,
        BuildService,
        GoSettings,
        ReleaseSettings,
        WorkloadSettings,
        ImageEntry,
        EventLevels,
        *RELEASE_KINDS,
    ],
)
def test_every_key_is_described(kind: type) -> None:
    """Each attribute has a line in its class's docstring, which becomes the description."""
    assert set(descriptions(kind)) == {item.name for item in fields(kind)}


def test_every_key_of_the_file_is_shown_when_in_force() -> None:
    """`config --effective` shows each key that the file can hold."""
    shown = set(flat(Settings()))
    keys = {key_of(item.name) for item in fields(Document)} - {
        "build",
        "go",
        "release",
        "severity",
        "test",
        "workloads",
    }
    keys |= {f"build.{key_of(item.name)}" for item in fields(BuildSettings)}
    keys |= {f"go.{key_of(item.name)}" for item in fields(GoSettings)}
    keys |= {f"release.{key_of(item.name)}" for item in fields(ReleaseSettings)}
    keys |= {f"test.{key_of(item.name)}" for item in fields(TestingSettings)}
    keys |= {f"workloads.{key_of(item.name)}" for item in fields(WorkloadSettings)}

    assert keys <= shown


def test_an_unknown_type_is_no_silent_gap() -> None:
    """A setting of a type the walk does not know fails the walk, it is not left unchecked."""
    with pytest.raises(TypeError):
        _schema(bytes, ())
