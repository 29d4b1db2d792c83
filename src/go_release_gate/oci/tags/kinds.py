"""What each kind of entry makes of a run; the kinds that read a version are in versions.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from go_release_gate.oci.tags.context import HEADS, PULLS, TAGS
from go_release_gate.oci.tags.entries import Entry, EntryType
from go_release_gate.oci.tags.surroundings import Made, Surroundings
from go_release_gate.oci.tags.versions import match_made, pep440_made, semver_made

Maker = Callable[[Entry, Surroundings], Made | None]
"""None: the entry is not about this run, or came to nothing."""


def made_by(entry: Entry, around: Surroundings) -> Made | None:
    """What `entry` makes, without prefix and suffix. Raises RefusedInputError."""
    return _MAKERS[entry.type](entry, around)


def _schedule(entry: Entry, around: Surroundings) -> Made | None:
    if "schedule" not in around.context.event:
        return None
    return Made(around.expressions.dates_only(entry["pattern"]))


def _edge(entry: Entry, around: Surroundings) -> Made | None:
    context = around.context
    wanted = entry["branch"] or context.repository.default_branch
    return Made("edge") if wanted and context.branch == wanted else None


def _ref(entry: Entry, around: Surroundings) -> Made | None:
    context = around.context
    match entry["event"]:
        case "branch":
            return Made(context.branch) if context.ref.startswith(HEADS) else None
        case "tag":
            return Made(context.tag, latest=True) if context.ref.startswith(TAGS) else None
        case _:
            name = re.sub(r"/merge\Z", "", context.ref.removeprefix(PULLS))
            return Made(name) if context.ref.startswith(PULLS) else None


def _raw(entry: Entry, around: Surroundings) -> Made | None:
    return Made(around.expressions.render(entry["value"]))


def _sha(entry: Entry, around: Surroundings) -> Made | None:
    if not around.context.sha:
        return None
    return Made(around.expressions.short_sha() if entry["format"] == "short" else around.context.sha)


_MAKERS: Mapping[EntryType, Maker] = {
    EntryType.SCHEDULE: _schedule,
    EntryType.SEMVER: semver_made,
    EntryType.PEP440: pep440_made,
    EntryType.MATCH: match_made,
    EntryType.EDGE: _edge,
    EntryType.REF: _ref,
    EntryType.RAW: _raw,
    EntryType.SHA: _sha,
}
