"""The kinds of entry that read a version from a tag or a value: semver, pep440, match."""

from __future__ import annotations

import re
from collections.abc import Callable

from go_release_gate.oci import nodesemver
from go_release_gate.oci.tags.context import TAGS
from go_release_gate.oci.tags.entries import Entry
from go_release_gate.oci.tags.expressions import is_raw_statement, render_pattern
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.surroundings import Made, Surroundings

_DELIMITED = re.compile("/([^\n\r\u2028\u2029]+)/([^\n\r\u2028\u2029]*)")
_INDEX = re.compile("0|[1-9][0-9]*")


def semver_made(entry: Entry, around: Surroundings) -> Made | None:
    """A version by Semantic Versioning; a prerelease is one tag, whatever the pattern says."""
    text = version_text(entry, around)
    if text is None:
        return None
    version = nodesemver.parse(text)
    if version is None:
        around.warnings.append(f"{text} is not a valid semver. More info: https://semver.org/")
        return None
    pattern = entry["pattern"]
    if version.prerelease and not is_raw_statement(pattern):
        pattern = "{{version}}"
    return Made(render_pattern(pattern, version.fields()), latest=not version.prerelease)


def pep440_made(entry: Entry, around: Surroundings) -> Made | None:
    """A Python version; what is not a final release is one tag."""
    text = version_text(entry, around)
    if text is None:
        return None
    from go_release_gate.oci import pep440

    version = pep440.parse(text)
    if version is None:
        more = "https://www.python.org/dev/peps/pep-0440"
        around.warnings.append(f"{text} does not conform to PEP 440. More info: {more}")
        return None
    pattern = entry["pattern"]
    if version.is_prerelease or version.is_postrelease:  # a development release is a prerelease, too
        return Made(text if is_raw_statement(pattern) else version.clean)
    parts: dict[str, Callable[[], str]] = {
        "raw": lambda: text,
        "version": lambda: version.clean,
        "major": lambda: version.major,
        "minor": lambda: version.minor,
        "patch": lambda: version.patch,
    }
    return Made(render_pattern(pattern, {}, parts), latest=True)


def match_made(entry: Entry, around: Surroundings) -> Made | None:
    """What a group of a regular expression finds in the tag or the value."""
    text = _text(entry, around)
    if text is None:
        return None
    from go_release_gate.oci.tags.regexp import compile_pattern

    written = entry["pattern"]
    delimited = _DELIMITED.fullmatch(written)
    found = compile_pattern(*(delimited.groups() if delimited else (written,))).match(text)
    if found is None:
        around.warnings.append(f"{written} does not match {text}.")
        return None
    group = _group(found, entry["group"])
    if group is None:
        around.warnings.append(f"Group {entry['group']} does not exist for {written} pattern.")
        return None
    return Made(group, latest=True)


def _group(found: tuple[str | None, ...], index: str) -> str | None:
    is_one = _INDEX.fullmatch(index) and int(index) < len(found)
    return found[int(index)] if is_one else None


def _text(entry: Entry, around: Surroundings) -> str | None:
    """What is read: the attribute `value`, else the tag; None: there is neither."""
    if entry["value"]:
        return around.expressions.render(entry["value"])
    return around.context.tag if around.context.ref.startswith(TAGS) else None


def version_text(entry: Entry, around: Surroundings) -> str | None:
    """The version behind `match`, with `-` for every `/`; None: the entry is not about this run."""
    text = _text(entry, around)
    if text is not None and not entry["value"] and not entry["match"]:
        text = around.context.release or text
    if text is None or not entry["match"]:
        return text if text is None else text.replace("/", "-")
    from go_release_gate.oci.tags.regexp import compile_pattern

    found = compile_pattern(entry["match"]).match(text)
    if found is None:
        around.warnings.append(f"{entry['match']} does not match {text}.")
        return text.replace("/", "-")
    group = _group(found, "1")
    if group is None:
        raise RefusedInputError(
            f"match={entry['match']} finds {found[0]!r} in {text!r} and gives no first group",
            "put brackets around what is the version: match=^api/(.*)$",
        )
    return group.replace("/", "-")
