"""One action done: the desk is opened, the action performed, what came of it printed as text or JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from go_release_gate.cli.output import envelope, into_output, print_json
from go_release_gate.cli.release.actions import find_action
from go_release_gate.cli.release.documents import as_json
from go_release_gate.cli.release.page import Page, as_text
from go_release_gate.cli.release.wiring import open_desk
from go_release_gate.errors import UsageError
from go_release_gate.report.colour import wants_colour

AT_ONCE = frozenset({"promote", "rollback", "resume", "abandon", "status", "list", "hold", "unhold"})
READING = frozenset({"list", "status", "diff", "verify", "export", "request"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action came to.

    Attributes:
        kind: of the JSON object. report: its content, a dataclass or a mapping. page: the same for people.
        code: exit code. outputs: of a workflow's step. raw: what is printed instead of both (an export).
        is_written: whether `--output` was served already.
    """

    kind: str
    report: Any
    page: Page
    code: int = 0
    outputs: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    is_written: bool = False


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it and print it. Raises GateError."""
    outcome = perform(args, environ)
    if outcome.is_written:
        args.output = None
    with into_output(args):
        show(outcome, args, environ)
    return outcome.code


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Outcome:
    """Do what `args.release_action` says. Raises GateError."""
    action = find_action(args.release_action)
    is_writing = action.name not in READING and not getattr(args, "dry_run", None)
    if args.output:
        from go_release_gate.report.files import check_writable

        check_writable(Path(args.output))
    with open_desk(args, environ, is_writing=is_writing) as desk:
        if is_writing:
            desk.refuse_untrusted()
        if action.name in AT_ONCE and not getattr(args, "offline", None):
            desk.ledger.begin()  # these read the ledger first of all
        module = import_module(f"go_release_gate.cli.release.{action.module}")
        outcome: Outcome = module.perform(desk)
        return outcome


def below_workspace(args: argparse.Namespace, workspace: Path) -> None:
    """A step's paths are the workspace's; nobody can be asked there, so that starting it is saying yes."""
    args.path, args.repository = str(workspace / (args.path or ".")), None
    for name in ("plan", "output", "request"):
        if getattr(args, name, None) not in {None, "event"}:
            setattr(args, name, str(workspace / getattr(args, name)))
    args.yes = args.release_action != "prune" or args.dry_run is False  # what deletes wants to be told
    if args.release_action == "diff":
        raise UsageError("`action: diff` is for the command line", "use `action: status` or `action: list`")
    if args.release_action == "request":  # a log that others read is no place for it
        raise UsageError("`action: request` is for the command line", "use `action: rollback` or `action: hold`")


def show(outcome: Outcome, args: argparse.Namespace, environ: Mapping[str, str]) -> None:
    """Print what came of it."""
    if outcome.raw:
        sys.stdout.write(outcome.raw)
    elif args.format == "json":
        content = outcome.report if isinstance(outcome.report, Mapping) else as_json(outcome.report)
        print_json(envelope(outcome.kind, content))
    else:
        colour = wants_colour(args.color or "auto", environ, is_tty=sys.stdout.isatty() and not args.output)
        sys.stdout.write(as_text(outcome.page, colour=colour))
