"""Inputs and a context to names: the whole language in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.oci.tags.answer import Answer
from go_release_gate.oci.tags.context import Context
from go_release_gate.oci.tags.entries import Entry, read_entries
from go_release_gate.oci.tags.expressions import Expressions
from go_release_gate.oci.tags.fields import entries_of
from go_release_gate.oci.tags.flavor import NAME as FLAVOR
from go_release_gate.oci.tags.flavor import Flavor, read_flavor
from go_release_gate.oci.tags.images import read_images
from go_release_gate.oci.tags.inputs import Inputs
from go_release_gate.oci.tags.judging import Candidate, Judge, as_peer
from go_release_gate.oci.tags.kinds import made_by
from go_release_gate.oci.tags.labels import label_lines, with_levels
from go_release_gate.oci.tags.problems import problems_of
from go_release_gate.oci.tags.refusal import RefusedInputError
from go_release_gate.oci.tags.surroundings import Made, Surroundings

NO_VERSION = "No Docker image version has been generated. Check tags input."
NO_TAG = "No Docker tag has been generated. Check tags input."


def evaluate(inputs: Inputs, context: Context, judge: Judge = as_peer) -> Answer:
    """What docker/metadata-action v6.2.0 makes of the same, and what is wrong with it.

    Args:
        judge: what becomes of each name; by default what the peer makes of it.

    Raises RefusedInputError where the peer's step fails.
    """
    around = Surroundings(context, Expressions(context, inputs.short_sha_length))
    images = tuple(image.base for image in read_images(inputs.images) if image.enabled)
    entries = read_entries(inputs.tags)
    flavor = read_flavor(inputs.flavor)
    version = _version(entries, flavor, around, judge)
    names = version.names
    tags = tuple(f"{image}:{name}" if image else name for image in images or ("",) for name in names)
    annotations = _lines("annotations", inputs.annotations, version, around)
    answer = Answer(
        version.main,
        images,
        tags,
        names,
        _lines("labels", inputs.labels, version, around),
        with_levels(annotations, inputs.levels),
        (*around.warnings, *((NO_VERSION, NO_TAG) if not names else ())),
    )
    return replace(answer, problems=problems_of(answer, entries, context))


@dataclass(slots=True)
class _Version:
    """What the entries have made so far: the first decides about `latest`, too."""

    main: str = ""
    partial: list[str] = field(default_factory=list)
    is_begun: bool = False
    is_latest: bool = False
    latest: str = ""

    def begin(self, is_latest: bool) -> None:
        """Whatever becomes of the first name, it has decided."""
        if not self.is_begun:
            self.is_begun, self.is_latest = True, is_latest

    def add(self, name: str) -> None:
        if name and not self.main:
            self.main = name
        elif name and name not in (self.main, *self.partial):
            self.partial.append(name)

    @property
    def names(self) -> tuple[str, ...]:
        if not self.main:
            return ()
        return (self.main, *self.partial, *((self.latest,) if self.latest else ()))


def _version(entries: Sequence[Entry], flavor: Flavor, around: Surroundings, judge: Judge) -> _Version:
    version = _Version()
    for entry in entries:
        try:
            made = made_by(entry, around) if _is_enabled(entry, around) else None
            if made is not None and (text := _affixed(made, entry, flavor, around)):
                version.begin(flavor.decides(made.latest))
                version.add(judge(Candidate(text, made.text, entry, around)))
        except RefusedInputError as error:
            raise error.at("tags", entry.line) from None
    if version.is_latest:
        version.latest = judge(Candidate(flavor.latest_tag, "latest", None, around))
    return version


def _is_enabled(entry: Entry, around: Surroundings) -> bool:
    word = around.expressions.render(entry["enable"])
    if word not in ("true", "false"):
        raise RefusedInputError(f"enable is {word!r}, in {entry.text!r}", "expected true or false")
    return word == "true"


def _affixed(made: Made, entry: Entry, flavor: Flavor, around: Surroundings) -> str:
    """With prefix and suffix: the entry's own, also where they are empty, else the flavor's."""
    before, after = entry.get("prefix"), entry.get("suffix")
    render = around.expressions.render
    front = render(before) if before is not None else _of_flavor(flavor.prefix, around)
    back = render(after) if after is not None else _of_flavor(flavor.suffix, around)
    return front + made.text + back


def _of_flavor(text: str, around: Surroundings) -> str:
    try:
        return around.expressions.render(text)
    except RefusedInputError as error:
        raise error.at(FLAVOR, 0) from None


def _lines(name: str, text: str, version: _Version, around: Surroundings) -> tuple[str, ...]:
    """Labels or annotations, with the user's lines of the input `name`."""
    custom = entries_of(text, name)
    at = {line.text: line.line for line in reversed(custom)}

    def render(line: str) -> str:
        try:
            return around.expressions.render(line)
        except RefusedInputError as error:
            raise error.at(name, at[line]) from None

    return label_lines(around.context, version.main, [line.text for line in custom], render)
