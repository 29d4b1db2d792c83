"""Recipes of a Makefile with their simple variables in place: https://www.gnu.org/software/make/manual/make.html.

What only make can tell (functions, variables of the environment, what stands under a condition) is a hole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from go_release_gate.shell.unknown import Holes

_ASSIGNMENT = re.compile(
    r"\s*(?P<words>(?:(?:export|override|private)\s+)*)(?P<name>[\w.-]+)\s*(?P<sign>::?:?=|\?=|\+=|!=|=)\s*(?P<value>.*)"
)
_EXPORT = re.compile(r"\s*export\s+([\w\s.-]+)$")
_RULE = re.compile(r"(?P<targets>[^\s:#=][^:#=]*?)\s*::?(?![=:])(?P<rest>.*)")
_BEGIN = re.compile(r"\s*(?:ifeq|ifneq|ifdef|ifndef)\b")
_REFERENCE = re.compile(r"\$(?:\$|\((?P<round>[^()$]*)\)|\{(?P<curly>[^{}$]*)\}|(?P<one>[^\s(){}$]))")
_NAME = re.compile(r"[\w.-]+")
_DEPTH = 12
_LENGTH = 16 << 10  # characters of a recipe that is expanded


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recipe line, continued lines among it: `line` counts from 1; `text` is for the shell."""

    target: str
    line: int
    text: str


@dataclass(slots=True)
class Makefile:
    """A Makefile that was read: `exported` are variables that its commands see."""

    recipes: list[Recipe] = field(default_factory=list)
    exported: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    holes: Holes
    variables: dict[str, str | None] = field(default_factory=dict)  # None: it is not known
    exported: set[str] = field(default_factory=set)
    raw: list[Recipe] = field(default_factory=list)
    conditions: int = 0
    target: str = ""
    is_defining: bool = False

    def line(self, number: int, text: str) -> None:
        """Take one logical line."""
        if self.is_defining:
            self.is_defining = not re.match(r"\s*endef\b", text)
            return
        if text.startswith("\t") and self.target:
            self.raw.append(Recipe(self.target, number, text[1:]))
            return
        plain = text.partition("#")[0].rstrip() if "\\#" not in text else text
        if not plain.strip():
            return
        if re.match(r"\s*(?:override\s+)?define\b", plain):
            self.is_defining = True
        elif _BEGIN.match(plain):
            self.conditions += 1
        elif re.match(r"\s*endif\b", plain):
            self.conditions = max(self.conditions - 1, 0)
        elif match := _ASSIGNMENT.fullmatch(plain.replace("\\\n", " ")):
            self._assign(match)
        elif match := _EXPORT.fullmatch(plain):
            self.exported.update(match[1].split())
        elif match := _RULE.match(plain):
            self._rule(number, match)

    def _rule(self, number: int, match: re.Match[str]) -> None:
        self.target = match["targets"].strip()
        _, sign, inline = match["rest"].partition(";")
        if sign and inline.strip():
            self.raw.append(Recipe(self.target, number, inline.strip()))

    def _assign(self, match: re.Match[str]) -> None:
        name, sign, value = match["name"], match["sign"], match["value"].strip()
        self.target = ""
        if "export" in match["words"]:
            self.exported.add(name)
        before = self.variables.get(name, "")
        if sign == "!=" or (self.conditions and name not in self.variables):
            self.variables[name] = None
        elif self.conditions:
            self.variables[name] = before if before == value else None
        elif sign == "+=":
            self.variables[name] = None if before is None else f"{before} {value}".strip()
        elif sign != "?=" or name not in self.variables:
            self.variables[name] = value

    def expanded(self, text: str, depth: int = 0) -> str:
        """The text with known variables in place; `$$` becomes `$`."""

        def replaced(match: re.Match[str]) -> str:
            if match[0] == "$$":
                return "$"
            name = match["round"] or match["curly"] or match["one"] or ""
            value = self.variables.get(name) if _NAME.fullmatch(name) else None
            if value is None or depth > _DEPTH:
                return self.holes.mark(f"`{match[0]}` is only known to make", match[0])
            return self.expanded(value, depth + 1)[:_LENGTH]

        return _REFERENCE.sub(replaced, self._without_functions(text[:_LENGTH]))[:_LENGTH]

    def _without_functions(self, text: str) -> str:
        """Calls of functions (`$(shell …)`, brackets within brackets) as holes."""
        found: list[str] = []
        at = 0
        while (start := text.find("$(", at)) >= 0:
            if start and text[start - 1] == "$" and (start < 2 or text[start - 2] != "$"):
                found.append(text[at : start + 2])
                at = start + 2
                continue
            end = _closing(text, start + 2)
            if end < 0:
                break
            body = text[start + 2 : end]
            is_name = _NAME.fullmatch(body) is not None
            call = text[start : end + 1]
            found += [text[at:start], call if is_name else self.holes.mark(f"`{call}` is only known to make", call)]
            at = end + 1
        return "".join(found) + text[at:]


def read_makefile(text: str, holes: Holes) -> Makefile:
    """The recipes of a Makefile, in order."""
    reader = _Reader(holes)
    for number, line in _logical(text):
        reader.line(number, line)
    recipes = [Recipe(one.target, one.line, _bare(reader.expanded(one.text))) for one in reader.raw]
    exported = {name: reader.expanded(value) for name in reader.exported if (value := reader.variables.get(name))}
    return Makefile(recipes, exported)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them; the breaks stay, so that lines can be counted."""
    pending, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        pending += line.rstrip("\r")
        if line.rstrip("\r").endswith("\\"):
            pending += "\n"
            continue
        yield start, pending
        pending, start = "", 0
    if pending:
        yield start, pending


def _bare(recipe: str) -> str:
    """Without the signs in front that are make's own."""
    return recipe.lstrip("@-+ \t")


def _closing(text: str, at: int) -> int:
    depth = 1
    for index in range(at, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index
    return -1
