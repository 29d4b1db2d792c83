"""One input of the program: where it may be given, and how its text is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of an input is read."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    CHOICE = "choice"
    LIST = "list"
    SECRET = "secret"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Input:
    """One input.

    Attributes:
        name: kebab-case; `--name` on the command line, `INPUT_NAME` and `GO_RELEASE_GATE_NAME` in the environment.
        description: what it does, one or two sentences, for help, docs and action.yml.
        default: the value action.yml writes; empty where a file or the program itself supplies one.
        kind: how its text is read. A SECRET is never an option: arguments are visible to every process. LINES are taken
            as they are, white space included; an option that is given twice adds lines.
        fallback: the value that counts when nobody gives one, for the docs; empty: none.
        choices: for a CHOICE, the words allowed.
        verbs: the verbs that read it; empty: all of them.
        key: its dotted key in the configuration file, empty where the file has none.
        metavar: what help shows for its value.
        short: a one-letter option beside the long one.
        in_action: whether action.yml declares it.
    """

    name: str
    description: str
    kind: Kind = Kind.TEXT
    default: str = ""
    fallback: str = ""
    choices: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ("check",)
    key: str = ""
    metavar: str = ""
    short: str = ""
    in_action: bool = True

    @property
    def dest(self) -> str:
        """Its name in the parsed arguments."""
        return self.name.replace("-", "_")

    @property
    def is_option(self) -> bool:
        """Whether the command line offers it."""
        return self.kind is not Kind.SECRET and self.name not in ("path", "verb")

    def variables(self) -> tuple[str, ...]:
        """Environment variables that carry it, the stronger first. The runner keeps hyphens."""
        upper = self.name.upper()
        return (f"INPUT_{upper}", f"GO_RELEASE_GATE_{upper.replace('-', '_')}")

    def is_read_by(self, verb: str) -> bool:
        """Whether `verb` reads it."""
        return not self.verbs or verb in self.verbs
