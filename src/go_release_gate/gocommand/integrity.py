"""Settings of Go that weaken what go.sum and the checksum database guarantee: https://go.dev/ref/mod#environment-variables."""

from __future__ import annotations

import re
from collections.abc import Mapping

from go_release_gate.gocommand.quoted import split
from go_release_gate.shell.unknown import has_hole

_PUBLIC = frozenset(
    {
        "bitbucket.org", "codeberg.org", "github.com", "gitlab.com", "go.uber.org", "golang.org", "google.golang.org",
        "gopkg.in", "k8s.io", "sigs.k8s.io",
    }
)  # fmt: skip
_HOST = re.compile(r"[*?\[\]]+(?:\.[a-z*]{1,6})?|\*\.(?:com|org|net|io|dev|in)")
_CREDENTIALS = re.compile(r"[a-z]+://[^/@\s]*:[^/@\s]+@|[a-z]+://[^/@:\s]{16,}@", re.IGNORECASE)
NAMES = ("GOSUMDB", "GONOSUMDB", "GONOSUMCHECK", "GOINSECURE", "GOPRIVATE", "GOFLAGS", "GOPROXY", "GONOPROXY")
GRAVE, MILD = "grave", "mild"


def weakness(name: str, value: str, others: Mapping[str, str]) -> tuple[str, str]:
    """How grave a setting is (GRAVE, MILD, empty in between) and what it does; the second is empty: nothing.

    `others`: the variables set beside it.
    """
    if has_hole(value) or not value:
        return "", ""
    match name:
        case "GOSUMDB" if value == "off":
            return "", "asks no checksum database for what go.sum does not hold"
        case "GONOSUMDB" | "GOPRIVATE" | "GOINSECURE" | "GONOPROXY":
            return _patterns(name, value)
        case "GONOSUMCHECK":
            return MILD, "is of the time before Go 1.13 and does nothing but tell that sums are not wanted"
        case "GOPROXY":
            return _proxy(value, others)
    return _flags(value) if name == "GOFLAGS" else ("", "")


def _patterns(name: str, value: str) -> tuple[str, str]:
    broad = next((one for one in map(str.strip, value.split(",")) if is_broad(one)), "")
    if not broad:
        return "", ""
    return {
        "GONOSUMDB": ("", f"takes every module of `{broad}` out of the checksum database"),
        "GOPRIVATE": ("", f"takes every module of `{broad}` out of proxy and checksum database"),
        "GOINSECURE": (GRAVE, f"lets every module of `{broad}` come over plain HTTP, from whoever answers"),
        "GONOPROXY": (MILD, f"fetches every module of `{broad}` from where it is kept, past the proxy"),
    }[name]


def is_broad(pattern: str) -> bool:
    """Whether a pattern takes in modules of strangers: everything, a whole top level, a host that anybody may use."""
    host, _, rest = pattern.partition("/")
    return _HOST.fullmatch(host) is not None or (host in _PUBLIC and set(rest) <= set("*/"))


def _flags(value: str) -> tuple[str, str]:
    words = [word.replace("--", "-", 1) for word in split(value) or ()]
    if "-insecure" in words:
        return (
            "",
            "holds -insecure, which lets modules come over plain HTTP without checks (Go 1.17 and later refuse it)",
        )
    if "-mod=mod" in words:
        return "", "holds -mod=mod, which lets every build change go.mod and go.sum"
    return "", ""


def _proxy(value: str, others: Mapping[str, str]) -> tuple[str, str]:
    if has_credentials(value):
        return GRAVE, "holds credentials in an address, which stay readable in image, logs and history"
    first = re.split(r"[,|]", value)[0].strip()
    if first != "direct":
        return "", ""
    is_unchecked = others.get("GOSUMDB") == "off" or any(map(is_broad, others.get("GONOSUMDB", "").split(",")))
    what = "fetches every module from where it is kept: what is gone or changed there breaks the build"
    return ("", f"{what}, and with the checksum database off nobody notices a change") if is_unchecked else (MILD, what)


def has_credentials(value: str) -> bool:
    """Whether an address in it holds a user with a password, or a token."""
    return _CREDENTIALS.search(value) is not None
