"""Where the repository of a gitops target is, and what the checkout's own configuration adds to reach it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.targets.checkout import Checkout, GitAccess
from go_release_gate.config.releases import Target
from go_release_gate.errors import UsageError

GITHUB = "https://github.com"
_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+")
_NAMED = re.compile(
    r"(?:https?://|ssh://|(?=[^/:]+@[^/:]+:))(?:[^/@]*@)?(?P<host>[^/:@]+)(?::\d+(?=/))?[/:]"
    r"(?P<name>[^/:]+/[^/:]+?)(?:\.git)?/?"
)
_LOCAL = r"^(http\.|credential\.|url\.|core\.sshcommand$)"


def full_address(repository: str, server: str = "") -> str:
    """The address of `repository`, `owner/name` at the server (GITHUB_SERVER_URL) or an address already."""
    if _SHORT.fullmatch(repository) and ".." not in repository:
        return f"{(server or GITHUB).rstrip('/')}/{repository}.git"
    return repository


def repository_name(address: str, server: str = "") -> str:
    """`owner/name` of a repository at the server, by its address; empty for one that lies elsewhere."""
    match = _NAMED.fullmatch(address)
    host = (server or GITHUB).partition("://")[2].partition("/")[0].partition(":")[0]
    return match["name"] if match and match["host"].casefold() == host.casefold() else ""


def own_address(runner: Runner, program: Path, environment: Mapping[str, str], root: Path, remote: str) -> str:
    """The address that a checkout pushes to. Raises UsageError where it has no such remote."""
    answer = _git(runner, program, environment, root, "remote", "get-url", "--push", "--", remote)
    address = answer.decode("utf-8", "surrogateescape").strip()
    if not address:
        raise UsageError(f"the checkout has no remote {remote}", "set `repository` of the gitops target")
    is_path = "://" not in address and not re.match(r"[^/]+:", address)
    return str((root / address).resolve()) if is_path else address


def own_settings(runner: Runner, program: Path, environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """`environment` with what the checkout's own configuration says of logins and addresses.

    A workflow's checkout keeps its login there (`persist-credentials`), where a private copy would not find it.
    """
    answer = _git(
        runner, program, environment, root, "config", "--local", "--includes", "-z", "--get-regexp", _LOCAL
    )  # fmt: skip
    pairs = [row.partition("\n") for row in answer.decode("utf-8", "surrogateescape").split("\0") if row]
    first = int(environment.get("GIT_CONFIG_COUNT") or 0)
    added = {"GIT_CONFIG_COUNT": str(first + len(pairs))}
    for number, (key, _, value) in enumerate(pairs, first):
        added |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {**environment, **added}


def _git(runner: Runner, program: Path, environment: Mapping[str, str], root: Path, *words: str) -> bytes:
    answer = runner.run([str(program), *words], cwd=root, env=environment, timeout=60.0)
    return answer.stdout if answer.returncode == 0 else b""


def checkout_for(target: Target, access: GitAccess, root: Path, remote: str, server: str = "") -> Checkout:
    """The repository of a target: its own, or that of the checkout at `root` by the address of `remote`."""
    if target.repository:
        return Checkout(access, full_address(target.repository, server))
    address = own_address(access.runner, access.program, access.environment, root, remote)
    settings = own_settings(access.runner, access.program, access.environment, root)
    return Checkout(replace(access, environment=settings), address)
