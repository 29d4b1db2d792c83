"""`tags --next`: what each module's next version is, and with `--create` its tag. Nothing is ever pushed."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.cli.output import envelope, into_output, print_json, print_lines, print_rows, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.engine.releasing import PUSHED_AT_ONCE, Proposal, proposals, pushes
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.report.neutral import log_text

if TYPE_CHECKING:
    from go_release_gate.adapters.githistory import GitHistory

TRIGGER = f"more than {PUSHED_AT_ONCE} tags pushed at once start no workflow on GitHub; push them in these groups"


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the proposals and return 0; with `--create` the tags are made first.

    Raises:
        UsageError: the folder is no git checkout. UnavailableError: history is cut, or git refuses.
        RefusedError: `--create` in a tree with changes, or for a tag that cannot be.
    """
    root = root_of(args)
    history = history_of(environ, root)
    found = _found(args, root, history)
    with into_output(args):
        created = _create(found, environ, root, history) if args.create else ()
        if wants_json(args):
            print_json(document(found, created))
        else:
            _print(found, created)
    return 0


def history_of(environ: Mapping[str, str], root: Path) -> GitHistory:
    """git for reading the history of the repository at `root`, without anybody's settings."""
    from go_release_gate.adapters.environment import Surroundings, child_environment
    from go_release_gate.adapters.githistory import GitHistory
    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.programs import find

    surroundings = Surroundings(root, Path("/nonexistent"), trusted=False)
    variables = child_environment(environ, surroundings).variables
    return GitHistory(ProcessRunner(), find("git", environ, root), variables, root)


def _found(args: argparse.Namespace, root: Path, history: GitHistory) -> tuple[Proposal, ...]:
    from go_release_gate.engine.discover import discover

    if not history.head_commit():
        raise UsageError(f"{root} is no git checkout with a commit", "run it in a checkout with history")
    if history.is_shallow():
        hint = "fetch all of it: git fetch --unshallow --tags (actions/checkout: fetch-depth: 0)"
        raise UnavailableError("the history is cut, so what came since the last release cannot be seen", hint)
    repository = discover(root)
    every = proposals(repository.modules, history.merged_tags(), tuple(history.tags()), history.commits_since)
    wanted = set(args.module or ())
    unknown = wanted - {one.dir for one in every}
    if unknown:
        raise UsageError(f"no module in {', '.join(sorted(unknown))}", "name directories as `tags --next` shows them")
    return tuple(one for one in every if one.dir in wanted or (not wanted and not _is_aside(one)))


def _is_aside(one: Proposal) -> bool:
    """Whether a module that was never released is there for the repository alone: tests, examples, internal tools."""
    from go_release_gate.oci.manifests.scan import is_passed_over, is_sample

    place = f"{one.dir}/go.mod"
    is_internal = "internal" in one.dir.split("/")
    return not one.next.last and (is_internal or is_passed_over(place) or is_sample(place))


def _create(found: Sequence[Proposal], environ: Mapping[str, str], root: Path, history: GitHistory) -> tuple[str, ...]:
    """Make the tags that can be made; all of them or none."""
    from go_release_gate.adapters.githistory import create_tags
    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.programs import find

    changed = history.changes()
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise RefusedError(f"the tree has changes: {changed[0]}{more}", "commit or remove them; a tag names a commit")
    blocked = [one for one in found if one.tag and one.next.is_blocked]
    if blocked:
        raise RefusedError(f"{blocked[0].tag} cannot be made: {blocked[0].next.notes[0]}", "or choose others: --module")
    names = [one.tag for one in found if one.is_taggable]
    taken = sorted(set(names) & set(history.tags()))
    if taken:
        raise RefusedError(f"the tag {taken[0]} exists already", "a published version is never changed")
    program = find("git", environ, root)
    if program is None:
        raise UnavailableError("git was not found on PATH")
    create_tags(ProcessRunner(), program, environ, root, names)
    return tuple(names)


def document(found: Sequence[Proposal], created: Sequence[str]) -> dict[str, Any]:
    """The proposals as `--format json` shows them."""
    modules = [
        {
            "dir": one.dir,
            "path": one.path,
            "last": one.next.last or None,
            "next": one.next.version or None,
            "tag": one.tag or None,
            "bump": one.next.bump.word,
            "blocked": one.next.is_blocked,
            "reasons": list(one.reasons),
            "notes": list(one.next.notes),
        }
        for one in found
    ]
    groups = [list(group) for group in pushes(_names(found))]
    return envelope("next-versions", {"modules": modules, "created": list(created), "pushes": groups})


def _print(found: Sequence[Proposal], created: Sequence[str]) -> None:
    head = ("module", "last", "next", "tag", "change")
    rows = [
        (one.dir, one.next.last or "-", one.next.version or "-", one.tag or "-", one.next.bump.word) for one in found
    ]
    print_rows([head, *rows])
    for one in found:
        print_lines([log_text(f"{one.dir}: {text}") for text in (*one.reasons, *one.next.notes)])
    names = _names(found)
    if not names:
        print_lines(["nothing is to be released"])
        return
    made = f"created: {log_text(' '.join(created))}"
    print_lines([made if created else "make the tags: go-release-gate tags --next --create"])
    if len(names) > PUSHED_AT_ONCE:
        print_lines([TRIGGER])
    print_lines([log_text(shlex.join(["git", "push", "origin", *group])) for group in pushes(names)])


def _names(found: Sequence[Proposal]) -> list[str]:
    return [one.tag for one in found if one.is_taggable]
