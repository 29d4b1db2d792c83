"""`plan`: what would be checked, as a job matrix."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from go_release_gate.cli.basefile import Elsewhere, base_objects, git_of
from go_release_gate.cli.output import envelope, print_json, print_lines, print_rows, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.cli.settings import judged_settings
from go_release_gate.engine.discover import discover
from go_release_gate.engine.plan import Shard, changed_files, shards, touched
from go_release_gate.errors import UsageError
from go_release_gate.facts.module import Module
from go_release_gate.facts.repository import Repository


@dataclass(frozen=True, slots=True)
class Plan:
    """The modules to check, the jobs they make, and the repository they were found in."""

    repository: Repository
    modules: tuple[Module, ...]
    jobs: tuple[Shard, ...]

    def matrix(self) -> dict[str, Any]:
        """The value for `strategy.matrix`."""
        return {"include": [job.entry() for job in self.jobs]}


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the plan and return 0, also when nothing is to be checked."""
    plan = perform(args, environ)
    if args.output:
        _write(Path(args.output), plan)
    elif wants_json(args):
        print_json(document(plan))
    else:
        print_rows([("job", "modules"), *((job.name, " ".join(job.modules)) for job in plan.jobs)])
        print_lines([f"modules: {len(plan.modules)} of {len(plan.repository.modules)}; jobs: {len(plan.jobs)}"])
    return 0


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Plan:
    """Discover the modules and choose those to check. Raises UnavailableError for a revision that is not here."""
    root = root_of(args)
    settings = judged_settings(args, environ, root).settings
    repository = discover(root, include=settings.include, exclude=settings.exclude, trusted=settings.trusted)
    elsewhere = Elsewhere(bool(getattr(args, "offline", False)), args.ca_bundle or "", settings.trusted)
    modules = _changed(repository, args.base, environ, elsewhere) if args.base else repository.modules
    return Plan(repository, modules, shards(modules, args.shards or 0))


def _changed(repository: Repository, base: str, environ: Mapping[str, str], elsewhere: Elsewhere) -> tuple[Module, ...]:
    """The modules that differ from `base`, which GitHub describes where a shallow checkout lacks it."""
    before = base_objects(environ, repository.root, base, elsewhere)
    return touched(repository, changed_files(before, git_of(environ, repository.root).objects("HEAD")))


def document(plan: Plan) -> dict[str, Any]:
    """The plan as `--format json` shows it."""
    content = {
        "modules": [{"dir": module.dir, "path": module.path} for module in plan.modules],
        "skipped": [{"dir": skipped.dir, "reason": skipped.reason} for skipped in plan.repository.skipped],
        "matrix": plan.matrix(),
    }
    return envelope("plan", content)


def _write(path: Path, plan: Plan) -> None:
    from go_release_gate.report.jsontext import dumps

    try:
        path.write_text(dumps(document(plan)) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}") from error
