"""The environment of git where it talks to the ledger's remote: the person's own, or the step's token."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from go_release_gate.adapters.environment import NETWORK_PASSED, PERSONAL_PASSED, SYSTEM_PATH, git_configuration
from go_release_gate.adapters.process import Runner

PASSED = (*NETWORK_PASSED, *PERSONAL_PASSED, "HOME", "SSH_ASKPASS", "GIT_ASKPASS", "DISPLAY", "TMPDIR")
SETTINGS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("protocol.ext.allow", "never"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)


def git_environment(
    environ: Mapping[str, str], root: Path, runner: Runner, program: Path, token: str
) -> dict[str, str]:
    """The whole environment of git's processes.

    On a person's machine their own settings, keys and helpers count. In a workflow the token is used for the server's
    own address, unless the checkout has a login already (`persist-credentials`): that may be of an identity that the
    ledger's ruleset lets through, where the step's own token is not.
    """
    path = environ.get("PATH", "")
    variables = {name: environ[name] for name in PASSED if environ.get(name)}
    variables |= {"PATH": ":".join(filter(None, (path, *SYSTEM_PATH))), "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}
    settings: tuple[tuple[str, str], ...] = (
        ("safe.directory", str(root)),
        ("safe.directory", str(_top(root))),
        *SETTINGS,
    )
    server = environ.get("GITHUB_SERVER_URL", "")
    if environ.get("GITHUB_ACTIONS") != "true":
        return variables | git_configuration(settings)
    plain = variables | git_configuration(settings)
    if token and server.startswith("https://") and not _has_login(runner, program, plain, root, server):
        word = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        settings = (*settings, (f"http.{server}/.extraheader", f"AUTHORIZATION: basic {word}"))
    return variables | git_configuration(settings)


def _has_login(runner: Runner, program: Path, variables: Mapping[str, str], root: Path, server: str) -> bool:
    words = [str(program), "config", "--get-urlmatch", "http.extraheader", f"{server}/"]
    return bool(runner.run(words, cwd=root, env=variables, timeout=60.0).stdout.strip())


def _top(root: Path) -> Path:
    return next((place for place in (root, *root.parents) if (place / ".git").exists()), root)
