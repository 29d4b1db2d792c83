"""Why a build did not succeed: the repository's own fault with its place, or the surroundings'. Pure."""

from __future__ import annotations

import posixpath
import re

from go_release_gate.facts.built import BuildFailure, Order
from go_release_gate.facts.classify import Surroundings, classify
from go_release_gate.model.outcome import ErrorClass, ModuleError

_PLACE = re.compile(
    r"^(?P<path>[^\s:#][^:\n]*\.(?:go|s|c|h|mod|sum)):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<what>.+)$", re.MULTILINE
)
_NO_COMPILER = re.compile(
    r'C compiler "?(?P<name>[^"\s]+)"? not found|exec: "(?P<program>[^"]+)": executable file not found'
)
_NO_ROOM = re.compile(r"no space left on device|cannot allocate memory|signal: killed|out of memory", re.IGNORECASE)
_GONE = re.compile(r"build constraints exclude all Go files|no Go files in|no non-test Go files")
_NOISE = re.compile(r"^(?:go: downloading|#|\s*$|note: )")

Diagnosis = tuple[BuildFailure | None, ModuleError | None]


def diagnose(order: Order, said: str, around: Surroundings, *, timed_out: bool = False) -> Diagnosis:
    """Either the failure (a finding) or the error (it could not be judged) in what Go wrote on standard error."""
    if timed_out:
        hint = "raise build.timeout"
        return None, ModuleError(ErrorClass.TIMEOUT, f"{order.name} was not built within {around.timeout:g} s", hint)
    if match := _NO_ROOM.search(said):
        return None, ModuleError(
            ErrorClass.INTERNAL, f"{order.name}: {match[0]}", "free memory or space, or use --jobs 1"
        )
    if match := _NO_COMPILER.search(said):
        return None, no_compiler(order, match["name"] or match["program"])
    if _GONE.search(said):
        return BuildFailure(_gone(order), order.mod_file), None
    known = classify(said, around)
    if not known.kind.is_repository_fault and known.kind is not ErrorClass.INTERNAL:
        return None, known
    return _failure(order, said, known), None


def no_compiler(order: Order, program: str = "") -> ModuleError:
    """The error of a build that needs a C compiler."""
    what = f"the C compiler {program!r}" if program else f"a C compiler for {order.platform}"
    hint = f"install one and name it as env.CC of service {order.service!r}, or set its cgo: false"
    return ModuleError(ErrorClass.TOOLCHAIN, f"{order.name} is built with cgo, and {what} is not here", hint)


def stranger_cgo(order: Order) -> ModuleError:
    """The error of a build with cgo on an event that is not trusted."""
    said = f"{order.name} needs cgo, and no C compiler is run for a pull request that is not trusted"
    return ModuleError(ErrorClass.TOOLCHAIN, said, "it is built once this is merged")


def _failure(order: Order, said: str, known: ModuleError) -> BuildFailure:
    match = _PLACE.search(said)
    if match:
        path = posixpath.normpath(posixpath.join(order.module, match["path"]))
        column = int(match["column"]) if match["column"] else None
        if not path.startswith(("../", "/")):
            return BuildFailure(match["what"].strip(), path, int(match["line"]), column)
        return BuildFailure(f"{match['path']}:{match['line']}: {match['what'].strip()}", order.mod_file)
    if known.kind.is_repository_fault:
        return BuildFailure(known.message, known.path or order.mod_file, known.line)
    lines = [line.strip() for line in said.splitlines() if not _NOISE.match(line)]
    return BuildFailure(lines[0] if lines else "go build failed without a message", order.mod_file)


def _gone(order: Order) -> str:
    under = f" under the tags {','.join(order.tags)}" if order.tags else ""
    return f"no file of package {order.package} is left for {order.platform}{under}: build constraints exclude them all"
