"""What the arguments of single directives mean; shared by go.mod and go.work.

Each function takes the tokens after the verb and gives plain values; it raises DirectiveError with the reason.
"""

from __future__ import annotations

import re

from go_release_gate.gomod import goversion, modulepath, quoting, version

_DIRECTORY = re.compile(r"\.{1,2}(?:[/\\]|\Z)|[/\\]|[A-Za-z]:")
_WITH_LOCAL_TARGET = (2, 3)  # `path => dir`, `path version => dir`; one more with a target version


class DirectiveError(ValueError):
    """Why Go refuses a directive; the caller knows the line."""


def text(token: str) -> str:
    """A token as text: a quoted string is interpreted, a bare word must contain no quote."""
    if token.startswith('"'):
        value = quoting.unquote(token)
        if value is None:
            raise DirectiveError(f"invalid quoted string {token}")
        return value
    if '"' in token or "'" in token or "`" in token:
        raise DirectiveError(f"a quote inside the bare word {token}")
    return token


def one(args: list[str], verb: str) -> str:
    """The only argument of a directive, as text."""
    if len(args) != 1:
        raise DirectiveError(f"{verb} takes exactly one value")
    return text(args[0])


def go_version(args: list[str], *, strict: bool) -> str:
    """The value of a `go` line. Not strict: what Go makes of a dependency's odd one."""
    if len(args) != 1:
        raise DirectiveError("go takes exactly one value")
    found = args[0] if goversion.is_directive(args[0]) else "" if strict else goversion.lax_directive(args[0])
    if not found:
        raise DirectiveError(f"invalid go version {args[0]!a}: expected the form 1.23.0")
    return found


def toolchain(args: list[str]) -> str:
    """The value of a `toolchain` line."""
    if len(args) != 1:
        raise DirectiveError("toolchain takes exactly one value")
    if not goversion.is_toolchain_directive(args[0]):
        raise DirectiveError(f"invalid toolchain {args[0]!a}: expected the form go1.23.0, or default")
    return args[0]


def godebug(args: list[str]) -> str:
    """`key=value` of a `godebug` line."""
    if len(args) != 1 or "=" not in args[0] or any(char in args[0] for char in "\"`',"):
        raise DirectiveError("expected: godebug key=value")
    return args[0]


def module_version(args: list[str], verb: str, *, queries: bool) -> tuple[str, str]:
    """Path and version of `require` and `exclude`; for `queries` see agreed_version."""
    if len(args) != 2:
        raise DirectiveError(f"expected: {verb} module/path v1.2.3")
    path = text(args[0])
    return path, agreed_version(path, text(args[1]), queries=queries)


def replacement(args: list[str], *, queries: bool) -> tuple[str, str, str, str]:
    """Path, version (or empty), target and target version (or empty: a directory) of `replace`."""
    arrow = 1 if args[1:2] == ["=>"] else 2
    rest = len(args) - arrow
    if rest not in _WITH_LOCAL_TARGET or args[arrow] != "=>":
        raise DirectiveError("expected: replace path [v1.2.3] => other/path v1.4.0, or => ../directory")
    path = text(args[0])
    if modulepath.split_major(path) is None:
        raise DirectiveError(f"invalid module path {path!a}")
    old = agreed_version(path, text(args[1]), queries=queries) if arrow == 2 else ""
    target = text(args[arrow + 1])
    if rest == 2:
        _check_directory(target)
        return path, old, target, ""
    if is_directory(target):
        raise DirectiveError(f"the directory {target!a} cannot have a version")
    new = text(args[arrow + 2])
    return path, old, target, agreed_version(target, new, queries=True) if queries else _canonical(new)


def is_directory(path: str) -> bool:
    """Whether a replacement is a directory: rooted, or beginning with `.` or `..`, in any system's spelling."""
    return _DIRECTORY.match(path) is not None


def interval(args: list[str]) -> tuple[str, str, list[str]]:
    """Lowest and highest version of `retract`, and the tokens left over."""
    if args[:1] != ["["]:
        if not args or args[0] == "(":
            raise DirectiveError("expected a version or '['")
        only = text(args[0])
        return only, only, args[1:]
    if len(args) < 5 or args[2] != "," or args[4] != "]":
        raise DirectiveError("expected: retract [v1.2.0, v1.2.9]")
    return text(args[1]), text(args[3]), args[5:]


def agreed_version(path: str, wanted: str, *, queries: bool) -> str:
    """A version that may belong to the path.

    With `queries` what is no canonical version stays as written, for Go would resolve it as a query (`main`, `v1.2`).
    Without, as in dependencies and go.work, short versions are completed and everything else is refused.
    """
    split = modulepath.split_major(path)
    if split is None:
        raise DirectiveError(f"invalid module path {path!a}")
    if not version.is_canonical(wanted):
        if not wanted:
            raise DirectiveError(f"the version of {path} is empty")
        if queries:
            return wanted
        wanted = _canonical(wanted)
    if not modulepath.suffix_agrees(split[1], wanted):
        expected = modulepath.expected_major(path) or "v0 or v1"
        raise DirectiveError(f"{path}: version {wanted} should be {expected}")
    return wanted


def _check_directory(target: str) -> None:
    if not is_directory(target):
        raise DirectiveError(f"the replacement {target!a} needs a version, or must begin with ./ or ../")
    if "\\" in target:
        raise DirectiveError(f"the replacement {target!a} is a Windows path")


def _canonical(wanted: str) -> str:
    found = version.canonical(wanted)
    if not found:
        raise DirectiveError(f"version {wanted!a} must be of the form v1.2.3")
    return found
