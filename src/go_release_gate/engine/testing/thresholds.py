"""What is asked of coverage: of all modules together, of those with thresholds of their own by themselves. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from go_release_gate.config.testing import TestingSettings
from go_release_gate.facts.tested import RanModule, Threshold
from go_release_gate.gotest.profile import Covered


def thresholds(modules: Sequence[RanModule], test: TestingSettings) -> tuple[Threshold, ...]:
    """One for all modules without thresholds of their own, then one for each of the others.

    Where a test failed, or could not be run, the coverage of those modules is not judged: it would be less than it is.
    """
    own = {posixpath.normpath(one.module): one for one in test.modules}
    common = [one for one in modules if one.dir not in own]
    found = [_threshold("", common, test.coverage, test.changed_coverage)] if common else []
    for module in modules:
        entry = own.get(module.dir)
        if entry is not None:
            wanted = test.coverage if entry.coverage is None else entry.coverage
            changed = test.changed_coverage if entry.changed_coverage is None else entry.changed_coverage
            found.append(_threshold(module.dir, [module], wanted, changed))
    return tuple(found)


def total(parts: Iterable[Covered | None]) -> Covered | None:
    """The sum; None: a part is not known, or there is none."""
    known = list(parts)
    if not known or None in known:
        return None
    return sum((one for one in known if one is not None), Covered())


def _threshold(name: str, modules: Sequence[RanModule], wanted: float, changed: float) -> Threshold:
    is_judged = not any(one.has_failed or one.error for one in modules)
    top = min((one.dir for one in modules), key=lambda one: (one != ".", one))
    return Threshold(
        name=name,
        place="go.mod" if top == "." else f"{top}/go.mod",
        coverage=total(one.coverage for one in modules) if is_judged else None,
        changed=total(one.changed for one in modules) if is_judged else None,
        wanted=wanted,
        wanted_changed=changed,
        uncovered=tuple(part for one in modules for part in one.uncovered),
    )
