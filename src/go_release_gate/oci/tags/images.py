"""The input `images`: names that tags are put behind."""

from __future__ import annotations

from dataclasses import dataclass

from go_release_gate.oci.tags.fields import ListLine, entries_of, fields_of, trim
from go_release_gate.oci.tags.refusal import RefusedInputError

NAME = "images"


@dataclass(frozen=True, slots=True)
class Image:
    """An image's name as it was written, whether it is enabled, and the line it stands at."""

    name: str
    enabled: bool
    line: int

    @property
    def base(self) -> str:
        """The name in front of tags: lower case, nothing else is mended."""
        return self.name.lower()


def read_images(text: str) -> tuple[Image, ...]:
    """The images, in their order. One line without any `=` is a list of names, separated by commas.

    Raises RefusedInputError for an unknown attribute, a name that is missing, `enable` neither true nor false.
    """
    lines = entries_of(text, NAME)
    if len(lines) == 1:
        fields = fields_of(lines[0], NAME)
        if not any("=" in field for field in fields):
            return tuple(Image(trim(field), True, lines[0].line) for field in fields)
    return tuple(_image(line) for line in lines)


def _image(line: ListLine) -> Image:
    name, enabled = "", True
    for field in fields_of(line, NAME):
        parts = [trim(part) for part in field.split("=")]
        match parts[0].lower(), parts[1:]:
            case _, []:
                name = parts[0]
            case "name", [value, *_]:
                name = value
            case "enable", [value, *_]:
                enabled = _truth(value, line)
            case key, _:
                raise _refused(line, f"unknown attribute {key!r}", "expected name or enable")
    if not name:
        raise _refused(line, "the name of the image is missing", "write name=registry/owner/image")
    return Image(name, enabled, line.line)


def _truth(value: str, line: ListLine) -> bool:
    if value not in ("true", "false"):
        raise _refused(line, f"enable is {value!r}", "expected true or false")
    return value == "true"


def _refused(line: ListLine, message: str, hint: str) -> RefusedInputError:
    return RefusedInputError(f"{message}, in {line.text!r}", hint, name=NAME, line=line.line)
