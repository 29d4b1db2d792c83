"""Take a command line of `go` apart, as `go` does: https://pkg.go.dev/cmd/go, https://pkg.go.dev/flag#hdr-Command_line_flag_syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from go_release_gate.gocommand.call import GoCommand
from go_release_gate.gocommand.flags import PREFIXES, flags_of
from go_release_gate.gocommand.quoted import split
from go_release_gate.shell.unknown import has_hole

_PROGRAM = re.compile(r"go(?:\d+(?:\.\d+){1,2}(?:(?:rc|beta)\d+)?|tip)?(?:\.exe)?")
_NUMBERED = re.compile(r"go(\d+\.\d+(?:\.\d+|rc\d+|beta\d+)?)(?:\.exe)?")
_MIXED = frozenset({"test"})  # flags may stand behind packages
_PACKAGE = re.compile(r"\.|\.\.|\.{1,2}/.*|.*\.go|[^@]+@[^@]+", re.DOTALL)


def read_command(words: Sequence[str]) -> GoCommand | None:
    """The command that `words` call `go` with; None: they call something else.

    What stands in front (`env`, `sudo`, `sh -c`) is the caller's matter. Never raises.
    """
    if not words or not is_program(words[0]):
        return None
    reader = _Reader(list(words[1:]))
    verb = reader.verb()
    arguments = reader.rest(verb)
    names = [name for name, _ in reader.given]
    repeated = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return GoCommand(
        tuple(words), verb, dict(reader.given), repeated, arguments, words[0], tuple(reader.given), tuple(reader.unread)
    )


def is_program(word: str) -> bool:
    """Whether a word names Go: `go`, `go1.22.3`, a path in a directory `bin`."""
    directory, sign, name = word.rpartition("/")
    if not _PROGRAM.fullmatch(name):
        return False
    return not sign or directory.rpartition("/")[2] == "bin"


def program_version(program: str) -> str:
    """The release that a program's name says: `1.22.3` of `go1.22.3`; empty: it says none."""
    match = _NUMBERED.fullmatch(program.rpartition("/")[2])
    return match[1] if match else ""


def is_wrapper(program: str) -> bool:
    """Whether a program is one of golang.org/dl (`go1.22.3`, `gotip`), whose own command is `download`."""
    return bool(program_version(program)) or program.rpartition("/")[2].removesuffix(".exe") == "gotip"


def with_goflags(command: GoCommand, goflags: str) -> GoCommand:
    """The command with the flags that GOFLAGS adds: those its verb knows, before its own.

    A flag on the command line replaces the one from GOFLAGS. What cannot be split gives the command as it is.
    https://pkg.go.dev/cmd/go#hdr-Environment_variables
    """
    known = flags_of(command.verb)
    added: list[tuple[str, str]] = []
    for word in split(goflags) or ():
        name, sign, value = word.removeprefix("-").removeprefix("-").partition("=")
        if word.startswith("-") and name in known:
            added.append((name, value if sign else "true"))
    return replace(command, flags={**dict(added), **command.flags}, given=(*added, *command.given))


@dataclass(slots=True)
class _Reader:
    words: list[str]
    given: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def verb(self) -> str:
        """The verb, its second word included; `-C` may stand in front of it (since Go 1.21)."""
        self._directory()
        while self.words and _is_hole(self.words[0]) and len(self.words) > 1:
            self.unread.append(self.words.pop(0))
        if not self.words or self.words[0].startswith("-"):
            return ""
        verb = self.words.pop(0)
        if verb in PREFIXES and self.words and not self.words[0].startswith("-"):
            verb = f"{verb} {self.words.pop(0)}"
        return "" if has_hole(verb) else verb

    def rest(self, verb: str) -> tuple[str, ...]:
        """Read the flags, give the arguments."""
        found: list[str] = []
        while self.words:
            word = self.words[0]
            if word == "--":
                found += self.words[1:] if verb not in _MIXED else self.words
                break
            if word.startswith("-") and word != "-":
                self.words.pop(0)
                if verb in _MIXED and word.lstrip("-") == "args":
                    found += [word, *self.words]
                    break
                self._flag(verb, word)
            elif _is_hole(word) and self._is_flag_like(verb):
                self.unread.append(self.words.pop(0))
            elif verb in _MIXED:
                found.append(self.words.pop(0))
            else:
                found += self.words
                break
        return tuple(found)

    def _flag(self, verb: str, word: str) -> None:
        name, sign, value = word.removeprefix("-").removeprefix("-").partition("=")
        flag = flags_of(verb).get(name)
        if sign or has_hole(name):
            self.given.append((name, value))
        elif flag and not flag.is_boolean and self.words:
            self.given.append((name, self.words.pop(0)))
        else:
            self.given.append((name, "true"))

    def _is_flag_like(self, verb: str) -> bool:
        """Whether what begins here stands where flags stand: more flags or what looks like a package follow."""
        following = list(self._following())
        if verb == "run":
            return bool(following) and (following[0].startswith("-") or _PACKAGE.fullmatch(following[0]) is not None)
        return any(word.startswith("-") for word in following) or any(map(_PACKAGE.fullmatch, following[:1]))

    def _following(self) -> Iterator[str]:
        for word in self.words[1:]:
            if word == "--":
                return
            yield word

    def _directory(self) -> None:
        if self.words and (self.words[0] in ("-C", "--C") or self.words[0].startswith(("-C=", "--C="))):
            self._flag("build", self.words.pop(0))


def _is_hole(word: str) -> bool:
    return len(word) == 1 and has_hole(word)
