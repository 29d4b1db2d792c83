"""`why MODULE`: the reason a module is there, for every module of the repository that names it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.cli.asking import wishes_of
from go_release_gate.cli.output import envelope, print_json, print_lines, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.cli.session import open_session
from go_release_gate.cli.settings import judged_settings
from go_release_gate.engine.context import Edges
from go_release_gate.engine.discover import discover
from go_release_gate.errors import NoModuleError
from go_release_gate.facts.mirror import Mirror
from go_release_gate.facts.modgraph import ModuleCache, build_graph
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository
from go_release_gate.facts.why import Chain, Import, ask, locate
from go_release_gate.report.neutral import log_text


@dataclass(frozen=True, slots=True)
class Answer:
    """Why one module of the repository has `MODULE`.

    Attributes:
        version: the one selected. requirer: who asks for that version, empty when nobody's go.mod could be read.
        chain: packages from one of this module to one of `MODULE`, empty when no package needs it.
    """

    dir: str
    version: str
    requirer: str
    chain: tuple[str, ...] = ()
    location: Import | None = None

    def lines(self) -> list[str]:
        """The answer for people."""
        asked = f", asked for by {log_text(self.requirer)}" if self.requirer else ""
        head = f"{log_text(self.dir)}: {log_text(self.version)}{asked}"
        if not self.chain:
            return [head, "  no package or test needs it; it takes part in choosing versions"]
        place = self.location.location if self.location else None
        at = f"  ({log_text(place.path)}:{place.line})" if place else ""
        return [head, *(f"  {log_text(name)}{at if number == 0 else ''}" for number, name in enumerate(self.chain))]

    def entry(self) -> dict[str, Any]:
        """The answer for programs."""
        place = self.location.location if self.location else None
        location = {"path": place.path, "line": place.line} if place else None
        return {
            "dir": self.dir,
            "version": self.version,
            "required_by": self.requirer or None,
            "chain": list(self.chain),
            "location": location,
        }


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the reasons; 0. Raises NoModuleError when no module of the repository has it."""
    root = root_of(args)
    judged = judged_settings(args, environ, root)
    settings = judged.settings
    with open_session(wishes_of(args, environ, root), settings, environ) as session:
        repository = discover(root, include=settings.include, exclude=settings.exclude, trusted=settings.trusted)
        with Mirror(repository, session.edges.scratch, owner=session.edges.owner, trusted=settings.trusted) as mirror:
            answers = _answers(args.target, repository, mirror, session.edges, settings.go.timeout)
    if not answers:
        raise NoModuleError(f"no module of this repository has {args.target!r}", "name a module path, as go.mod does")
    if wants_json(args):
        print_json(envelope("why", {"module": args.target, "answers": [answer.entry() for answer in answers]}))
    else:
        print_lines([line for answer in answers for line in answer.lines()])
    return 0


def _answers(target: str, repository: Repository, mirror: Mirror, edges: Edges, timeout: float) -> list[Answer]:
    cache = ModuleCache(Path(edges.go.toolchain.modcache))
    local = {module.path: module.mod for module in repository.modules if module.mod}
    found = []
    for module in repository.modules:
        if module.mod is None or mirror.error_of(module):
            continue
        graph = build_graph(module.mod, cache, local)
        version = graph.selected.get(target)
        if version is None:
            continue
        who = graph.required_by(target, version)
        requirer = ("this module's go.mod" if not who[1] else f"{who[0]}@{who[1]}") if who else ""
        chain = _chain(target, module, mirror, edges, timeout)
        place = _place(chain, module, mirror) if chain else None
        found.append(Answer(module.dir, version, requirer, chain.packages if chain else (), place))
    return found


def _chain(target: str, module: Module, mirror: Mirror, edges: Edges, timeout: float) -> Chain | None:
    """What Go says, asked on copies of the two files."""
    folder = edges.scratch / "why"
    folder.mkdir(exist_ok=True)
    (folder / "go.mod").write_bytes(module.mod_bytes)
    (folder / "go.sum").write_bytes(module.sum_bytes or b"")
    return ask(edges.go, [target], cwd=mirror.dir_of(module), modfile=folder / "go.mod", timeout=timeout).get(target)


def _place(chain: Chain, module: Module, mirror: Mirror) -> Import | None:
    first = next((name for name in chain.packages[1:] if not name.endswith(".test")), "")
    return locate(first, chain, module=module.path, directory=mirror.dir_of(module), prefix=module.dir)
