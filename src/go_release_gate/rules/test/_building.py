"""Tests that do not compile, for failed-build: `build` loads the rule itself, and nothing of tests."""

from __future__ import annotations

from collections.abc import Iterator

from go_release_gate.facts.tested import RanTests
from go_release_gate.gotest.troubles import BUILD, Trouble
from go_release_gate.model.finding import Location, Target
from go_release_gate.rules.base import Draft
from go_release_gate.rules.build.failed_build import RULE


@RULE.check_of(RanTests)
def check_tests(tests: RanTests) -> Iterator[Draft]:
    """One draft for each error and place, with the packages whose tests it keeps from running."""
    broken: dict[tuple[Trouble, str], list[str]] = {}
    for module in tests.modules:
        for package in module.packages:
            for trouble in package.troubles:
                if trouble.kind == BUILD:
                    broken.setdefault((trouble, module.dir), []).append(package.path)
    for (trouble, directory), packages in broken.items():
        more = f" and {len(packages) - 1} more" if len(packages) > 1 else ""
        mod_file = "go.mod" if directory == "." else f"{directory}/go.mod"
        yield Draft(
            Location(trouble.path or mod_file, trouble.line, column=trouble.column),
            f"the tests of {packages[0]}{more} do not compile: {trouble.message}",
            key=f"{packages[0]}:{trouble.message}",
            command=f"go vet{'' if directory == '.' else f' -C {directory}'} ./...",
            module=directory,
            target=Target("test", packages[0]),
        )
