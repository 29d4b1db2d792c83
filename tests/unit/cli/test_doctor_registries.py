"""`doctor` says which registries there is a login for, and never the login."""

from __future__ import annotations

import json
from pathlib import Path

from go_release_gate.cli import examine
from go_release_gate.cli.examine import State


def test_a_line_for_each(tmp_path: Path) -> None:
    """Lines of the input and what docker has left, one each, without secrets."""
    (tmp_path / "config.json").write_text(json.dumps({"credHelpers": {"quay.io": "secretservice"}}))
    given = "ghcr.io/acme reader:hunter2"
    environ = {"DOCKER_CONFIG": str(tmp_path), "GO_RELEASE_GATE_REGISTRY_CREDENTIALS": given}
    found = examine.registries(tmp_path / "checkout", environ)
    assert [each.text for each in found] == [
        "ghcr.io/acme (registry-credentials)",
        "quay.io (docker-credential-secretservice)",
    ]
    assert "hunter2" not in repr(found)


def test_none(tmp_path: Path) -> None:
    """Without a login that is said, and is no trouble."""
    (found,) = examine.registries(tmp_path, {"HOME": str(tmp_path / "home")})
    assert (found.state, found.text) == (State.FINE, "none")


def test_lines_that_cannot_be_read(tmp_path: Path) -> None:
    """A wrong line is trouble: a check would end with it."""
    (found,) = examine.registries(tmp_path, {"GO_RELEASE_GATE_REGISTRY_CREDENTIALS": "ghcr.io :hunter2"})
    assert found.state is State.TROUBLE
    assert "hunter2" not in repr(found)
