"""A docker/metadata-action step evaluated through the tag language."""

from __future__ import annotations

import pytest

from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.publishers.metadata import metadata_outputs
from go_release_gate.workflow.runs import Run, pull_request

TAG = Run("push", "refs/tags/v1.2.3", repository="acme/shop")
MAIN = Run("push", "refs/heads/main", repository="acme/shop", sha="c" * 40)


@pytest.mark.parametrize(
    ("entries", "run", "tags"),
    [
        ("", TAG, ["a/b:v1.2.3", "a/b:latest"]),
        ("type=semver,pattern={{version}}\ntype=semver,pattern={{major}}", TAG, ["a/b:1.2.3", "a/b:1", "a/b:latest"]),
        ("type=sha", TAG, ["a/b:…"]),
        ("type=sha", MAIN, ["a/b:sha-ccccccc"]),
        ("type=raw,value={{date 'YYYYMMDD'}}\ntype=raw,value=x", MAIN, ["a/b:…", "a/b:x"]),
        ("type=edge", MAIN, ["a/b:edge"]),
        ("type=raw,value=x,enable={{is_default_branch}}", MAIN, ["a/b:x"]),
        ("type=raw,value=x,enable={{is_default_branch}}", TAG, []),
        ("type=ref,event=pr", pull_request(7, "main"), ["a/b:pr-7"]),
        ("type=ref,event=pr", pull_request(7, "main", event="pull_request_target"), ["a/b:pr-7"]),
        ("type=raw,value={{base_ref}}", pull_request(7, "dev"), ["a/b:dev"]),
    ],
)
def test_tags(entries: str, run: Run, tags: list[str]) -> None:
    """The names docker/metadata-action makes; what depends on the clock or an unknown commit is a hole."""
    holes = Holes()
    found = metadata_outputs({"images": "a/b", "tags": entries}, run, holes)

    assert isinstance(found["tags"], str)
    assert holes.shown(found["tags"]).splitlines() == tags


def test_unknown_parts() -> None:
    """An unknown account stays a hole in names that are known; an unknown entry spoils its own name alone."""
    holes = Holes()
    hole = holes.mark("a secret", "$SECRET")
    account = metadata_outputs({"images": f"{hole}/shop", "tags": "type=semver,pattern={{version}}"}, TAG, holes)
    entry = metadata_outputs({"images": "a/b", "tags": f"type=raw,value=x\ntype=raw,value={hole}"}, TAG, holes)

    assert holes.shown(str(account["tags"])).splitlines() == ["$SECRET/shop:1.2.3", "$SECRET/shop:latest"]
    assert holes.shown(str(entry["tags"])).splitlines() == ["a/b:x", "a/b:…"]


def test_refusals() -> None:
    """What the action refuses is unknown, with its reason; so is an entry that an unknown word switches."""
    holes = Holes()
    hole = holes.mark("a secret", "$SECRET")
    refused = metadata_outputs({"images": "a/b", "tags": "type=what"}, TAG, holes)["tags"]
    switched = metadata_outputs({"images": "a/b", "tags": f"type=raw,value=x,enable={hole}"}, TAG, holes)["version"]

    assert isinstance(refused, Unknown)
    assert "unknown type 'what'" in refused.reason
    assert switched == Unknown("an entry depends on what is only known while it runs")


def test_separator() -> None:
    """`sep-tags` stands between the tags."""
    found = metadata_outputs({"images": "a/b", "sep-tags": ","}, TAG, Holes())

    assert found["tags"] == "a/b:v1.2.3,a/b:latest"
    assert found["version"] == "v1.2.3"
