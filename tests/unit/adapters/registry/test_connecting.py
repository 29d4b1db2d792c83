"""Which login is used for an image: lines, Docker's configuration, the job's own token."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from go_release_gate.adapters.registry.connecting import Connecting, connect, logins_of
from go_release_gate.adapters.registry.dockerconfig import load
from go_release_gate.errors import UsageError

WORKFLOW = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "Acme/shop", "GITHUB_SERVER_URL": "https://github.com"}


@pytest.fixture
def docker(tmp_path: Path) -> dict[str, str]:
    """An environment with a login of docker for ghcr.io and quay.io."""
    entry = {"auth": base64.b64encode(b"docker:tok").decode()}
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"ghcr.io": entry, "quay.io": entry}}))
    return {"DOCKER_CONFIG": str(tmp_path)}


def user(environ: dict[str, str], wanted: Connecting, domain: str, path: str) -> str:
    """The user of the login that is taken; empty: none is."""
    login = logins_of(environ, wanted).find(domain, path)
    return login.user if login else ""


def test_the_most_explicit_wins(docker: dict[str, str], tmp_path: Path) -> None:
    """A line before docker's login, that before the job's token."""
    wanted = Connecting(tmp_path / "checkout", "ghcr.io line:tok", "ghs_job")
    environ = {**docker, **WORKFLOW}
    assert user(environ, wanted, "ghcr.io", "acme/shop") == "line"
    assert user(environ, wanted, "quay.io", "acme/shop") == "docker"
    without = Connecting(tmp_path / "checkout", "", "ghs_job")
    assert user(environ, without, "ghcr.io", "acme/shop") == "docker"
    assert user(WORKFLOW, without, "ghcr.io", "acme/shop") == "x-access-token"


@pytest.mark.parametrize(
    ("environ", "domain", "path"),
    [
        (WORKFLOW, "ghcr.io", "other/shop"),
        (WORKFLOW, "ghcr.io", "acmecorp/shop"),
        (WORKFLOW, "ghcr.io.example.com", "acme/shop"),
        (WORKFLOW, "docker.io", "acme/shop"),
        ({**WORKFLOW, "GITHUB_SERVER_URL": "https://github.example.com"}, "ghcr.io", "acme/shop"),
        ({**WORKFLOW, "GITHUB_ACTIONS": ""}, "ghcr.io", "acme/shop"),
        ({**WORKFLOW, "GITHUB_REPOSITORY": ""}, "ghcr.io", "/shop"),
    ],
)
def test_the_token_of_the_job_stays_at_home(environ: dict[str, str], domain: str, path: str, tmp_path: Path) -> None:
    """It is offered to GitHub's registry alone, for images of the repository's owner, in a workflow of github.com."""
    assert user(environ, Connecting(tmp_path, "", "ghs_job"), domain, path) == ""


def test_untrusted_events(docker: dict[str, str], tmp_path: Path) -> None:
    """A fork's pull request has no login at all."""
    wanted = Connecting(tmp_path / "checkout", "ghcr.io line:tok", "ghs_job", trusted=False)
    logins = logins_of({**docker, **WORKFLOW}, wanted)
    assert logins.names() == ()
    assert logins.find("ghcr.io", "acme/shop") is None


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A wrong line or a file without certificates is a usage error before anything is asked."""
    with pytest.raises(UsageError, match="registry-credentials, line 1"):
        connect({}, Connecting(tmp_path, "nonsense"))
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(UsageError, match="certificate authorities"):
        connect({}, Connecting(tmp_path, authorities=str(tmp_path / "empty.pem")))


def test_nothing_secret_is_shown(docker: dict[str, str], tmp_path: Path) -> None:
    """Neither names nor representations hold a secret."""
    wanted = Connecting(tmp_path / "checkout", "ghcr.io line:hunter2", "ghs_job")
    logins = logins_of({**docker, **WORKFLOW}, wanted)
    assert logins.names() == (
        "ghcr.io (registry-credentials)",
        "ghcr.io (Docker's configuration)",
        "quay.io (Docker's configuration)",
        "ghcr.io/acme (github-token)",
    )
    shown = repr(wanted) + repr(logins.find("ghcr.io", "acme/shop")) + repr(load(docker, wanted.root, None))
    assert not any(secret in shown for secret in ("hunter2", "ghs_job", "ZG9ja2VyOnRvaw"))
