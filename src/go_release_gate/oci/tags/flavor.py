"""The input `flavor`: what counts for all tags."""

from __future__ import annotations

from dataclasses import dataclass, replace

from go_release_gate.oci.tags.fields import ListLine, entries_of, fields_of, trim
from go_release_gate.oci.tags.refusal import RefusedInputError

NAME = "flavor"


@dataclass(frozen=True, slots=True)
class Flavor:
    """What counts for all tags.

    Attributes:
        latest: auto, true or false.
        prefix, suffix: for entries that have none of their own.
        prefix_latest, suffix_latest: whether the tag `latest` gets them too.
    """

    latest: str = "auto"
    prefix: str = ""
    suffix: str = ""
    prefix_latest: bool = False
    suffix_latest: bool = False

    def decides(self, by_itself: bool) -> bool:
        """Whether `latest` is made, where an entry alone would say `by_itself`."""
        return by_itself if self.latest == "auto" else self.latest == "true"

    @property
    def latest_tag(self) -> str:
        """The tag `latest`, not yet sanitised; expressions in it are not evaluated."""
        return f"{self.prefix if self.prefix_latest else ''}latest{self.suffix if self.suffix_latest else ''}"


def read_flavor(text: str) -> Flavor:
    """The flavor; later lines win. Raises RefusedInputError for what it does not know."""
    flavor = Flavor()
    for line in entries_of(text, NAME):
        before = ""
        for field in fields_of(line, NAME):
            flavor, before = _with(flavor, field, before, line)
    return flavor


def _with(flavor: Flavor, field: str, before: str, line: ListLine) -> tuple[Flavor, str]:
    """`flavor` with one field, and what a following `onlatest` on this line is about."""
    key, *values = [trim(part) for part in field.split("=")]
    if not values:
        raise _refused(line, f"{field!r} has no value", "write latest=, prefix= or suffix=")
    value = values[0]
    match key.lower():
        case "latest":
            return replace(flavor, latest=_word(line, "latest", value, ("auto", "true", "false"))), before
        case "prefix":
            return replace(flavor, prefix=value), "prefix"
        case "suffix":
            return replace(flavor, suffix=value), "suffix"
        case "onlatest":
            return _on_latest(flavor, before, _word(line, "onlatest", value, ("true", "false")) == "true"), before
    raise _refused(line, f"unknown key {key!r}", "expected latest, prefix, suffix or onlatest")


def _on_latest(flavor: Flavor, what: str, wanted: bool) -> Flavor:
    if what == "prefix":
        return replace(flavor, prefix_latest=wanted)
    return replace(flavor, suffix_latest=wanted) if what == "suffix" else flavor


def _word(line: ListLine, key: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise _refused(line, f"{key} is {value!r}", f"expected {', '.join(words[:-1])} or {words[-1]}")
    return value


def _refused(line: ListLine, message: str, hint: str) -> RefusedInputError:
    return RefusedInputError(f"{message}, in {line.text!r}", hint, name=NAME, line=line.line)
