"""Why `go mod tidy` would add, drop or change each line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from go_release_gate.facts.changes import UNKNOWN
from go_release_gate.facts.modgraph import ModuleCache, ModuleGraph, build_graph
from go_release_gate.facts.module import Module
from go_release_gate.facts.tidy import Change, Reason
from go_release_gate.facts.why import Chain, Import, locate
from go_release_gate.gomod.modfile import ModFile
from go_release_gate.gomod.version import compare
from go_release_gate.model.finding import Location


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the reasons are read from.

    Attributes:
        before, after: go.mod today and as tidy leaves it.
        chains: module path → why the tidied module needs it.
        graph: the module graph of the tidied go.mod. old: of today's.
        directory: the module's directory in the copy.
        contradicted: (path, version, whether of its go.mod) of what go.sum gives more than one hash.
    """

    module: Module
    before: ModFile
    after: ModFile
    chains: Mapping[str, Chain]
    graph: ModuleGraph
    old: ModuleGraph
    cache: ModuleCache
    directory: Path
    contradicted: frozenset[tuple[str, str, bool]] = frozenset()


def gather(
    module: Module,
    after: ModFile,
    *,
    chains: Mapping[str, Chain],
    cache: ModuleCache,
    directory: Path,
    local: Mapping[str, ModFile],
) -> Evidence:
    """Collect the evidence for one untidy module; reads the module cache, asks no network."""
    assert module.mod is not None  # noqa: S101 - only judged modules are explained
    graph = build_graph(after, cache, local)
    old = build_graph(module.mod, cache, local)
    return Evidence(module, module.mod, after, chains, graph, old, cache, directory, _contradicted(module))


def explain(changes: tuple[Change, ...], evidence: Evidence) -> tuple[Change, ...]:
    """The changes with their reasons; what stays unexplained keeps the kind `unknown`."""
    return tuple(replace(change, reason=_reason(change, evidence)) for change in changes)


def _reason(change: Change, evidence: Evidence) -> Reason:
    if change.file == "go.sum":
        return _sum_reason(change, evidence)
    if change.subject in ("go", "toolchain"):
        return _go_reason(change, evidence)
    if "@" not in change.subject:
        return UNKNOWN
    path, version = change.subject.rsplit("@", 1)
    if change.op == "drop":
        return _dropped(path, evidence)
    return _required(change, path, version, evidence)


# --- requirements ---------------------------------------------------------------------------------


def _required(change: Change, path: str, version: str, evidence: Evidence) -> Reason:
    today = next((r for r in evidence.before.requires if r.path == path), None)
    if today and today.version != version:
        return _raised(path, version, evidence)
    chain = evidence.chains.get(path)
    if chain is None:
        return _by_graph(path, version, evidence)
    reason = _imported(path, chain, evidence)
    if today is None:
        return _moved(path, chain, evidence, reason) or reason
    if change.text.endswith("// indirect"):
        return Reason("indirect-only", f"no package of this module imports it itself; {reason.text}", reason.location)
    return Reason("direct", f"it is a direct requirement: {reason.text}", reason.location)


def _raised(path: str, version: str, evidence: Evidence) -> Reason:
    who = evidence.graph.required_by(path, version)
    if who and who[1]:
        return Reason("required-by", f"{who[0]}@{who[1]} requires {version}")
    chain = evidence.chains.get(path)
    if chain:
        reason = _imported(path, chain, evidence)
        return Reason("replaced-version", f"{version} has the package: {reason.text}", reason.location)
    return UNKNOWN


def _by_graph(path: str, version: str, evidence: Evidence) -> Reason:
    who = evidence.graph.required_by(path, version)
    if who and who[1]:
        return Reason("required-by", f"{who[0]}@{who[1]} requires it, and it is pinned for graph pruning")
    return UNKNOWN


def _imported(path: str, chain: Chain, evidence: Evidence) -> Reason:
    """The first import of the chain, in this module's own files."""
    first = next(p for p in chain.packages[1:] if not p.endswith(".test")) if len(chain.packages) > 1 else path
    found = _locate(first, chain, evidence)
    where, location = _where(found)
    if chain.is_direct:
        return Reason("imported", f"{first} is imported{where}", location)
    if chain.tested:
        return Reason(
            "test-of-dependency",
            f"the test of {chain.tested} needs {chain.target}; reached through {first}{where}",
            location,
        )
    return Reason("imported-indirectly", f"{first}{where} leads to {chain.target}", location)


def _locate(package: str, chain: Chain, evidence: Evidence) -> Import | None:
    module = evidence.module
    return locate(package, chain, module=module.path, directory=evidence.directory, prefix=module.dir)


def _where(found: Import | None) -> tuple[str, Location | None]:
    if found is None:
        return "", None
    constraint = f" (built with {found.constraint})" if found.constraint else ""
    return f" at {found.location.path}:{found.location.line}{constraint}", found.location


def _moved(path: str, chain: Chain, evidence: Evidence, reason: Reason) -> Reason | None:
    """A package that left its module for a nested one: the outer module was required, the inner one now is."""
    outer = next((r for r in evidence.before.requires if path.startswith(r.path + "/")), None)
    if outer is None or not chain.target.startswith(path):
        return None
    at = f" at {reason.location.path}:{reason.location.line}" if reason.location else ""
    text = f"{chain.target}, imported{at}, lives in the module {path}, nested in {outer.path}"
    return Reason("moved", text, reason.location)


def _dropped(path: str, evidence: Evidence) -> Reason:
    if any(r.path == path for r in evidence.after.requires):
        return Reason("duplicate", "it is required twice")
    inner = next(
        (r for r in evidence.after.requires if r.path.startswith(path + "/") or path.startswith(r.path + "/")), None
    )
    if inner and not any(r.path == inner.path for r in evidence.before.requires):
        return Reason("moved", f"its packages come from {inner.path} now")
    who = evidence.graph.required_by(path, evidence.graph.selected.get(path, ""))
    if who and who[1]:
        return Reason("unused", f"no package or test needs it; {who[0]}@{who[1]} still names it")
    return Reason("unused", "no package or test of this module, or of what it imports, needs it")


# --- go and toolchain -------------------------------------------------------------------------------


def _go_reason(change: Change, evidence: Evidence) -> Reason:
    if change.subject == "toolchain":
        if change.op == "drop":
            return Reason("redundant-toolchain", "the go line already asks for that Go or a newer one")
        return Reason("raised-go", "a dependency asks for a newer Go")
    if evidence.before.go is None:
        return Reason("no-go-line", "there is no go line, and tidy writes the version of the Go in use")
    wanted = change.text.split(" ", 1)[1]
    for require in evidence.after.requires:
        file = evidence.cache.mod_file(require.path, require.version)
        if file and file.go and file.go.value == wanted:
            return Reason("raised-go", f"{require.path}@{require.version} says go {wanted}")
    return Reason("raised-go", "a dependency asks for it") if change.op == "change" else UNKNOWN


# --- go.sum -------------------------------------------------------------------------------------------


def _sum_reason(change: Change, evidence: Evidence) -> Reason:
    is_mod = change.subject.endswith("/go.mod")
    path, version = change.subject.removesuffix("/go.mod").rsplit("@", 1)
    if change.op == "drop":
        return _sum_dropped(path, version, evidence, is_mod=is_mod)
    if not is_mod and (chain := evidence.chains.get(path)):
        return _imported(path, chain, evidence)
    return _sum_graph(path, version, evidence, is_mod=is_mod)


def _sum_graph(path: str, version: str, evidence: Evidence, *, is_mod: bool) -> Reason:
    who = evidence.graph.required_by(path, version)
    if who is None:
        return UNKNOWN
    asking = f"{who[0]}@{who[1]}" if who[1] else "this module's go.mod"
    if is_mod:
        return Reason("required-by", f"{asking} requires it, so its go.mod is read")
    return Reason("searched", f"{asking} requires it, and its content is searched for packages")


def _sum_dropped(path: str, version: str, evidence: Evidence, *, is_mod: bool) -> Reason:
    selected = evidence.graph.selected.get(path)
    if (path, version, is_mod) in evidence.contradicted:
        return Reason("duplicate", "the same version has another hash beside it")
    if selected is None:
        return Reason("unused", "no module requires it any more")
    if compare(selected, version) != 0:
        who = evidence.graph.required_by(path, selected)
        because = f", asked for by {who[0]}{'@' + who[1] if who[1] else ''}" if who else ""
        return Reason("replaced-version", f"{selected} is selected{because}")
    if is_mod:
        return Reason("pruned", "the module graph is pruned before it: its go.mod is not read")
    return Reason("unused", "no package or test needs a package of it")


def _contradicted(module: Module) -> frozenset[tuple[str, str, bool]]:
    """What go.sum gives more than one hash, read once: a go.sum may have a hundred thousand lines."""
    hashes: dict[tuple[str, str, bool], set[str]] = {}
    for line in module.sum.lines if module.sum else ():
        hashes.setdefault((line.path, line.version, line.is_mod), set()).add(line.hash)
    return frozenset(key for key, found in hashes.items() if len(found) > 1)
