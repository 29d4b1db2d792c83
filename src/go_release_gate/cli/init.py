"""`init`: looks at the repository, proposes a pipeline and installs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate import __version__
from go_release_gate.cli.init_asking import Ask, asked, on_terminal
from go_release_gate.cli.init_choices import choices_of
from go_release_gate.cli.output import envelope, print_json, print_lines, wants_json
from go_release_gate.cli.root import root_of
from go_release_gate.engine.installing import Committer, write
from go_release_gate.engine.surveying import survey
from go_release_gate.errors import NoModuleError, UnavailableError, UsageError
from go_release_gate.pipeline.files import Planned, planned
from go_release_gate.pipeline.next_steps import Step, next_steps
from go_release_gate.pipeline.proposal import Proposal, propose
from go_release_gate.report.colour import wants_colour
from go_release_gate.report.pipeline_text import (
    diff_lines,
    existing_lines,
    file_lines,
    proposal_lines,
    step_lines,
)

if TYPE_CHECKING:
    from go_release_gate.pipeline.survey import Survey

Surveyed = Callable[[], "Survey"]


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Install the pipeline. 0; with `--check` 1 where a file is missing or outdated.

    Raises:
        UsageError: something must be decided and nobody can be asked. RefusedError: a link where a file would be.
    """
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if wants_json(args):
        return _in_json(args, environ)
    return perform(args, environ, on_terminal if is_terminal else None)


def perform(args: argparse.Namespace, environ: Mapping[str, str], ask: Ask | None) -> int:
    """What `run` does. `ask`: puts questions to a person; None: there is nobody."""
    root = root_of(args, environ)
    proposal = _proposed(args, environ, root)
    is_quiet = bool(args.yes or args.dry_run or args.check)
    colour = wants_colour(args.color or "auto", environ, is_tty=sys.stdout.isatty())
    print_lines([*proposal_lines(proposal), *existing_lines(proposal)])
    if ask and not is_quiet:
        proposal = propose(proposal.survey, asked(proposal, ask), __version__)
    if proposal.questions:
        raise UsageError(f"undecided: {proposal.questions[0].words}", f"add {proposal.questions[0].option}")
    files = planned(_remembering(proposal), __version__, tuple(args.overwrite or ()))
    if not args.quiet:
        print_lines(list(diff_lines(files, colour=colour)))
    print_lines(list(file_lines(files, colour=colour)))
    if args.check:
        return _checked(files, environ)
    if not any(one.state.is_written for one in files):
        print_lines(["nothing to do"])
        return 0
    if args.dry_run or not (args.yes or (ask and _agreed(ask))):
        print_lines(["nothing was written" if args.dry_run else "nothing was written: add --yes to write it"])
        return 0
    return _installed(args, environ, root, (proposal, files))


def _in_json(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """The whole as one object. 0; 1 with `--check` where a file is behind; 2 where something is undecided."""
    root = root_of(args, environ)
    proposal = _proposed(args, environ, root)
    files = () if proposal.questions else planned(_remembering(proposal), __version__, tuple(args.overwrite or ()))
    paths: Sequence[str] = ()
    steps: Sequence[Step] = ()
    if args.yes and not args.dry_run and not args.check and any(one.state.is_written for one in files):
        paths = _written(args, environ, root, files)
        steps = next_steps(proposal, files, args.commit or "")
    from go_release_gate.cli.init_report import init_report
    from go_release_gate.cli.release.documents import as_json

    report = init_report(proposal, files, paths, steps)
    print_json(envelope("init", as_json(report)))
    return 2 if proposal.questions else 1 if args.check and report.behind else 0


def _proposed(args: argparse.Namespace, environ: Mapping[str, str], root: Path) -> Proposal:
    from go_release_gate.cli.basefile import git_of
    from go_release_gate.cli.settings import rule_severities

    git = git_of(environ, root)
    if git.prefix():
        raise UsageError(f"{root} lies inside a repository", "workflows count at its root alone: name that")
    seen = survey(root, git, rule_severities())
    if not seen.modules:
        raise NoModuleError(f"no go.mod was found below {root}", "name the root of a Go repository")
    return propose(seen, choices_of(args, seen.files), __version__)


def _remembering(proposal: Proposal) -> Proposal:
    """With the branch among the choices that files remember: a checkout of CI does not tell it."""
    return replace(proposal, choices=replace(proposal.choices, branch=proposal.branch))


def _agreed(ask: Ask) -> bool:
    return ask("write these files", "yes").lower() in ("y", "yes")


def _checked(files: Sequence[Planned], environ: Mapping[str, str]) -> int:
    behind = [one.path for one in files if one.state.is_behind]
    if environ.get("GITHUB_ACTIONS") == "true":
        from go_release_gate.cli.init_report import check_commands

        print_lines(list(check_commands(files)))
    if behind:
        print_lines(
            [f"{len(behind)} of {len(files)} files are not as init would write them: run `go-release-gate init`"]
        )
    return 1 if behind else 0


def _installed(
    args: argparse.Namespace, environ: Mapping[str, str], root: Path, made: tuple[Proposal, Sequence[Planned]]
) -> int:
    proposal, files = made
    paths = _written(args, environ, root, files)
    print_lines([f"{len(paths)} file{'' if len(paths) == 1 else 's'} written"])
    if args.commit:
        print_lines([f"committed on the branch {args.commit}"])
    print_lines(list(step_lines(next_steps(proposal, files, args.commit or ""))))
    return 0


def _written(
    args: argparse.Namespace, environ: Mapping[str, str], root: Path, files: Sequence[Planned]
) -> tuple[str, ...]:
    """Write, and commit where a branch is named; its name is looked at first."""
    if not args.commit:
        return write(root, files)
    committer = _committer(environ, root)
    committer.check(args.commit)
    paths = write(root, files)
    committer.commit(args.commit, paths)
    return paths


def _committer(environ: Mapping[str, str], root: Path) -> Committer:
    from go_release_gate.adapters.process import ProcessRunner
    from go_release_gate.adapters.programs import find

    program = find("git", environ, root)
    if program is None:
        raise UnavailableError("git was not found on PATH", "install it, or leave --commit out")
    return Committer(ProcessRunner(), program, environ, root)
