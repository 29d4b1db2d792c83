"""Hand module credentials to Go and its git: by environment and private files, never in arguments.

git gets a header for each address prefix; the longest prefix wins. Go's own requests get the same by GOAUTH
(Go 1.24 and newer, per prefix) and by a netrc (per host only: a credential for one owner is not in it, because Go 1.23
would send it to every owner of that host).
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from go_release_gate.adapters.credentials import Credential

SHARED_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com"})
"""Hosts of many owners: calling all of one private would take public modules away from the checksum database."""


def git_settings(credentials: Sequence[Credential]) -> tuple[tuple[str, str], ...]:
    """Give the (key, value) pairs of git configuration. git keeps the longest match only if it comes first."""
    ordered = sorted(credentials, key=lambda each: -len(each.prefix))
    return tuple((f"http.https://{each.prefix}/.extraHeader", f"Authorization: Basic {each.basic}") for each in ordered)


def netrc(credentials: Iterable[Credential]) -> str:
    """Give the netrc lines: those credentials that hold for a whole host."""
    return "".join(
        f"machine {each.host} login {each.user} password {each.secret}\n"
        for each in credentials
        if each.prefix == each.host
    )


def go_auth(credentials: Iterable[Credential]) -> str:
    """Give what a GOAUTH command prints: addresses, a blank line, headers, a blank line; for each."""
    return "".join(f"https://{each.prefix}\n\nAuthorization: Basic {each.basic}\n\n" for each in credentials)


def install(credentials: Sequence[Credential], directory: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Write the private files below `directory` and give the variables that point at them and GOPRIVATE.

    Args:
        given: GOPRIVATE, GOPROXY and GOAUTH as they stand.
    """
    if not credentials:
        return {}
    _write(directory / "netrc", netrc(credentials))
    answers, script = directory / "goauth.txt", directory / "goauth.sh"
    _write(answers, go_auth(credentials))
    _write(script, f"exec /bin/cat '{answers}'\n")
    command = f'/bin/sh "{script}"'
    after = given.get("GOAUTH", "") or "netrc"
    variables = {"GOAUTH": command if after == "off" else f"{command}; {after}", "NETRC": str(directory / "netrc")}
    private = go_private(credentials, given.get("GOPRIVATE", ""), given.get("GOPROXY", ""))
    return variables | ({"GOPRIVATE": private} if private else {})


def go_private(credentials: Iterable[Credential], patterns: str, proxies: str) -> str:
    """Add the prefixes of git credentials to GOPRIVATE's `patterns`, where they are not covered yet.

    A host in GOPROXY serves modules, it is no part of their paths.
    """
    entries = [pattern for pattern in patterns.split(",") if pattern]
    from urllib.parse import urlsplit

    served = {urlsplit(proxy).netloc.rpartition("@")[2].lower() for proxy in proxies.replace("|", ",").split(",")}
    for each in credentials:
        path = _without_port(each)
        if each.host not in served and path not in SHARED_HOSTS and not _is_covered(path, entries):
            entries.append(path)
    return ",".join(entries)


def notices(credentials: Iterable[Credential]) -> tuple[str, ...]:
    """What the user should know: a credential for a whole shared host makes nothing private."""
    return tuple(
        f"module-credentials: {each.prefix} names no owner, so GOPRIVATE is left alone; "
        f"write {each.prefix}/OWNER, or set GOPRIVATE, to fetch private modules directly"
        for each in credentials
        if each.prefix in SHARED_HOSTS
    )


def _without_port(credential: Credential) -> str:
    _, slash, path = credential.prefix.partition("/")
    return credential.host.partition(":")[0] + slash + path


def _is_covered(path: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches `path` or what leads to it, element by element as Go compares them."""
    parts = path.split("/")
    for pattern in patterns:
        wanted = pattern.rstrip("/").split("/")
        if len(wanted) <= len(parts) and all(map(fnmatch.fnmatchcase, parts, wanted)):
            return True
    return False


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else may read, from its first byte."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(text)
