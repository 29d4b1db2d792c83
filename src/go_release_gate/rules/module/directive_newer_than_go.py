"""A `go` or `toolchain` line that asks for a newer Go than the one that judges.

## What it finds

A `go` line newer than the Go in use: Go refuses the module, which is therefore unavailable (class `toolchain`); the
finding says which version is needed. A `toolchain` line newer than the Go in use is a note: the module was judged,
but by another Go than its authors build with.

## Why

Different versions of Go can disagree on whether a module is tidy. Who builds the release with the version of the
`toolchain` line should know that the gate used another.

## Fix

Select the newer Go: the input `go-version`, or `go.version` in the configuration. On trusted events the gate can
fetch it where `go.fetch_toolchain` allows. If the line was raised by accident, lower it: `go get go@1.25`.

## Limits

Names of toolchains that are no released Go (`go1.25.1-custom`) are compared by their version alone; a development
build of Go is not compared at all. `toolchain default` asks for nothing.

## References

- https://go.dev/doc/toolchain
- https://go.dev/ref/mod#go-mod-file-go
- https://go.dev/ref/mod#go-mod-file-toolchain
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.module import Module
from go_release_gate.facts.toolchain import Toolchain
from go_release_gate.gomod import goversion
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="directive-newer-than-go",
    summary="go.mod asks for a newer Go than the one in use",
    severity=Severity.WARNING,
    since="0.1",
    needs=(Module, Toolchain),
)


@RULE.check
def check(module: Module, toolchain: Toolchain) -> Iterator[Draft]:
    """A draft at the `go` line, or a milder one at the `toolchain` line."""
    current = goversion.from_toolchain(toolchain.version)
    if module.mod is None or not current:
        return
    go, wanted = module.mod.go, module.mod.toolchain
    if go and goversion.compare(go.value, current) > 0:
        yield Draft(
            location=Location(module.file("go.mod"), go.line),
            message=f"the module needs go {go.value}, the Go in use is {toolchain.version}: it was not judged",
            key="go",
        )
    elif wanted and goversion.compare(goversion.from_toolchain(wanted.value), current) > 0:
        yield Draft(
            location=Location(module.file("go.mod"), wanted.line),
            message=f"toolchain {wanted.value} is newer than the Go that judged the module, {toolchain.version}",
            key="toolchain",
            severity=Severity.NOTE,
        )
