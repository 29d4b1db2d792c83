"""The commands of a script with the directory each runs in, those behind `sh -c` and its like among them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from go_release_gate.gocommand.wrappers import inner, known
from go_release_gate.shell.script import Called, Script
from go_release_gate.shell.unknown import Holes, has_hole

_NESTING = 3
_ROOT = re.compile(r"\$(?:\(git rev-parse --show-toplevel\)|\{?GITHUB_WORKSPACE\}?|\{\{ *github\.workspace *\}\})")
_OWN = re.compile(
    r"""\$\((?:cd\s+(?:--\s+)?"?\$\()?\s*dirname\s+(?:--\s+)?["']?\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?["']?\)?"?
    (?P<rest>(?:/[\w./-]*)?)"?(?:\s*(?:>\s*/dev/null\s+(?:2>&1\s*)?)?&&\s*pwd(?:\s+-[PL])?)?\)|\$\{0%/\*\}""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Ran:
    """One command.

    Attributes:
        words: without what stood in front of it; empty where only a script is started.
        line: counts from 0. directory: relative to the root of the repository, `.` the root; empty: not known.
        environment: known variables. file: the script that is started, as written.
    """

    words: tuple[str, ...]
    line: int
    directory: str
    environment: Mapping[str, str]
    is_conditional: bool = False
    file: str = ""


@dataclass(slots=True)
class Walk:
    """Goes through scripts: `own` is the directory of the script itself, empty: not known."""

    holes: Holes
    own: str = ""
    _nesting: int = 0
    _directories: list[str] = field(default_factory=list)

    def ran(self, text: str, variables: Mapping[str, str], directory: str) -> Iterator[Ran]:
        """Every command that is reached, in order."""
        script = Script(dict(variables), self.holes)
        stack = [directory]
        for called in script.called(text):
            del stack[called.depth + 1 :]
            stack += [stack[-1]] * (called.depth + 1 - len(stack))
            if called.words[0] in ("cd", "pushd", "popd"):
                stack[-1] = self._changed(stack[-1], called)
                continue
            yield from self._one(called, stack[-1])

    def _one(self, called: Called, directory: str) -> Iterator[Ran]:
        run = inner(called.words)
        environment = {**called.environment, **run.environment}
        if run.script and self._nesting < _NESTING:
            self._nesting += 1
            yield from (
                Ran(
                    one.words,
                    called.line,
                    one.directory,
                    one.environment,
                    one.is_conditional or called.is_conditional,
                    one.file,
                )
                for one in self.ran(run.script, environment, directory)
            )
            self._nesting -= 1
            return
        if run.words or run.file:
            yield Ran(run.words, called.line, directory, known(environment), called.is_conditional, run.file)

    def _changed(self, directory: str, called: Called) -> str:
        words = [word for word in called.words[1:] if word not in ("--", "-P", "-L")]
        if called.is_conditional or called.words[0] == "popd" or len(words) != 1:
            return ""
        return self.resolved(directory, words[0])

    def resolved(self, directory: str, path: str) -> str:
        """A path as it is written, seen from `directory`; empty: it cannot be told, or it leaves the repository."""
        shown = self.holes.shown(path) if has_hole(path) else path
        if match := _ROOT.match(shown):
            return joined(".", shown[match.end() :].lstrip("/")) if _is_plain(shown[match.end() :]) else ""
        if match := _OWN.match(shown):
            rest = (match["rest"] or "") + shown[match.end() :]
            return joined(self.own, rest.lstrip("/")) if self.own and _is_plain(rest) else ""
        return joined(directory, path) if directory and not has_hole(path) else ""


def joined(directory: str, path: str) -> str:
    """A path below the root, normalised; empty where it is absolute or leads out."""
    if path.startswith(("/", "~")) or "\\" in path or not directory:
        return ""
    normal = posixpath.normpath(posixpath.join(directory, path))
    return "" if normal == ".." or normal.startswith("../") else normal


def _is_plain(text: str) -> bool:
    return not set(text) & set("$`{}()*?")
