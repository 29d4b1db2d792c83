"""`tags --describe`, and outputs of a step: where HEAD stands among each module's releases, its commit and its time.

For `go build -ldflags "-X main.version=… -X main.commit=… -X main.date=…"`: all three are the commit's, none the
clock's, so that the same commit builds the same binary.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from go_release_gate.adapters.githistory import GitHistory
from go_release_gate.cli.next_versions import history_of
from go_release_gate.cli.output import envelope, into_output, print_json, print_rows, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.engine.discover import discover
from go_release_gate.errors import GateError, UnavailableError, UsageError
from go_release_gate.facts.module import Module
from go_release_gate.facts.release_table import module_tags
from go_release_gate.facts.snapshot import LABEL, snapshot_of
from go_release_gate.gomod.describe import Description, describe


@dataclass(frozen=True, slots=True)
class Described:
    """HEAD: its commit, its committer's time (RFC 3339, UTC), and the description of each module by directory.

    A module whose nearest release a cut history hides has None. `tagged`: directory of the module that `ref` releases.
    `snapshots`: directory → digest of the dependency snapshot.
    """

    commit: str
    time: str
    modules: Mapping[str, Description | None]
    tagged: str = ""
    snapshots: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The directory of the module that is released, else of the one at the top or of the only one."""
        only = next(iter(self.modules), "") if len(self.modules) == 1 else "."
        return self.tagged or only


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print it and return 0.

    Raises:
        UsageError: the folder is no git checkout. UnavailableError: the history is cut before any release.
    """
    found = described(root_of(args), environ, args.ref or "")
    hidden = [directory for directory, one in found.modules.items() if one is None]
    if hidden:
        hint = "fetch all of it: git fetch --unshallow --tags (actions/checkout: fetch-depth: 0)"
        raise UnavailableError(f"the history is cut before the last release of {', '.join(hidden)}", hint)
    with into_output(args):
        if wants_json(args):
            print_json(envelope("describe", document(found)))
        else:
            rows = [(directory, one.text) for directory, one in found.modules.items() if one]
            print_rows([("commit", found.commit), ("time", found.time), *rows])
    return 0


def described(root: Path, environ: Mapping[str, str], ref: str = "") -> Described:
    """Describe HEAD. Raises UsageError where there is no commit, UnavailableError where git gives no answer."""
    history = history_of(environ, root)
    head = history.head_commit()
    if not head:
        raise UsageError(f"{root} is no git checkout with a commit", "run it in a checkout")
    modules = [module for module in discover(root).modules if module.path]
    time = _rfc3339(history.commit_time(head))
    snapshots = {module.dir: snapshot_of(module) for module in modules}
    return Described(head, time, _descriptions(modules, history, head), _tagged(modules, ref), snapshots)


def outputs_of(root: Path, environ: Mapping[str, str], ref: str = "") -> dict[str, str]:
    """The outputs `describe`, `commit`, `commit-time`, `descriptions` and `snapshot-label`; none where git has no
    answer."""
    try:
        found = described(root, environ, ref)
    except GateError:
        return {}
    snapshot = found.snapshots.get(found.main, "")
    texts = {directory: one.text if one else "" for directory, one in found.modules.items()}
    return {
        "describe": texts.get(found.main, ""),
        "commit": found.commit,
        "commit-time": found.time,
        "descriptions": json.dumps(texts, ensure_ascii=False, sort_keys=True),
        "snapshot-label": f"{LABEL}={snapshot}" if snapshot else "",
    }


def document(found: Described) -> dict[str, Any]:
    """What `--format json` shows."""
    modules = [
        {
            "dir": directory,
            "describe": one.text if one else None,
            "last": one.version or None if one else None,
            "commits": one.commits if one else None,
            "dirty": one.is_dirty if one else None,
            "snapshot": found.snapshots.get(directory) or None,
        }
        for directory, one in found.modules.items()
    ]
    return {"commit": found.commit, "time": found.time, "modules": modules}


def _descriptions(modules: Sequence[Module], history: GitHistory, head: str) -> dict[str, Description | None]:
    merged = history.merged_tags(head)
    parents = history.parents(head)
    is_cut, is_dirty = history.is_shallow(), bool(history.changes(untracked=False))
    found: dict[str, Description | None] = {}
    for module in sorted(modules, key=lambda one: one.dir):
        tags = module_tags(module)
        releases = {
            version: commit for tag, commit in merged.items() if (version := _own(module, tags.version_of(tag)))
        }
        one = describe(parents, head, releases, is_dirty=is_dirty)
        found[module.dir] = None if is_cut and not one.version else one
    return found


def _own(module: Module, version: str) -> str:
    """A version of this module: modules of several major versions may share their tags' prefix."""
    from go_release_gate.gomod.modulepath import agrees

    return version if version and agrees(module.path, version) else ""


def _tagged(modules: Sequence[Module], ref: str) -> str:
    tag = ref.removeprefix("refs/tags/") if ref.startswith("refs/tags/") or not ref.startswith("refs/") else ""
    return next((one.dir for one in modules if tag and _own(one, module_tags(one).version_of(tag))), "")


def _rfc3339(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
