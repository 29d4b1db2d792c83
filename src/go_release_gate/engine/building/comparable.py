"""Builds that are made to be compared: nothing is recorded in them that says which commit or version they are of.

What the release build would write into a program (versions, sums, ids) has lengths of its own and moves everything
behind it; so it is left out while linking, where it can be, and not cut out afterwards. Compiled packages are the same
as the release's, and come from the same cache.
https://github.com/golang/go/blob/master/src/cmd/link/internal/ld/main.go (flags)
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from go_release_gate.engine.building.compile import Site
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.facts.built import Order

APART = 4 << 20
"""Bytes that segments begin at multiples of: a table of line numbers that grows then moves no data."""

# runtime.modinfo: the list of modules; symbols are what functions are named by
_FLAGS = "-X=runtime.modinfo= -buildid= -s=false -w"
_ELF = ("linux/", "android/", "freebsd/", "netbsd/", "openbsd/", "dragonfly/", "solaris/", "illumos/")


def comparable(order: Order) -> Order:
    """The order for a build that is compared with one of another commit."""
    apart = f" -R={APART}" if order.platform.startswith(_ELF) else ""
    return replace(order, ldflags=f"{order.ldflags} {_FLAGS}{apart}".strip())


def comparable_site(site: Site, output: Path, stamp: Stamp) -> Site:
    """The site for such builds. `stamp` must be the same for both sides: it fills the places in linker flags."""
    return replace(site, output=output, recipe=replace(site.recipe, stamp=stamp, buildvcs="false"))
