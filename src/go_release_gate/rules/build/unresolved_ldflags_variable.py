"""`-ldflags -X` that sets nothing: the variable it names does not exist, or is none the linker can set.

## What it finds

`-X package.Name=value` of `go build`, `go install` and `go run` in Dockerfiles, workflows, the scripts and Makefiles
they start, and in the `builds` of GoReleaser's file, where

- the package does not exist, is written without the module's path in front, or is a main package written by its path
  (the linker calls it `main`);
- the package has no variable of that name (often one in another case), or has it as a constant, function or type;
- the variable is not of type string (the linker refuses that) or is set again when the program starts
  (`var version = os.Getenv("VERSION")`);
- a second `-ldflags` on the same command line replaces the first one: only the last one counts.

## Why

Apart from the type, none of this is an error for Go: the build passes, and the released program says `dev` where its
version should stand. Neither the binary nor `go version -m` shows it later when it was built with `-trimpath`.

## Fix

Write the import path of the package that declares the variable, as `go list -f '{{.ImportPath}}'` gives it, and `main`
for the main package. Where the right name is known and the flag is written out on one line, the edit is offered; it is
not a safe one, as it changes what the program says of itself.

## Limits

A path or name put together from values that only a run knows, a package of a module that is not in the module cache, a
package of the standard library, and variables whose initialiser is a call are left alone: such a call works where the
compiler turns it into a constant. Files behind build constraints count as if they were built. In a package with a
`//go:generate`, a name that resembles none that is declared may be generated, and is left alone.

## References

- https://pkg.go.dev/cmd/link
- https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from go_release_gate.facts.go_calls import GoCalls
from go_release_gate.facts.link_variables import LinkVariable, LinkVariables, LostFlags, PackageNames
from go_release_gate.gomod.gotokens import Kind, Token
from go_release_gate.gomod.govars import Declared
from go_release_gate.model.finding import Edit, Fix, Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._calls import SOURCES

RULE = Rule(
    id="unresolved-ldflags-variable",
    summary="`-ldflags -X` names a variable that does not exist or cannot be set",
    severity=Severity.WARNING,
    since="0.1",
    needs=(LinkVariables,),
    uses=(GoCalls, *SOURCES),  # it is made from them
    fix="unsafe",
)

_BUILT_IN = frozenset(
    (
        "bool", "byte", "complex128", "complex64", "error", "float32", "float64", "int", "int16", "int32", "int64",
        "int8", "rune", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr", "any",
    )
)  # fmt: skip
_AT_START = frozenset({"os", "exec", "debug", "time", "fmt", "rand", "ioutil", "user", "runtime"})
"""Packages whose calls no compiler turns into a constant."""


@RULE.check
def check(known: LinkVariables, *_sources: object) -> Iterator[Draft]:
    """One draft per variable that cannot be set, and one per value that another replaces."""
    for variable in known.variables:
        judged = _judged(variable)
        if judged:
            yield _draft(variable, *judged)
    for lost in known.lost:
        yield _lost(lost)


def _judged(variable: LinkVariable) -> tuple[str, str, Severity] | None:
    """What is wrong, the name to write instead (empty: none is known), and how grave that is; None: nothing is."""
    if not variable.found:
        return _without_package(variable)
    package = variable.found[0]
    if variable.package != "main" and package.name == "main":
        named = package.named(variable.name)
        better = f"main.{variable.name}" if named else ""
        return f"{variable.package} is a main package, which the linker calls `main`", better, Severity.WARNING
    answers = [_of_package(variable, one) for one in variable.found]
    return None if None in answers else answers[0]


def _without_package(variable: LinkVariable) -> tuple[str, str, Severity]:
    path = f"{variable.module}/{variable.package}"
    better = next((one for one in variable.elsewhere if one == path or one.endswith(f"/{variable.package}")), "")
    better = better or (variable.elsewhere[0] if len(variable.elsewhere) == 1 else "")
    better = f"{better}.{variable.name}" if better else ""
    if variable.package == variable.module:
        return f"{variable.package} is a module without Go files at its root, not a package", better, Severity.WARNING
    return f"no package {variable.package} is part of the build", better, Severity.WARNING


def _of_package(variable: LinkVariable, package: PackageNames) -> tuple[str, str, Severity] | None:
    named = package.named(variable.name)
    variables = [one for one in named if one.kind == "var"]
    if variables:
        answers = [_of_variable(one, package) for one in variables]
        return None if None in answers else answers[0]
    place = "package main" if package.name == "main" else package.path
    if named:
        return f"{variable.name} is a {named[0].kind} in {place}, not a variable", "", Severity.WARNING
    nearest = _nearest(variable, package)
    if package.is_generated and not nearest:
        return None  # what the build generates may declare it
    return f"{place} declares no variable {variable.name}", nearest, Severity.WARNING


def _nearest(variable: LinkVariable, package: PackageNames) -> str:
    strings = [one.name for one in package.declared if one.kind == "var" and _of_variable(one, package) is None]
    other_case = [name for name in strings if name.lower() == variable.name.lower()]
    close = other_case or get_close_matches(variable.name, strings, 1, 0.75)
    if close:
        return f"{variable.package}.{close[0]}"
    return f"{variable.elsewhere[0]}.{variable.name}" if len(variable.elsewhere) == 1 else ""


def _of_variable(declared: Declared, package: PackageNames) -> tuple[str, str, Severity] | None:
    if declared.type and declared.type != "string":
        is_other = declared.type in _BUILT_IN or not declared.type.replace("_", "").isalnum()
        own = next((one for one in package.named(declared.type) if one.kind == "type"), None)
        if "." in declared.type or (own and own.type.startswith("=")) or not (is_other or own):
            return None
        if is_other or own:
            return f"{declared.name} is of type {declared.type}, not string: the linker refuses it", "", Severity.ERROR
    initial = declared.initial or ()
    if not declared.type and initial and _is_no_string(initial):
        return f"{declared.name} is no string: the linker refuses it", "", Severity.ERROR
    call = _call_at_start(initial)
    if call:
        return f"{declared.name} is set by {call}() again when the program starts", "", Severity.WARNING
    return None


def _is_no_string(initial: tuple[Token, ...]) -> bool:
    """Whether an initialiser is none of a string for sure."""
    first = initial[0]
    if len(initial) == 1:
        return first.kind in (Kind.NUMBER, Kind.RUNE) or first.text in ("true", "false")
    return first.text in ("&", "[", "map", "struct", "chan") or (first.text == "make" and initial[1].text == "(")


def _call_at_start(initial: tuple[Token, ...]) -> str:
    """The call of an initialiser that only the program itself can make; empty: it is none of those."""
    if len(initial) > 3 and initial[0].text in _AT_START and initial[1].text == "." and initial[3].text == "(":
        return f"{initial[0].text}.{initial[2].text}"
    return ""


def _draft(variable: LinkVariable, problem: str, better: str, severity: Severity) -> Draft:
    expected = f"; expected -X {better}=…" if better else ""
    effect = "" if severity is Severity.ERROR else ", so the flag sets nothing and nobody is told"
    return Draft(
        location=Location(variable.path, variable.line, column=variable.column),
        message=f"-X {variable.target}: {problem}{effect}{expected}",
        key=f"{variable.scope} {variable.target}",
        module=variable.directory,
        target=Target("module", variable.directory),
        fix=_fix(variable, better),
        severity=severity,
    )


def _fix(variable: LinkVariable, better: str) -> Fix | None:
    if not better or not variable.source:
        return None
    before = variable.source[: variable.column - 1]
    rest = variable.source[variable.column - 1 + len(variable.target) :]
    text = f"{before}{better}{rest}\n"
    return Fix(safe=False, edits=(Edit(variable.path, variable.line, variable.line, text),))


def _lost(lost: LostFlags) -> Draft:
    names = ", ".join(lost.targets)
    return Draft(
        location=Location(lost.path, lost.line),
        message=f"a second -ldflags replaces the first, so -X {names} is lost; expected one -ldflags with all of them",
        key=f"{lost.scope} -ldflags {names}",
    )
