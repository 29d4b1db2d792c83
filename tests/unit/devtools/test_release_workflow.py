"""release-own.yml: who may write, what waits for what, and in which order things become public."""

from __future__ import annotations

from typing import Any

import yaml

from support.ownrelease import ROOT

TEXT = (ROOT / ".github/workflows/release-own.yml").read_text("utf-8")
JOBS: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["jobs"]


def needed(name: str) -> set[str]:
    """Every job that a job waits for, through others too."""
    direct = JOBS[name].get("needs", [])
    direct = [direct] if isinstance(direct, str) else direct
    return {*direct, *(far for near in direct for far in needed(near))}


def test_nothing_is_public_before_it_was_tested_and_judged() -> None:
    """The push waits for tests, for the gate's own verdict and for the image; publishing waits for the verification."""
    assert {"plan", "test", "check", "image"} <= needed("push")
    assert {"push", "assemble", "verify"} <= needed("publish")
    for name in ("assemble", "verify", "publish"):
        assert "== 'success'" in JOBS[name]["if"]  # a skipped image is no reason to go on with a failed one


def test_rights_to_write_are_where_they_are_used() -> None:
    """Only the push writes packages; no job's own token writes contents; the App's key is behind the environment."""
    writes = {
        name: {key for key, value in job["permissions"].items() if value == "write"} for name, job in JOBS.items()
    }
    assert {name: rights for name, rights in writes.items() if rights} == {
        "push": {"packages", "id-token", "attestations"},
        "assemble": {"id-token", "attestations"},
    }
    holders = [name for name, job in JOBS.items() if "secrets." in yaml.safe_dump(job)]
    assert holders == ["publish"]
    assert JOBS["publish"]["environment"] == "release"


def test_the_tag_comes_before_the_release_and_the_major_tag_last() -> None:
    """Tag, draft and publishing, major tag: in one step, in this order."""
    places = [TEXT.index(word) for word in ("refs.py tag", "publish.sh", "refs.py major")]
    assert places == sorted(places)


def test_what_is_tested_is_what_is_built() -> None:
    """Tests and build get the same base images, by the digests that were asked for once."""
    for name in ("GO_IMAGE", "PYTHON_IMAGE"):
        value = f"${{{{ needs.plan.outputs.{name.lower().replace('_', '-')} }}}}"
        assert f"{name}: {value}" in TEXT
        assert f"{name}={value}" in TEXT


def test_the_verification_expects_this_workflow() -> None:
    """Script, contributing guide and security page name the file that signs."""
    for path in ("devtools/release/verify.sh", "CONTRIBUTING.md", "SECURITY.md"):
        assert ".github/workflows/release-own.yml" in (ROOT / path).read_text("utf-8")
