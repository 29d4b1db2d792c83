"""The environment of tests: what Go gets, and PATH, but none of what only fetching modules needs. Pure.

Tests are code of the repository, perhaps a stranger's: inputs, tokens and logins of the step are not among their
variables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.adapters.environment import git_configuration

DOCKER_PASSED = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "XDG_RUNTIME_DIR",
)  # fmt: skip
RELEASE_PASSED = ("RELEASE_IMAGE", "RELEASE_IMAGE_DIGEST")
"""The image that commands test, and its digest: .github/workflows/test.yml gives them."""
_PASSED = ("CI", "TZ", "CC", "CXX", "PKG_CONFIG_PATH", *DOCKER_PASSED, *RELEASE_PASSED)
_OF_FETCHING = (
    "GOAUTH",
    "NETRC",
    "GIT_ALLOW_PROTOCOL",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "SSH_AUTH_SOCK",
    "GOVCS",
    "GOENV",
)


def tests_environment(go: Mapping[str, str], parent: Mapping[str, str], root: Path) -> dict[str, str]:
    """The variables of test processes.

    Args:
        go: the environment of Go in a session without credentials. parent: of this process, for PATH and little more.
        root: the repository, in which git works whoever owns it.
    """
    kept = {
        name: value
        for name, value in go.items()
        if name not in _OF_FETCHING and not name.startswith("GIT_CONFIG_") and not _has_login(value)
    }
    if _has_login(go.get("GOPROXY", "")):
        kept["GOPROXY"] = "off"  # everything was fetched before
    kept |= {name: parent[name] for name in _PASSED if parent.get(name)}
    kept["PATH"] = os.pathsep.join(dict.fromkeys(filter(None, (go.get("PATH", ""), parent.get("PATH", "")))))
    kept["GOENV"] = "off"
    kept.pop("CGO_ENABLED", None)
    return kept | git_configuration((("safe.directory", str(root)),))


def _has_login(value: str) -> bool:
    """Whether an address in it carries a user's name or password."""
    return any("@" in one.partition("://")[2].partition("/")[0] for one in value.replace("|", ",").split(","))
