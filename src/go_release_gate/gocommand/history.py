"""What a Go refuses of a command line: verbs, flags and version queries it has not yet or has no more.

Sources: release notes 1.11 to 1.26 (https://go.dev/doc/devel/release), `go help`, and what `go` itself answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.flags import OPEN, Flag, flags_of, is_verb, verb_since, verbs
from go_release_gate.gocommand.quoted import split
from go_release_gate.gocommand.read import is_wrapper
from go_release_gate.shell.unknown import has_hole

OLDEST, NEWEST = 11, 26
"""The Go 1.N that are known here: a flag of a newer one may be missing in the tables."""

_RELEASE = re.compile(r"1\.(\d{1,4})(?:\D.*)?")
_INSTALL_SINCE, _RUN_SINCE, _TOOLCHAIN_SINCE = 16, 17, 21
_INSTEAD = {
    ("get", "insecure"): "set GOINSECURE for the one host that has no certificate",
    ("get", "m"): "`go get module@version` needs no flag",
    ("build", "i"): "drop it, the build cache does the same",
    ("install", "i"): "drop it, the build cache does the same",
    ("test", "i"): "drop it, the build cache does the same",
}
_REMOTE = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/?[^@]*@[^@]+|(?:cmd|golang\.org)/[^@]*@[^@]+")
_TAKING = {"install": _INSTALL_SINCE, "run": _RUN_SINCE}
_REFUSING = frozenset({"build", "vet", "test", "generate"})
_PACKAGES = frozenset({"build", "get", "install", "list", "vet"})
_MOD_VALUES = ("readonly", "vendor", "mod")
_ALONE = frozenset({"mod graph", "mod tidy", "mod vendor", "mod verify"})
_REFUSED = frozenset({"none", "patch"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What Go refuses.

    Attributes:
        subject: the words it is about (`-diff`, `work vendor`, `example.com/x@none`).
        message: why, as the rest of a sentence that begins with the subject.
        since: first Go 1.N that takes it, 0: none does, or older ones did.
        until: first Go 1.N that refuses it, 0: none.
        instead: what to write, empty: nothing simple.
    """

    subject: str
    message: str
    since: int = 0
    until: int = 0
    instead: str = ""


def minor_of(go: str) -> int | None:
    """N of `1.N`, `1.N.P`, `1.Nrc1`; None for anything else."""
    match = _RELEASE.fullmatch(go)
    return int(match[1]) if match else None


def problems(command: GoCommand, minor: int) -> Iterator[Problem]:
    """What Go 1.`minor` refuses of the command. What is partly unknown is not judged."""
    if not command.verb or has_hole(command.verb) or (command.verb == "download" and is_wrapper(command.program)):
        return
    if not (is_verb(command.verb) or command.verb.startswith("tool ")):
        if minor <= NEWEST:
            yield Problem(f"go {command.verb}", "is no command of any Go")
        return
    if (since := verb_since(command.verb)) > minor:
        yield Problem(f"go {command.verb}", f"exists since Go 1.{since}", since)
        return
    yield from _of_flags(command, minor)
    yield from _of_arguments(command)
    yield from _of_versions(command, minor)


def goflags_problems(goflags: str, minor: int) -> Iterator[Problem]:
    """What Go 1.`minor` refuses of a GOFLAGS value; every command fails then."""
    words = split(goflags)
    if words is None:
        yield Problem("GOFLAGS", "has a quote that is not closed")
    for word in words or ():
        name = word.removeprefix("-").removeprefix("-").partition("=")[0]
        if has_hole(word):
            continue
        if not word.startswith("-"):
            yield Problem(word, "is no flag; write `-flag=value` in GOFLAGS")
            continue
        known = [flag for verb in verbs() if (flag := flags_of(verb).get(name))]
        if not known and minor <= NEWEST:
            yield Problem(f"-{name}", "is a flag of no command of Go")
        elif known and all(flag.since > minor for flag in known):
            since = min(flag.since for flag in known)
            yield Problem(f"-{name}", f"exists since Go 1.{since}", since)
        elif known and "=" not in word and not any(flag.is_boolean for flag in known):
            yield Problem(word, f"has no value; write `-{name}=value` in GOFLAGS")


def _of_flags(command: GoCommand, minor: int) -> Iterator[Problem]:
    known = flags_of(command.verb)
    for at, (name, value) in enumerate(command.given):
        if has_hole(name) or name in ("h", "help"):
            continue
        flag = known.get(name)
        if flag is None:
            if command.verb.partition(" ")[0] not in OPEN and minor <= NEWEST:
                yield Problem(f"-{name}", f"is no flag of `go {command.verb}`")
        elif not flag.is_in(minor):
            yield _outside(command.verb, flag, minor)
        elif name == "C" and at:
            yield Problem("-C", "must be the first flag")
        elif name == "mod" and value not in _MOD_VALUES and not has_hole(value):
            yield Problem(f"-mod={value}", "is none of -mod=readonly, -mod=vendor and -mod=mod")


def _of_arguments(command: GoCommand) -> Iterator[Problem]:
    """A flag behind packages is taken for a package; some commands take no arguments."""
    if command.unread or "--" in command.words or not command.arguments or has_hole(command.arguments[0]):
        return
    behind = next((word for word in command.arguments if word.startswith("-") and len(word) > 1), "")
    if command.verb in _PACKAGES and behind:
        yield Problem(behind, f"stands behind the packages, where `go {command.verb}` takes no flags")
    elif command.verb in _ALONE:
        yield Problem(command.arguments[0], f"is an argument, and `go {command.verb}` takes none")


def _outside(verb: str, flag: Flag, minor: int) -> Problem:
    if flag.since > minor:
        return Problem(f"-{flag.name}", f"is a flag of `go {verb}` since Go 1.{flag.since}", flag.since)
    message = f"is no flag of `go {verb}` any more since Go 1.{flag.until}"
    return Problem(f"-{flag.name}", message, 0, flag.until, _INSTEAD.get((verb, flag.name), ""))


def _of_versions(command: GoCommand, minor: int) -> Iterator[Problem]:
    if command.unread:
        return
    named = [word for word in command.arguments if _REMOTE.fullmatch(word)]
    if command.verb == "run":
        named = [word for word in named if word is command.arguments[0]]
    if command.verb in _REFUSING and command.verb != "test" and named:
        yield Problem(named[0], f"names a version, which `go {command.verb}` never takes")
    if command.verb == "get" and minor < _TOOLCHAIN_SINCE:
        for word in command.arguments:
            if word.startswith(("go@", "toolchain@")):
                yield Problem(word, f"is a query of `go get` since Go 1.{_TOOLCHAIN_SINCE}", _TOOLCHAIN_SINCE)
    since = _TAKING.get(command.verb)
    if since and named:
        yield from _of_installs(command, named, since, minor)


def _of_installs(command: GoCommand, named: list[str], since: int, minor: int) -> Iterator[Problem]:
    if minor < since:
        instead = "" if command.verb == "run" else f"`go get {named[0]}` in an empty module"
        yield Problem(named[0], f"is taken by `go {command.verb}` since Go 1.{since}", since, 0, instead)
        return
    for word in named:
        query = word.rpartition("@")[2]
        if query in _REFUSED:
            yield Problem(word, f"is no version that `go {command.verb}` takes: {query} needs a module to compare with")
    versions = {word.rpartition("@")[2] for word in named}
    if command.verb == "install" and len(versions) > 1 and not any(map(has_hole, versions)):
        yield Problem(" ".join(named), "name different versions, which one `go install` does not take")
