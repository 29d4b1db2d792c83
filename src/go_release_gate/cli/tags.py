"""`tags`: image names, tags, labels and annotations of a ref, as docker/metadata-action makes them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.cli.image_context import Sources, context_of
from go_release_gate.cli.output import wants_json
from go_release_gate.cli.strict_policy import name_policy
from go_release_gate.oci.tags.answer import Answer
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.evaluate import evaluate
from go_release_gate.oci.tags.inputs import Inputs

if TYPE_CHECKING:
    from go_release_gate.adapters.github.api import Api
    from go_release_gate.cli.tag_listing import TagListing

    Connect = Callable[[], Api]


@dataclass(frozen=True, slots=True)
class Named:
    """What came out, for which run, and what is to be said beside it; `run` is the workflow run's address.

    `notices`: what could not be found out. `changes`: what the policy `strict` left out or changed.
    """

    answer: Answer
    context: Context
    repository: str = ""
    run: str | None = None
    notices: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where the names cannot be used: there is none, one of them is no reference, or another ref has it, too;
        3 where that could not be checked."""
        return {"pass": 0, "fail": 1}.get(self.answer.verdict, 3)


def run(args: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the names. 0, or 1 when they cannot be used. Raises UsageError for inputs that the peer refuses, too."""
    from go_release_gate.report.files import check_writable, write_file
    from go_release_gate.report.image_names import json_text, text_lines

    if args.workflows:
        from go_release_gate.cli import workflow_names

        return workflow_names.run(args, environ)
    if args.describe:
        from go_release_gate.cli import describing

        return describing.run(args, environ)
    if args.next or args.create:
        from go_release_gate.cli import next_versions

        return next_versions.run(args, environ)
    target = Path(args.output) if args.output else None
    if target:
        check_writable(target)
    named = perform(args, environ)
    subject = (named.context, named.repository, named.run)
    if wants_json(args):
        text = json_text(named.answer, *subject, (*named.notices, *named.changes))
    else:
        notices = (*(named.notices if args.verbose else ()), *named.changes)
        text = "".join(f"{line}\n" for line in text_lines(named.answer, named.context, notices))
    if target:
        write_file(target, text)
    else:
        sys.stdout.write(text)
    return named.exit_code


def perform(args: argparse.Namespace, environ: Mapping[str, str], connect: Connect | None = None) -> Named:
    """Make the names.

    Args:
        args: of the verb `tags`; `path` is the checkout, where there is one.
        connect: stands in for the real interface of GitHub.

    Raises:
        UsageError: an input that the peer refuses; no ref. ConfigError: a configuration that cannot be used.
    """
    from go_release_gate.config.event import event_context

    inputs = inputs_of(args, environ)
    sources = Sources(args, environ, Path(args.path or ".").resolve(), _is_dated(inputs), connect)
    policy = name_policy(args, environ, sources.root, sources.event)
    sources.is_strict = policy.is_strict
    sources.notices += policy.notices
    listing = _listing(sources) if policy.is_strict else None
    context = context_of(sources)
    event = event_context(environ, None)
    if listing is None:
        return Named(evaluate(inputs, context), context, event.repository, event.run, tuple(sources.notices))
    from go_release_gate.cli.strict_names import Places, strict_answer

    found = strict_answer(inputs, context, Places(sources, listing, policy.images))
    return Named(found.answer, context, event.repository, event.run, tuple(sources.notices), found.notices)


def _listing(sources: Sources) -> TagListing:
    from go_release_gate.cli.tag_listing import TagListing

    return TagListing(sources.git)


def inputs_of(args: argparse.Namespace, environ: Mapping[str, str]) -> Inputs:
    """The texts of the inputs, and the variables of the peer."""
    return Inputs(
        images=args.images or "",
        tags=args.tags or "",
        flavor=args.flavor or "",
        labels=args.labels or "",
        annotations=args.annotations or "",
        short_sha_length=environ.get("DOCKER_METADATA_SHORT_SHA_LENGTH", ""),
        annotation_levels=environ.get("DOCKER_METADATA_ANNOTATIONS_LEVELS", ""),
    )


def _is_dated(inputs: Inputs) -> bool:
    texts = (inputs.tags, inputs.flavor, inputs.labels, inputs.annotations)
    return any("commit_date" in text for text in texts)
