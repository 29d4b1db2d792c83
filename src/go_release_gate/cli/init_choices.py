"""The choices of an `init`: flags, else what the files remember that an earlier run has written."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from go_release_gate.cli.options import find_verb, parse
from go_release_gate.errors import UsageError
from go_release_gate.pipeline.choices import ACTION, Choices
from go_release_gate.pipeline.marking import choices_in, is_as_written


def choices_of(args: argparse.Namespace, files: Mapping[str, bytes]) -> Choices:
    """What was chosen. Raises UsageError for an option that says nothing."""
    given = _given(args)
    remembered = _remembered(files)
    plain = Choices()
    changes = {
        item.name: getattr(given, item.name)
        for item in fields(Choices)
        if getattr(given, item.name) != getattr(plain, item.name)
    }
    return replace(remembered, **changes)


def _remembered(files: Mapping[str, bytes]) -> Choices:
    """The choices in the first file that says any, edited ones last: these kept those of an earlier run."""
    for path in sorted(files, key=lambda path: (not is_as_written(files[path]), path)):
        words = choices_in(files[path])
        if words:
            return _read(words)
    return Choices()


def _read(words: Sequence[str]) -> Choices:
    try:
        args = parse(find_verb("init"), words, {})
        found = _given(args) if args else Choices()
        found.check()
    except UsageError:
        return Choices()
    return found


def _given(args: argparse.Namespace) -> Choices:
    private = args.private
    return Choices(
        services=dict(_pair(one, "--service") for one in args.service or ()),
        images=dict(_named(one) for one in args.image or ()),
        environments=tuple(args.environment or ()),
        targets=args.targets or "auto",
        branch=args.branch or "",
        platforms=tuple(args.platform or ()),
        health=dict(_pair(one, "--health") for one in args.health or ()),
        private=None if private is None else tuple(one for one in private if one != "none"),
        pull_requests_only=bool(args.pull_requests_only),
        code_scanning=bool(args.code_scanning),
        ca_bundle=bool(args.with_ca_bundle),
        files=bool(args.release_files),
        pull_request_images=bool(args.pull_request_images),
        action=args.action_repository or ACTION,
        ref=args.ref or "",
    )


def _pair(text: str, option: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name:
        raise UsageError(f"{option}: {text!r} has no name", f"for example: {option} api=Dockerfile")
    return name, value.removeprefix("./")


def _named(text: str) -> tuple[str, str]:
    """`api=ghcr.io/acme/api`, or an image alone."""
    name, sign, image = text.partition("=")
    return (name, image) if sign else ("", text)
