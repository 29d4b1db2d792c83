"""What selects a release of Go somewhere else than in go.mod: actions/setup-go's ranges, tags of images, version files.

A word may stand for one release (`1.25.3`), for the newest of a minor version (`1.25`, `~1.25.2`, `1.25-alpine`), or
for whatever is newest (`stable`, `1.x`, `^1.21`, `latest`). The last kind is never held against anything.

https://github.com/actions/setup-go#supported-version-syntax, https://hub.docker.com/_/golang
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from go_release_gate.gomod import goversion

_RANGE = re.compile(r"(?:go|v|=|==)?(1\.\d+)(?:\.(?:x|X|\*))?")
_PATCHED = re.compile(r"(?:go|v|=|==)?(1\.\d+\.\d+)")
_TILDE = re.compile(r"~\s*v?(1\.\d+)(?:\.(?:\d+|x|X|\*))?")
_PRE = re.compile(r"(?:go|v)?(1\.\d+)(?:\.0)?-?(rc|beta)\.?(\d+)")
_TAG = re.compile(r"v?(?:go-?)?(1\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)(?:\.x)?(?:[-_].*)?")
_TOOL_LINE = re.compile(r"(?m)^[ \t]*(?:golang|go)[ \t]+([^\s#]+)")
_MISE_LINE = re.compile(r"(?m)^[ \t]*(?:\"?go\"?|\"?golang\"?|\"core:go\")[ \t]*=[ \t]*[\"']([^\"']+)[\"']")
_MISE_TOOLS = re.compile(r"(?m)^\[tools\][ \t]*(?:#.*)?$")
_TABLE = re.compile(r"(?m)^\[")


@dataclass(frozen=True, slots=True)
class Selection:
    """A release, or the newest of a minor version.

    Attributes:
        text: as it is written. version: `1.25.3` or `1.25`. is_exact: it is that release and no later one.
    """

    text: str
    version: str
    is_exact: bool = False

    @property
    def minor(self) -> str:
        """Its language version: `1.25`."""
        return goversion.language(self.version)

    def is_older(self, than: str) -> bool:
        """Whether every release it may stand for comes before the release `than`."""
        if self.is_exact:
            return goversion.compare(self.version, than) < 0
        return goversion.compare(self.minor, goversion.language(than)) < 0

    def is_newer_minor(self, than: str) -> bool:
        """Whether its minor version comes behind that of `than`."""
        return goversion.compare(self.minor, goversion.language(than)) > 0


def of_range(text: str) -> Selection | None:
    """What actions/setup-go takes for `go-version`; None: whatever is newest, or not readable."""
    word = text.strip()
    if found := _RANGE.fullmatch(word) or _TILDE.fullmatch(word):
        return Selection(word, found[1])
    if found := _PATCHED.fullmatch(word):
        return Selection(word, found[1], is_exact=True)
    if found := _PRE.fullmatch(word):
        return Selection(word, f"{found[1]}{found[2]}{found[3]}", is_exact=True)
    return None


def of_tag(tag: str) -> Selection | None:
    """What the tag of an image of Go says; None: whatever is newest, or not readable."""
    found = _TAG.fullmatch(tag)
    if not found or not goversion.is_valid(found[1]):
        return None
    return Selection(tag, found[1], is_exact=found[1] != goversion.language(found[1]))


def of_release(text: str) -> Selection | None:
    """A release by its full name, as a `toolchain` line, `.go-version` or GOTOOLCHAIN says it."""
    word = text.strip().removeprefix("go").removeprefix("v")
    if not goversion.is_valid(word) or "." not in word:
        return None
    return Selection(text.strip(), word, is_exact=word != goversion.language(word))


def of_directives(go: str, toolchain: str, *, reads_toolchain: bool) -> Selection | None:
    """What setup-go takes from a go.mod or go.work: the `toolchain` line wins from its v6 on."""
    chosen = goversion.from_toolchain(toolchain) if reads_toolchain and toolchain else ""
    return of_range(chosen or go)


def in_version_file(name: str, text: str) -> tuple[str, int]:
    """The version that `.go-version`, `.tool-versions` or `mise.toml` names, and its line; empty: none."""
    if name == ".go-version":
        for number, line in enumerate(text.splitlines(), 1):
            word = line.partition("#")[0].strip()
            if word:
                return word, number
        return "", 0
    at, end = 0, len(text)
    if name.endswith(".toml"):
        table = _MISE_TOOLS.search(text)
        at = table.end() if table else end
        following = _TABLE.search(text, at)
        end = following.start() if following else end
    found = (_MISE_LINE if name.endswith(".toml") else _TOOL_LINE).search(text, at, end)
    return (found[1], text.count("\n", 0, found.start(1)) + 1) if found else ("", 0)
