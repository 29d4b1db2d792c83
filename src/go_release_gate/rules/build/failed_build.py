"""A program that the release needs does not compile for a platform, or under a set of build tags; or tests do not.

## What it finds

- A service that `go build` refuses for one of its platforms, with the compiler's first error at its line.
- A package, or the tests of one, that `test` could not compile.
- A service that compiles as it is built and no longer under one of the `tag-sets` of the configuration: a symbol is
  missing because its file drops out, or no file of the package is left.

## Why

Files drop out silently: a suffix (`_linux.go`) or a `//go:build` line takes them away for one platform, and nobody
sees it until the release builds that platform.

## Fix

Mend the line that is named. Where a file has to stay out, give its package another one with the opposite constraint.

## Limits

Only the first error of each program is shown. What keeps Go from building at all (the network, a missing C compiler)
is no finding: the program could not be judged then, and the run says so.

## References

- https://pkg.go.dev/cmd/go#hdr-Build_constraints
- https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.built import BuildFailure, BuiltPrograms, Order
from go_release_gate.model.finding import Location
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule
from go_release_gate.rules.build._built import target

RULE = Rule(
    id="failed-build",
    summary="a program does not compile for a platform or under a set of tags",
    severity=Severity.ERROR,
    since="0.1",
    needs=(BuiltPrograms,),
)


@RULE.check
def check(built: BuiltPrograms) -> Iterator[Draft]:
    """One draft for each error and place, with everything that it breaks."""
    broken: dict[tuple[BuildFailure, str], list[Order]] = {}
    variants = {id(one.order) for one in built.variants}
    failed = [(one.failure, one.order) for one in built.programs]
    failed += [(one.failure, one.order) for one in built.variants]
    for failure, order in failed:
        if failure:
            broken.setdefault((failure, order.service), []).append(order)
    for (failure, service), orders in broken.items():
        words = [_words(order, is_variant=id(order) in variants) for order in orders]
        yield Draft(
            Location(failure.path, failure.line, column=failure.column),
            f"{service} does not compile for {', '.join(dict.fromkeys(words))}: {failure.message}",
            key=f"{service}:{failure.message}",
            command=_command(orders[0]),
            module=orders[0].module,
            target=target(orders[0]),
        )


def _words(order: Order, *, is_variant: bool) -> str:
    if not is_variant:
        return order.platform
    return f"{order.platform} under the tags {','.join(order.tags)}" if order.tags else f"{order.platform} without tags"


def _command(order: Order) -> str:
    system, architecture = order.platform.split("/")[:2]
    tags = f" -tags={','.join(order.tags)}" if order.tags else ""
    package = "." if order.package == "." else f"./{order.package}"
    inside = "" if order.module == "." else f" -C {order.module}"
    if order.module != "." and order.package.startswith(f"{order.module}/"):
        package = f"./{order.package.removeprefix(order.module + '/')}"
    elif order.module == order.package:
        package = "."
    return f"GOOS={system} GOARCH={architecture} go build{inside}{tags} -o /dev/null {package}"
