"""Give a failed call of Go its class: exit code 1 stands for a dozen different troubles. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from go_release_gate.facts.failure import Failure, read_failures
from go_release_gate.model.outcome import ErrorClass, ModuleError


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What helps to tell one trouble from another.

    Attributes:
        mod_path: path of the module's go.mod relative to the root.
        module: the module's own path.
        siblings: paths of the repository's other modules → their directories.
        goproxy: GOPROXY in force. go: version of the Go in use.
        timeout: seconds one call may take.
    """

    mod_path: str
    module: str = ""
    siblings: Mapping[str, str] = field(default_factory=dict)
    goproxy: str = ""
    go: str = ""
    timeout: float = 0.0


Judge = Callable[[Failure, re.Match[str], Surroundings], ModuleError]


def classify(stderr: str, around: Surroundings, *, timed_out: bool = False) -> ModuleError:
    """Class, message and hint for what Go wrote on standard error.

    A fault that is certainly the repository's own outranks one of the surroundings.
    """
    failures = read_failures(stderr)
    if timed_out:
        return _timeout(failures, stderr, around)
    errors = [_classify_one(failure, around) for failure in failures]
    if not errors:
        return ModuleError(ErrorClass.INTERNAL, "go failed without a message", "run the same command by hand")
    return min(errors, key=_rank)


_ORDER = (
    ErrorClass.CHECKSUM,
    ErrorClass.GO_FLAGS,
    ErrorClass.TOOLCHAIN,
    ErrorClass.MALFORMED_FILE,
    ErrorClass.UNPINNED_VERSION,
    ErrorClass.REPLACE_TARGET,
    ErrorClass.WORKSPACE_ONLY_DEPENDENCY,
    ErrorClass.MISSING_PACKAGE,
    ErrorClass.AUTH,
    ErrorClass.NETWORK,
)


def _rank(error: ModuleError) -> int:
    return _ORDER.index(error.kind) if error.kind in _ORDER else len(_ORDER)


def _classify_one(failure: Failure, around: Surroundings) -> ModuleError:
    return replace(_judged(failure, around), package=failure.package)


def _judged(failure: Failure, around: Surroundings) -> ModuleError:
    inside = _inside_repository(failure, around)
    if inside:
        return inside
    for pattern, judge in _TABLE:
        if match := pattern.search(failure.message):
            return judge(failure, match, around)
    return ModuleError(ErrorClass.INTERNAL, _first_line(failure), "this failure has no class yet: please report it")


def _first_line(failure: Failure) -> str:
    first = failure.message.splitlines()[0]
    return f"{failure.package}: {first}" if failure.package else first


_UNRESOLVED = re.compile(
    r"cannot find module providing|does not contain package|not in std|no required module provides"
    r"|module \S+: |unrecognized import path|module lookup disabled|invalid version"
)


def _inside_repository(failure: Failure, around: Surroundings) -> ModuleError | None:
    """A package that only this repository could provide: generated code, or a sibling known to go.work alone."""
    if not failure.package or not _UNRESOLVED.search(failure.message):
        return None
    owner = max(
        (path for path in (*around.siblings, around.module) if _covers(path, failure.package)), key=len, default=""
    )
    if not owner:
        return None
    if owner == around.module:
        return ModuleError(
            ErrorClass.MISSING_PACKAGE,
            f"package {failure.package} belongs to this module and is not there",
            "if it is generated, generate it first (setting `prepare`) or commit it; else mend the import",
            path=around.mod_path,
        )
    return ModuleError(
        ErrorClass.WORKSPACE_ONLY_DEPENDENCY,
        f"package {failure.package} is only beside this module ({around.siblings[owner]}), not in reach of its go.mod",
        f"require {owner} at a released version, or add `replace {owner} => …` to {around.mod_path}",
        path=around.mod_path,
    )


def _covers(module: str, package: str) -> bool:
    return bool(module) and (package == module or package.startswith(module + "/"))


def _timeout(failures: list[Failure], stderr: str, around: Surroundings) -> ModuleError:
    host = next((failure.host for failure in failures if failure.host), "") or _waiting_host(stderr, around)
    where = f" while waiting for {host}" if host else ""
    hint = f"is {host} reachable from here? check GOPROXY and the network" if host else "raise `go.timeout`"
    return ModuleError(
        ErrorClass.TIMEOUT, f"go did not finish within {around.timeout:g} s{where}", hint, host, around.mod_path
    )


def _waiting_host(stderr: str, around: Surroundings) -> str:
    """Host a hanging call was most likely asking: its last announced download, through the first proxy."""
    proxy = re.match(r"https?://(?:[^/@]*@)?([^/,|]+)", around.goproxy)
    if proxy:
        return proxy[1]
    asked = re.findall(r"^go: (?:downloading|finding module for package) ([^\s/]+)", stderr, re.MULTILINE)
    return asked[-1] if asked else ""


def _of(kind: ErrorClass, hint: str, *, rule: str = "broken-module") -> Judge:
    def judge(failure: Failure, match: re.Match[str], around: Surroundings) -> ModuleError:
        groups = match.groupdict()
        text = hint.format(host=failure.host or "the host", go=around.go, mod=around.mod_path, **groups)
        line = groups.get("line")
        return ModuleError(
            kind,
            _first_line(failure),
            text,
            failure.host,
            around.mod_path if kind.is_repository_fault else "",
            int(line) if line else None,
            rule,
            kind is ErrorClass.AUTH,
        )

    return judge


def _checksum(_failure: Failure, match: re.Match[str], around: Surroundings) -> ModuleError:
    return ModuleError(
        ErrorClass.CHECKSUM,
        f"{match['what']}: the content contradicts its recorded checksum",
        "do not silence this: find out whether the tag was moved or the download altered, then mend go.sum by hand",
        path=around.mod_path.removesuffix("go.mod") + "go.sum",
        rule="checksum-mismatch",
    )


def _newer_go(_failure: Failure, match: re.Match[str], around: Surroundings) -> ModuleError:
    who = match["who"]
    subject = "its go.mod" if who.endswith("go.mod") else who
    return ModuleError(
        ErrorClass.TOOLCHAIN,
        f"{subject} asks for Go {match['need']}; the Go in use is {around.go.removeprefix('go')}",
        f"set `go-version: {match['need']}`, or allow `go.fetch-toolchain` in the configuration",
        path=around.mod_path,
    )


def _by_status(failure: Failure, _match: re.Match[str], around: Surroundings) -> ModuleError:
    status = failure.status
    if status in (401, 403, 407):
        kind, hint = ErrorClass.AUTH, f"{failure.host} refused: check `module-credentials` for it, or GOPRIVATE"
    elif status in (404, 410):
        kind = ErrorClass.MISSING_PACKAGE
        hint = "check the path and version; if the module is private, name its host in GOPRIVATE and give credentials"
    elif status in (408, 429) or status >= 500:
        kind, hint = ErrorClass.NETWORK, f"{failure.host} answered {status}: try again, or check GOPROXY"
    else:
        kind = ErrorClass.NETWORK
        hint = f"{failure.host} refuses to answer for it ({status}): if it is private, {_name_private(failure)}"
    path = around.mod_path if kind.is_repository_fault else ""
    # what a server refuses of one module (400, 403, 404 …) says nothing about the next: it is no failure of the host
    is_of_host = status in (401, 407, 408, 429) or status >= 500
    host = failure.host if is_of_host else ""
    return ModuleError(kind, _first_line(failure), hint, host, path, refused_login=status in (401, 407))


def _name_private(failure: Failure) -> str:
    host = failure.package.split("/", 1)[0] or "its host"
    return f"name {host} in GOPRIVATE and give credentials"


_TRANSPORT = (
    r"dial tcp|lookup |connection re(?:fused|set)|i/o timeout|TLS handshake|\bEOF\b|no route to host"
    r"|Could not resolve host|Failed to connect|Connection (?:refused|timed out)|deadline exceeded"
    r"|unexpected disconnect|early EOF|server misbehaving|proxyconnect|unable to access"
)
_ABSENT = (
    r"unknown revision|invalid version|no matching versions|ambiguous import|does not contain package"
    r"|not in std|cannot find module|no required module|found .* but does not|unrecognized import path"
)
_PRIVATE = "give a token for {host} in `module-credentials` and name it in GOPRIVATE"
_MISSING = "check the import, or run `go get` for the module that should provide it"
_TABLE: tuple[tuple[re.Pattern[str], Judge], ...] = tuple(
    (re.compile(pattern, re.DOTALL), judge)
    for pattern, judge in (
        (r"verifying (?P<what>module|\S+?(?:/go\.mod)?): (?:checksum mismatch|.*SECURITY ERROR)", _checksum),
        (r"SECURITY ERROR|(?P<what>\S+): checksum mismatch", _checksum),
        (r"parsing \$GOFLAGS|unknown flag|invalid value .* for flag", _of(ErrorClass.GO_FLAGS, "mend GOFLAGS")),
        (r"(?P<who>\S+) requires go >= (?P<need>[\w.]+)", _newer_go),
        (r"invalid go version", _of(ErrorClass.MALFORMED_FILE, "write the go line as `go 1.N` or `go 1.N.P`")),
        (r"errors parsing \S+", _of(ErrorClass.MALFORMED_FILE, "mend {mod}")),
        (
            r"go\.mod:(?P<line>\d+): .*version \"[^\"]*\" invalid",
            _of(ErrorClass.MALFORMED_FILE, "mend this line of {mod}"),
        ),
        (r"(?:go\.mod|go\.sum):(?P<line>\d+): ", _of(ErrorClass.MALFORMED_FILE, "mend this line of {mod}")),
        (r"malformed (?:go\.sum|module path|import path)", _of(ErrorClass.MALFORMED_FILE, "mend the file named")),
        (
            r"replacement directory \S+ does not exist|\(replaced by [.\\/][^)]*\): .*no such file",
            _of(ErrorClass.REPLACE_TARGET, "mend or remove the replace directive in {mod}, or check the directory out"),
        ),
        (
            r"replacement module without version must|does not contain a go\.mod|\(replaced by [^)]*\): reading",
            _of(ErrorClass.REPLACE_TARGET, "the replacement needs a go.mod: mend the replace directive in {mod}"),
        ),
        (
            r"module declares its path as: (?P<declared>\S+)",
            _of(ErrorClass.REPLACE_TARGET, "use the path the module declares: {declared}"),
        ),
        (
            r"git@|ssh://|Permission denied \(publickey|transport 'ssh' not allowed|cannot run ssh",
            _of(
                ErrorClass.AUTH,
                "git was led to ssh, which is not there: use https with `module-credentials` for {host}",
            ),
        ),
        (
            r"could not read Username|Authentication failed|terminal prompts disabled|Invalid username or",
            _of(ErrorClass.AUTH, _PRIVATE),
        ),
        (r"[Rr]epository.*not found|remote: Not Found|access denied", _of(ErrorClass.AUTH, _PRIVATE)),
        (r"x509: |certificate", _of(ErrorClass.NETWORK, "give the company's CA in `ca-bundle` if one is in the way")),
        (
            r"disabled by GOPROXY=off|GOPROXY list is not the empty string",
            _of(
                ErrorClass.NETWORK, "nothing may be downloaded (--offline or GOPROXY=off): fill the module cache first"
            ),
        ),
        (r"import lookup disabled by -mod=", _of(ErrorClass.MISSING_PACKAGE, _MISSING)),
        (
            r"no space left on device",
            _of(ErrorClass.INTERNAL, "no space left: free some, or move GOMODCACHE and TMPDIR"),
        ),
        (r": [1-5]\d\d [A-Z]", _by_status),
        (
            _TRANSPORT,
            _of(ErrorClass.NETWORK, "is {host} reachable from here? for a private host set GOPRIVATE; check GOPROXY"),
        ),
        (
            _ABSENT,
            _of(ErrorClass.MISSING_PACKAGE, _MISSING),
        ),
    )
)
