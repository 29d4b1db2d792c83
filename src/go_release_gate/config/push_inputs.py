"""The inputs of `push`: what must be true of the image before anything of it is sent, and where it goes."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("push",)

PUSH_INPUTS: tuple[Input, ...] = (
    Input(
        "references",
        "With `verb: push`: image references with their tags, one per line, as `verb: tags` gives them.",
        Kind.LINES,
        verbs=("action",),
    ),
    Input(
        "digest",
        "With `verb: push`: the digest that the image must have, as the job gave it that tested the image.",
        fallback="whatever it has",
        verbs=_VERBS,
        metavar="DIGEST",
    ),
    Input(
        "require",
        "With `verb: push`: attestations that must lie in the image for each of its platforms: sbom, provenance.",
        Kind.LIST,
        verbs=_VERBS,
        metavar="KINDS",
    ),
    Input(
        "may-move",
        "With `verb: push`: tags that may go from one digest to another although they name a release or a commit. "
        "Names such as latest and 1.4 always may.",
        Kind.LIST,
        verbs=_VERBS,
        metavar="TAGS",
    ),
    Input(
        "dry-run",
        "With `verb: push`: look at the tags and at the image, and send nothing.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
        in_action=False,
    ),
    Input(
        "format",
        "Form of the output.",
        Kind.CHOICE,
        choices=("text", "json"),
        fallback="text",
        verbs=_VERBS,
        in_action=False,
    ),
    Input(
        "output",
        "Write the output to FILE.",
        verbs=_VERBS,
        metavar="FILE",
        in_action=False,
    ),
)
