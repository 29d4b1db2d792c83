"""Run `go mod tidy` on a module without touching it: in a copy at a fresh path, on a copy of its two files.

The work tree's own path would let a restored build cache answer (Go's package index is keyed by path, names,
times and sizes); `-modfile` keeps neighbours that replace each other from seeing half-tidied files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.facts.circuit import Circuits
from go_release_gate.facts.classify import Surroundings, classify
from go_release_gate.facts.failure import shortened
from go_release_gate.facts.mirror import Mirror
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.tidy import Tidy
from go_release_gate.facts.tidy_answer import answer, without_conversion
from go_release_gate.gomod.syntax import SyntaxProblemError
from go_release_gate.gomod.version import is_canonical
from go_release_gate.model.outcome import ErrorClass, ModuleError, Outcome

if TYPE_CHECKING:
    from go_release_gate.adapters.go import Go
    from go_release_gate.adapters.process import Completed

BACKOFF_S = (0.5, 2.0)
OFFLINE = {"GOPROXY": "off", "GOVCS": "*:off"}
# measured: two at once without collection use a fifth less processor time; the limit bounds their memory
COLLECTOR = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}


@dataclass(frozen=True, slots=True)
class TidyRun:
    """What every run of tidy in one check shares.

    Attributes:
        mirror: the copy of the tree.
        scratch: private directory for the copies of go.mod and go.sum.
        is_conversion: whether a file's CRLF line endings came from the checkout alone (path relative to root).
        sleep: waits, in seconds, between tries.
        env: further settings for Go (a tidy after healing must not use the package index).
        fetch_toolchain: whether a module that asks for a newer Go may be judged by that Go, fetched by checksum.
    """

    repository: Repository
    go: Go
    mirror: Mirror
    scratch: Path
    circuits: Circuits
    is_conversion: Callable[[str], bool]
    sleep: Callable[[float], None]
    timeout: float
    offline: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    fetch_toolchain: bool = False


def collect(module: Module, run: TidyRun) -> Tidy:
    """Tidy's two answers for `module`, or why there are none."""
    if error := module.error or _unpinned(module) or run.mirror.error_of(module):
        return Tidy(Outcome.UNAVAILABLE, error=error)
    judged = without_conversion(module) if _is_converted(module, run) else module
    if error := _attempts(judged, run):
        return Tidy(Outcome.UNAVAILABLE, error=error)
    after_mod, after_sum = modfile_of(module, run).read_bytes(), sumfile_of(module, run)
    try:
        return answer(judged, after_mod, after_sum.read_bytes() if after_sum.exists() else None)
    except SyntaxProblemError as problem:
        return Tidy(Outcome.UNAVAILABLE, error=ModuleError(ErrorClass.INTERNAL, f"go left a file that {problem}"))


def modfile_of(module: Module, run: TidyRun) -> Path:
    """The copy of go.mod that Go may write to; tidied once `collect` has passed."""
    name = hashlib.sha256(module.dir.encode("utf-8", "surrogateescape")).hexdigest()
    return run.scratch / name / "go.mod"


def sumfile_of(module: Module, run: TidyRun) -> Path:
    """The copy of go.sum beside it."""
    return modfile_of(module, run).with_name("go.sum")


def _unpinned(module: Module) -> ModuleError | None:
    """Go would ask the network what a branch means today; the answer would not be the repository's."""
    assert module.mod is not None  # noqa: S101 - a module without it has an error
    versions = [(r.path, r.version, r.line) for r in module.mod.requires]
    versions += [(r.target, r.target_version, r.line) for r in module.mod.replaces if not r.is_local]
    for path, version, line in versions:
        if not is_canonical(version):
            return ModuleError(
                ErrorClass.UNPINNED_VERSION,
                f"{path} is asked for at {version!r}, which is no version",
                f"pin it: go get {path}@{version}",
                path=module.file("go.mod"),
                line=line,
                rule="unpinned-version",
            )
    return None


def _is_converted(module: Module, run: TidyRun) -> bool:
    names = [("go.mod", module.mod_bytes), ("go.sum", module.sum_bytes or b"")]
    return any(b"\r\n" in data and run.is_conversion(module.file(name)) for name, data in names)


def _attempts(module: Module, run: TidyRun) -> ModuleError | None:
    """Tidy the copies; None on success. Only what may pass by itself is tried again."""
    error: ModuleError | None = None
    for wait in (0.0, *BACKOFF_S):
        if wait:
            run.sleep(wait)
        if refused := _spared(module, run):
            return refused
        error = _attempt(module, run, offline=run.offline)
        if error and error.kind is ErrorClass.TOOLCHAIN and run.fetch_toolchain and not run.offline:
            return _with_newer_go(module, run, error)
        if error is None or not _needs_network(error):
            return error
        run.circuits.record(error)
        if run.offline or not _is_transient(error):
            return error
    return error


def _with_newer_go(module: Module, run: TidyRun, error: ModuleError) -> ModuleError | None:
    """Judge by the Go the module asks for, fetched and verified against the checksum database, where allowed."""
    asked = re.search(r"asks for Go (?P<version>\d+\.\d+(?:\.\d+|rc\d+)?)", error.message)
    version = asked["version"] if asked else ""
    newer = run.go.newer(version if version.count(".") > 1 or "rc" in version else f"{version}.0") if version else None
    return _attempt(module, replace(run, go=newer), offline=False) if newer else error


def _spared(module: Module, run: TidyRun) -> ModuleError | None:
    """The error of an open circuit, if this module cannot be judged without asking its host again."""
    proxies = frozenset(re.findall(r"https?://(?:[^/@,|]*@)?([^/,|]+)", run.go.toolchain.env.get("GOPROXY", "")))
    opened = run.circuits.open_for(proxies | _required_hosts(module))
    if not opened:
        return None
    error = _attempt(module, run, offline=True)
    if error is None or not _needs_network(error) or not (opened.host in proxies or opened.host in error.message):
        return None
    return replace(opened, message=f"{opened.host} is asked no more: {opened.message}")


def _needs_network(error: ModuleError) -> bool:
    return error.kind in (ErrorClass.NETWORK, ErrorClass.AUTH, ErrorClass.TIMEOUT)


def _is_transient(error: ModuleError) -> bool:
    return error.kind is ErrorClass.NETWORK and bool(error.host)


def _attempt(module: Module, run: TidyRun, *, offline: bool) -> ModuleError | None:
    target = modfile_of(module, run)
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o777)  # Go may run as another user; what lies above is private
    _lay(target, module.mod_bytes)
    _lay(target.with_name("go.sum"), module.sum_bytes)
    done = run.go.run(
        ["mod", "tidy", f"-modfile={target}"],
        cwd=run.mirror.dir_of(module),
        timeout=run.timeout,
        env={**COLLECTOR, **run.env, **(OFFLINE if offline else {})},
    )
    return None if done.returncode == 0 and not done.timed_out else explain_failure(done, module, run)


def _lay(copy: Path, data: bytes | None) -> None:
    """Put a copy for Go to write to; what an earlier try left there may be another user's."""
    copy.unlink(missing_ok=True)
    if data is not None:
        copy.write_bytes(data)
        copy.chmod(0o666)


def explain_failure(done: Completed, module: Module, run: TidyRun) -> ModuleError:
    """Class of a failed call of Go about `module`, in paths of the repository."""
    text = shortened(done.stderr.decode("utf-8", "surrogateescape"))
    around = Surroundings(
        mod_path=module.file("go.mod"),
        module=module.path,
        siblings={m.path: m.dir for m in run.repository.modules if m.path and m.dir != module.dir},
        goproxy=run.go.toolchain.env.get("GOPROXY", ""),
        go=run.go.toolchain.version,
        timeout=run.timeout,
    )
    error = classify(_in_repository(text, module, run), around, timed_out=done.timed_out)
    return _at_its_import(error, module, run) if error.kind in _OF_AN_IMPORT else error


_OF_AN_IMPORT = (ErrorClass.MISSING_PACKAGE, ErrorClass.WORKSPACE_ONLY_DEPENDENCY)


def _at_its_import(error: ModuleError, module: Module, run: TidyRun) -> ModuleError:
    """The same error at the line that imports the package, when a file of the module does."""
    from go_release_gate.facts.why import find_import

    inner = frozenset(other.dir for other in run.repository.modules if other.dir != module.dir)
    found = find_import(error.package, run.mirror.dir_of(module), prefix=module.dir, inner=inner)
    return replace(error, path=found.path, line=found.line) if found else error


def _in_repository(text: str, module: Module, run: TidyRun) -> str:
    """Go's message with the copies' paths turned back into the repository's."""
    scratch = modfile_of(module, run).parent
    copies = re.compile(rf"\S*{re.escape(scratch.parent.name)}/{re.escape(scratch.name)}/go\.(mod|sum)")
    lines = (copies.sub(r"go.\1", line) if scratch.name in line else line for line in text.split("\n"))
    return run.mirror.to_repo_path("\n".join(lines))


def _required_hosts(module: Module) -> frozenset[str]:
    """First elements of the paths it requires: the hosts Go asks where no proxy has the module."""
    requires = module.mod.requires if module.mod else ()
    return frozenset(require.path.split("/", 1)[0] for require in requires)
