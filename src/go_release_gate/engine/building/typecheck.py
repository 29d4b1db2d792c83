"""What is not built is type-checked: every service under further tags, by one `go list -export` for each set of them.

`go list -e -export` compiles without linking and tells the errors of each package:
https://pkg.go.dev/cmd/go#hdr-List_packages_or_modules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from go_release_gate.engine.building.command import shared_words, target
from go_release_gate.engine.building.compile import Site, call, diagnosed, explained, unbuildable
from go_release_gate.engine.context import parallel
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import CheckedVariant, Order
from go_release_gate.model.outcome import ErrorClass, ModuleError

_FIELDS = "Dir,ImportPath,Error,DepsErrors"


def type_check(orders: Iterable[Order], site: Site) -> tuple[CheckedVariant, ...]:
    """Compile every order without linking it."""
    groups: dict[str, list[Order]] = {}
    for order in orders:
        same = (order.module, order.platform, order.tags, order.cgo, sorted(order.environment.items()))
        groups.setdefault(repr(same), []).append(order)
    found: dict[str, list[CheckedVariant]] = {}

    def done(name: str, checked: list[CheckedVariant]) -> None:
        found[name] = checked
        for one in checked:
            tags = ",".join(one.order.tags) or "no tags"
            site.done(
                f"{one.order.name} {tags}", "failed" if one.failure else "unavailable" if one.error else "checked"
            )

    work: Mapping[str, Callable[[], list[CheckedVariant]]] = {
        name: partial(_checked, group, site) for name, group in groups.items()
    }
    parallel(site.jobs, work, done)
    return tuple(one for name in groups for one in found[name])


def _checked(group: Sequence[Order], site: Site) -> list[CheckedVariant]:
    first = group[0]
    missing = None if site.recipe.trusted else unbuildable(first, site)
    if missing:
        return [CheckedVariant(one, error=missing) for one in group]
    words = ["list", "-e", "-export", f"-json={_FIELDS}", *shared_words(first, site.recipe), *map(target, group)]
    try:
        answer = call(first, site, words)
    except UnavailableError as error:
        return [CheckedVariant(one, error=ModuleError(ErrorClass.INTERNAL, error.message, error.hint)) for one in group]
    if answer.returncode != 0 or answer.timed_out:
        return [CheckedVariant(one, *diagnosed(one, site, answer)) for one in group]
    said = {str(entry.get("Dir", "")): entry for entry in _entries(answer.stdout)}
    return [_variant(one, said.get(str(site.root / one.package).removesuffix("/.")), site) for one in group]


def _variant(order: Order, entry: Mapping[str, Any] | None, site: Site) -> CheckedVariant:
    """What Go says of one package; nothing at all where its directory does not exist."""
    if entry is None:
        return CheckedVariant(order, *explained(order, site, "no Go files in it"))
    errors = [entry["Error"]] if entry.get("Error") else list(entry.get("DepsErrors") or ())
    if not errors:
        return CheckedVariant(order)
    said = "\n".join(f"{one['Pos']}: {one['Err']}" if one.get("Pos") else str(one.get("Err", "")) for one in errors)
    return CheckedVariant(order, *explained(order, site, said))


def _entries(data: bytes) -> Iterator[Mapping[str, Any]]:
    """The objects that stand one behind the other."""
    text, at = data.decode("utf-8", "replace"), 0
    decoder = json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        entry, at = decoder.raw_decode(text, at)
        yield entry
