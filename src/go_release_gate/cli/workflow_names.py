"""`tags --workflows`: for a ref, the names that the workflows of the repository would push."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from go_release_gate.cli.image_context import Sources, context_of
from go_release_gate.cli.output import envelope, wants_json
from go_release_gate.oci.reference import InvalidReferenceError, parse
from go_release_gate.oci.tags.context import PULLS, TAGS, Context, text_at
from go_release_gate.report.jsontext import dumps
from go_release_gate.report.neutral import log_text
from go_release_gate.shell.unknown import Unknown
from go_release_gate.workflow.pushes import Push, pushes
from go_release_gate.workflow.runs import Run

if TYPE_CHECKING:
    from go_release_gate.facts.workflows import Workflows

_NUMBER = re.compile(r"refs/pull/(\d+)/")


@dataclass(frozen=True, slots=True)
class Foretold:
    """What would be pushed for `ref`, the names among it that no registry takes, and what could not be read."""

    ref: str
    pushes: tuple[Push, ...]
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the names. 0, or 1 when one of them is no image reference.

    Raises:
        UsageError: there is no ref to answer for.
    """
    from go_release_gate.report.files import check_writable, write_file

    target = Path(args.output) if args.output else None
    if target:
        check_writable(target)
    found = perform(args, environ)
    text = json_text(found) if wants_json(args) else "".join(f"{line}\n" for line in text_lines(found))
    if target:
        write_file(target, text)
    else:
        sys.stdout.write(text)
    return 1 if found.problems else 0


def perform(args: argparse.Namespace, environ: Mapping[str, str]) -> Foretold:
    """Work the names out for the ref that was asked for, and each event that comes with it."""
    from go_release_gate.engine.workflow_reading import read_checkout

    root = Path(args.path or ".").resolve()
    sources = Sources(args, environ, root)
    context = context_of(sources)
    notices: list[str] = []
    workflows, _ = read_checkout(root, _module(root), sources.git, notices)
    repository = environ.get("GITHUB_REPOSITORY", "")
    found = tuple(_foretold(workflows, context, repository)) if workflows else ()
    return Foretold(context.ref, found, tuple(_problems(found)), tuple(notices))


def _foretold(workflows: Workflows, context: Context, repository: str) -> Iterable[Push]:
    for event in _events(context):
        run = _run(event, context, repository or workflows.repository, workflows.default_branch)
        for workflow in workflows.files:
            yield from pushes(workflow, run, workflows.surroundings)


def _events(context: Context) -> tuple[str, ...]:
    """The event itself, and the others that come with such a ref."""
    if context.ref.startswith(PULLS):
        return "pull_request", "pull_request_target"
    others = ("push", "release") if context.ref.startswith(TAGS) else ("push",)
    return tuple(dict.fromkeys((context.event or "push", *others)))


def _run(event: str, context: Context, repository: str, branch: str) -> Run:
    number = _NUMBER.match(context.ref)
    default = text_at(context.payload, "repository", "default_branch") or branch
    return Run(
        event=event,
        ref=context.ref,
        sha=context.sha,
        repository=repository,
        default_branch=default,
        number=int(number[1][:9]) if number else None,
        base_ref=(context.base_ref or default) if number else "",
    )


def _module(root: Path) -> str:
    """Path of the module at the root; empty: there is none that can be read."""
    from go_release_gate.engine.reading import MOD_LIMIT
    from go_release_gate.engine.safe_paths import RefusedFileError, read_regular
    from go_release_gate.gomod.modfile import parse as parse_mod
    from go_release_gate.gomod.syntax import SyntaxProblemError

    try:
        data = read_regular(root, ".", "go.mod", MOD_LIMIT)
        return parse_mod(data, strict=False).path if data else ""
    except (RefusedFileError, SyntaxProblemError):
        return ""


def _problems(found: Iterable[Push]) -> Iterator[str]:
    """Names that no registry takes, each once; what stands on a condition is not judged."""
    known = [push.names for push in found if isinstance(push.names, tuple) and not push.is_conditional]
    for name in dict.fromkeys(name for names in known for name in names):
        try:
            parse(name)
        except InvalidReferenceError as error:
            yield str(error)


def json_text(found: Foretold) -> str:
    """One object of kind `pushes`, and a final newline."""
    content: dict[str, Any] = {
        "ref": found.ref,
        "verdict": "fail" if found.problems else "pass",
        "pushes": [_entry(push) for push in found.pushes],
        "problems": list(found.problems),
        "notices": list(found.notices),
    }
    return dumps(envelope("pushes", content)) + "\n"


def _entry(push: Push) -> dict[str, Any]:
    is_known = isinstance(push.names, tuple)
    return {
        "workflow": push.workflow,
        "line": push.line,
        "job": push.job,
        "step": push.step,
        "event": push.event,
        "names": list(push.names) if isinstance(push.names, tuple) else [],
        "unknown": None if is_known else {"text": _text(push), "reason": _reason(push)},
        "conditional": push.is_conditional,
    }


def text_lines(found: Foretold) -> list[str]:
    """For people: each line that pushes, with its names; harmless in a log."""
    lines = [f"{log_text(found.ref)}: what the workflows push"]
    place = ""
    for push in found.pushes:
        here = f"{push.workflow}:{push.line} ({push.event}, {push.job}/{push.step})"
        lines += [f"  {log_text(here)}"] if here != place else []
        place = here
        may = ", on a condition" if push.is_conditional else ""
        if isinstance(push.names, Unknown):
            lines.append(f"    unknown: {log_text(_text(push))} ({log_text(_reason(push))}{may})")
        else:
            lines += [f"    {log_text(name)}{' (on a condition)' if may else ''}" for name in push.names]
    lines += [] if found.pushes else ["  nothing"]
    lines += [f"problem: {log_text(problem)}" for problem in found.problems]
    return lines + [f"note: {log_text(notice)}" for notice in found.notices]


def _text(push: Push) -> str:
    return push.names.text if isinstance(push.names, Unknown) else ""


def _reason(push: Push) -> str:
    return push.names.reason if isinstance(push.names, Unknown) else ""
