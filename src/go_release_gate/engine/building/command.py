"""The command line and the variables of one build. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from go_release_gate.adapters.goflags import filtered
from go_release_gate.engine.building.plan import platform_variables
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.facts.built import Order
from go_release_gate.gocommand.ldflags import flags_text, read_ldflags

_OF_STRANGERS = frozenset({"s", "w", "X", "buildid", "B", "H", "compressdwarf", "funcalign", "randlayout", "R"})
"""Linker flags that start no program: `-extld` and its like name one, and -extldflags can."""

_STARTING = ("CC", "CXX", "AR", "FC", "PKG_CONFIG", "CGO_", "GOWORK")
"""Variables that name programs, give them flags, or lead Go to files that nobody looked at."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a tree is built, the same for all its orders.

    Attributes:
        stamp: the commit. trusted: False where strangers wrote the settings: they start no program then.
        vendored: directories of modules and workspaces that vendor. workspaces: module → directory of its go.work.
        buildvcs: value of -buildvcs. variables: what comes in addition, a build cache for one.
    """

    stamp: Stamp = field(default_factory=Stamp)
    trusted: bool = True
    vendored: frozenset[str] = frozenset()
    workspaces: Mapping[str, str] = field(default_factory=dict)
    buildvcs: str = "auto"
    variables: Mapping[str, str] = field(default_factory=dict)


def build_words(order: Order, recipe: Recipe, output: str) -> list[str]:
    """`go build` for one order; it runs in the module's directory."""
    ldflags = linker_flags(order, recipe)
    linking = [f"-ldflags={ldflags}"] if ldflags else []
    return [
        "build",
        f"-buildvcs={recipe.buildvcs}",
        *shared_words(order, recipe),
        *linking,
        "-o",
        output,
        target(order),
    ]


def shared_words(order: Order, recipe: Recipe) -> list[str]:
    """The flags that building and listing share."""
    tags = [f"-tags={','.join(order.tags)}"] if order.tags else []
    return ["-trimpath", f"-mod={_mod(order, recipe)}", *tags]


def target(order: Order) -> str:
    """The package as Go names it from its module's directory."""
    relative = posixpath.relpath(order.package, order.module)
    return "." if relative == "." else f"./{relative}"


def linker_flags(order: Order, recipe: Recipe) -> str:
    """The order's linker flags, filled in; of strangers only what starts no program."""
    text = recipe.stamp.fill(order.ldflags)
    if recipe.trusted or not text:
        return text
    read = read_ldflags(text)
    kept = [(name, value) for name, value in read.flags if name in _OF_STRANGERS]
    return flags_text([*kept, *(("X", one.text) for one in read.definitions)])


def variables(order: Order, recipe: Recipe, root: str) -> dict[str, str]:
    """The variables on top of those that every call of Go gets. `root`: the tree that is built, absolute."""
    own = {name: value for name, value in order.environment.items() if recipe.trusted or not name.startswith(_STARTING)}
    flags = filtered(own.pop("GOFLAGS", ""))[0].replace("-buildvcs=false", "").strip()
    workspace = recipe.workspaces.get(order.module)
    found = {
        "GOFLAGS": flags,
        "GOWORK": "off" if workspace is None else posixpath.normpath(f"{root}/{workspace}/go.work"),
        "CGO_ENABLED": {True: "1", False: "0", None: ""}[order.cgo] if recipe.trusted else "0",
        **platform_variables(order.platform),
    }
    if recipe.stamp.time is not None:
        found["SOURCE_DATE_EPOCH"] = str(recipe.stamp.time)
    return {**found, **own, **recipe.variables}


def _mod(order: Order, recipe: Recipe) -> str:
    place = recipe.workspaces.get(order.module, order.module)
    return "vendor" if place in recipe.vendored else "readonly"
