"""The inputs of `tags`: those of docker/metadata-action under their own names, and the ref to answer for."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("tags",)


def _lines(name: str, description: str, fallback: str = "") -> Input:
    return Input(name, description, Kind.LINES, fallback=fallback, verbs=_VERBS, metavar="LINES")


def _separator(name: str, what: str) -> Input:
    about = f"What stands between {what} in the output."
    return Input(name, about, Kind.LINES, fallback="a line feed", verbs=_VERBS, metavar="TEXT")


IMAGE_INPUTS: tuple[Input, ...] = (
    _lines("images", "Image names to put tags behind, one per line, as docker/metadata-action takes them."),
    _lines(
        "tags",
        "What makes tags, one entry per line, as docker/metadata-action takes them.",
        "type=schedule, and type=ref for branch, tag and pr",
    ),
    _lines("flavor", "What counts for all tags: latest, prefix, suffix.", "latest=auto"),
    _lines("labels", "Labels beside those of the image specification, as key=value lines."),
    _lines("annotations", "Annotations beside those of the image specification, as key=value lines."),
    _separator("sep-tags", "tags"),
    _separator("sep-labels", "labels"),
    _separator("sep-annotations", "annotations"),
    Input(
        "bake-target",
        "Name of the target in the bake files.",
        fallback="docker-metadata-action",
        verbs=_VERBS,
        metavar="NAME",
    ),
    Input(
        "context",
        "Where ref and commit come from: the workflow's event, or the checkout.",
        Kind.CHOICE,
        choices=("workflow", "git"),
        fallback="workflow; git where no event is known",
        verbs=_VERBS,
    ),
    Input(
        "ref",
        "The ref to make names for, also one that does not exist yet. A short name is a tag, else a branch.",
        fallback="the event's",
        verbs=_VERBS,
        metavar="REF",
    ),
    Input(
        "workflows",
        "Say instead which names the repository's workflows push for the ref.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
        in_action=False,
    ),
    Input(
        "describe",
        "Say instead where HEAD stands among each module's releases, as git describe does, with its commit and time.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
        in_action=False,
    ),
    Input(
        "next",
        "Say instead which version each module gets next, by its commits since the last one, in dependency order.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
        in_action=False,
    ),
    Input(
        "create",
        "Make the annotated tags that --next names, in a clean tree; nothing is pushed.",
        Kind.BOOLEAN,
        fallback="false",
        verbs=_VERBS,
        in_action=False,
    ),
)
