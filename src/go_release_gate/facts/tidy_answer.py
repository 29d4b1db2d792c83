"""Both answers of tidy from one run: the files as they are against the files as Go leaves them. Pure.

Go rewrites in place what `go mod tidy -diff` passes over (spacing, line endings, a missing final newline or
`go` line in go.mod), and reports with -diff what it leaves in place (order, duplicates, blank lines and line
endings of go.sum; golang/go#77713, #28456). The outcome here fails if either would.
"""

from __future__ import annotations

from dataclasses import replace

from go_release_gate.facts.changes import mod_changes, sum_changes
from go_release_gate.facts.module import Module
from go_release_gate.facts.patch import file_diff
from go_release_gate.facts.tidy import Tidy
from go_release_gate.gomod import modfile, sumfile
from go_release_gate.gomod.modfile import ModFile
from go_release_gate.model.outcome import Outcome


def answer(module: Module, mod_after: bytes, sum_after: bytes | None) -> Tidy:
    """What tidy would change in `module`, given the two files as `go mod tidy` leaves them.

    Args:
        sum_after: None when there is no go.sum after tidy; an empty go.sum counts as none.
    Raises:
        SyntaxProblemError: if Go itself left a file this program cannot read (a defect).
    """
    assert module.mod is not None  # noqa: S101 - malformed modules are never given to Go
    sum_today, sum_after = module.sum_bytes or None, sum_after or None
    after = modfile.parse(mod_after)
    sum_parsed = sumfile.parse(sum_after) if sum_after else None
    changes = (*mod_changes(module.mod, after), *sum_changes(module.sum, sum_parsed))
    canonical = sumfile.canonical(sum_after) if sum_after else None
    if changes or _content(module.mod) != _content(after):
        kind = "untidy"
    elif module.mod_bytes != mod_after or sum_today != canonical:
        kind = "form"
    else:
        return Tidy(Outcome.PASS, mod_after=module.mod_bytes, sum_after=module.sum_bytes)
    return Tidy(
        Outcome.FAIL,
        kind,
        mod_after,
        canonical,
        changes,
        form_of(module, mod_after) if kind == "form" else (),
        file_diff(module.file("go.mod"), module.mod_bytes, mod_after)
        + file_diff(module.file("go.sum"), module.sum_bytes, canonical),
    )


def form_of(module: Module, mod_after: bytes) -> tuple[tuple[str, str, int | None], ...]:
    """What is wrong with the form of either file, in words, with the first line that shows it."""
    found: list[tuple[str, str, int | None]] = []
    if module.mod_bytes != mod_after:
        found += [("go.mod", what, line) for what, line in modfile.form_problems(module.mod_bytes, mod_after)]
    if module.sum_bytes:
        found += [("go.sum", what, line) for what, line in sumfile.form_problems(module.sum_bytes)]
    return tuple(found)


def _content(file: ModFile) -> tuple[object, ...]:
    """What a go.mod says, without lines: what `changes` does not list (module path, replace, exclude, retract)."""
    return (
        file.path,
        sorted((r.path, r.version, r.target, r.target_version) for r in file.replaces),
        sorted((e.path, e.version) for e in file.excludes),
        sorted((r.low, r.high) for r in file.retracts),
    )


def without_conversion(module: Module) -> Module:
    """The module as committed when only the checkout turned LF into CRLF, for comparison with Go's LF files."""
    return replace(
        module,
        mod_bytes=module.mod_bytes.replace(b"\r\n", b"\n"),
        sum_bytes=module.sum_bytes.replace(b"\r\n", b"\n") if module.sum_bytes else module.sum_bytes,
    )
