"""What the rules about images that files name share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from go_release_gate.facts.image_uses import ImageUse
from go_release_gate.model.finding import Location, Related, Target
from go_release_gate.rules.base import Draft
from go_release_gate.rules.module._words import bounded

_LONGEST = 200  # characters of a reference in a message


def numbered(uses: Iterable[ImageUse]) -> Iterator[tuple[ImageUse, str]]:
    """Each use with what makes it the same one tomorrow: its text, and which of that text in its file it is."""
    seen: Counter[tuple[str, str]] = Counter()
    for use in uses:
        seen[use.path, use.text] += 1
        number = seen[use.path, use.text]
        yield use, use.text if number == 1 else f"{use.text} #{number}"


def grouped(uses: Iterable[ImageUse]) -> Iterator[tuple[ImageUse, tuple[Related, ...]]]:
    """One use for each text and file, with the other places of the same text in that file."""
    groups: dict[tuple[str, str], list[ImageUse]] = {}
    for use in uses:
        groups.setdefault((use.path, use.text), []).append(use)
    for first, *others in groups.values():
        places = [Related("here too", Location(one.path, one.line, None, one.column)) for one in others]
        yield first, bounded(places)


def draft(use: ImageUse, message: str, key: str, **more: Any) -> Draft:
    """A draft at the use's place."""
    location = Location(use.path, use.line, None, use.column)
    return Draft(location, message, key=key, target=Target("image", shown(use.repository)), **more)


def shown(text: str) -> str:
    """A reference for a message: cut where it is longer than any reference could be read."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
