"""What `-ldflags` says to the linker: https://pkg.go.dev/cmd/link, and `[pattern=]arg list` of `go help build`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.quoted import joined, split
from go_release_gate.shell.unknown import has_hole

_BOOLEAN = frozenset(
    {
        "8", "a", "asan", "aslr", "bindnow", "c", "checklinkname", "compressdwarf", "d", "debugnosplit", "dumpdep", "e",
        "f", "g", "h", "linkshared", "msan", "n", "pruneweakmap", "race", "s", "v", "w",
    }
)  # fmt: skip
_EVERYTHING = ("all", "...", "./...")


@dataclass(frozen=True, slots=True)
class Definition:
    """`-X importpath.name=value`: sets a string variable. `package` is empty where the argument names none."""

    package: str
    name: str
    value: str
    text: str

    @property
    def target(self) -> str:
        """The variable with its package."""
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, slots=True)
class LinkFlags:
    """One `-ldflags` value.

    Attributes:
        pattern: packages it counts for; empty: those named on the command line.
        words: the arguments for the linker.
        definitions: the `-X` among them, in order; of several for one variable the last one counts.
        flags: the other flags by name without dashes, the last one counting; `true` for those without a value.
        problem: why Go refuses it; empty: it does not.
    """

    pattern: str = ""
    words: tuple[str, ...] = ()
    definitions: tuple[Definition, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    def flag(self, name: str) -> str:
        """The value of a linker flag, empty where it is not given."""
        return dict(self.flags).get(name, "")

    @property
    def is_stripped(self) -> bool:
        """Whether symbol table (`-s`) or debug information (`-w`) is left out; `-s` includes `-w`."""
        return self.omits_symbols or _is_true(self.flag("w"))

    @property
    def omits_symbols(self) -> bool:
        """Whether the symbol table is left out."""
        return _is_true(self.flag("s"))

    @property
    def external(self) -> tuple[str, ...]:
        """What `-extldflags` hands to the C linker."""
        return split(self.flag("extldflags")) or ()

    @property
    def is_static(self) -> bool:
        """Whether the C linker is asked for a static program."""
        return bool({"-static", "--static", "-static-pie"} & set(self.external))


def read_ldflags(value: str) -> LinkFlags:
    """Take one value apart. Never raises."""
    text, pattern = value.strip(), ""
    if text and not text.startswith("-") and not has_hole(text[0]):
        pattern, sign, text = text.partition("=")
        if not sign or not pattern.strip() or value.strip()[0] in "\"'":
            return LinkFlags(problem="expected `-flag …` or `pattern=-flag …`")
        pattern = pattern.strip()
    words = split(text)
    if words is None:
        return LinkFlags(pattern, problem="a quote is not closed")
    definitions, flags = _flags(words)
    return LinkFlags(pattern, words, definitions, flags)


def link_flags(command: GoCommand, matches: Callable[[str], bool] | None = None) -> LinkFlags:
    """The one that counts for the packages named on the command line: of those that match the last; empty: none does.

    Args:
        matches: whether a pattern matches them; where nothing is given, `all` and what the arguments say word for word.
    """
    fits = matches or (lambda pattern: pattern in _EVERYTHING or pattern in command.arguments)
    found = LinkFlags()
    for value in command.values("ldflags"):
        one = read_ldflags(value)
        if not one.pattern or fits(one.pattern):
            found = one
    return found


def flags_text(flags: Iterable[tuple[str, str]]) -> str:
    """The `-ldflags` value that gives the linker these flags; one whose value no quotes can hold is left out.

    Go refuses a value that begins with a quote, so a flag and its value stand apart where the value needs quotes.
    """
    texts = [(name, value, joined([value])) for name, value in flags]
    return " ".join(f"-{name}={text}" if text == value else f"-{name} {text}" for name, value, text in texts if text)


def _flags(words: tuple[str, ...]) -> tuple[tuple[Definition, ...], tuple[tuple[str, str], ...]]:
    definitions: list[Definition] = []
    flags: list[tuple[str, str]] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word in ("-", "--"):
            break
        name, sign, value = word.removeprefix("-").removeprefix("-").partition("=")
        if not sign:
            value = "true" if name in _BOOLEAN or not left else left.pop(0)
        if name == "X":
            definitions.append(_definition(value))
        else:
            flags.append((name, value))
    return tuple(definitions), tuple(flags)


def _definition(text: str) -> Definition:
    target, _, value = text.partition("=")
    package, _, name = target.rpartition(".")
    return Definition(package, name, value, text)


def _is_true(value: str) -> bool:
    return value in ("1", "t", "T", "true", "TRUE", "True")
