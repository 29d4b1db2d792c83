"""The fact which tests ran, what failed in them, and how much of the code they ran."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from go_release_gate.gotest.profile import Covered
from go_release_gate.gotest.troubles import Trouble

if TYPE_CHECKING:
    from go_release_gate.model.outcome import ModuleError

PASSED, FAILED, SKIPPED, FLAKY, UNFINISHED, UNTESTED = (
    "passed", "failed", "skipped", "flaky", "unfinished", "no tests",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RanTest:
    """One test. `outcome`: passed, failed, skipped, flaky (failed, and passed when it ran again) or unfinished.

    `troubles`: what went wrong; none for a test that failed because a test below it did. `said`: its output.
    """

    name: str
    outcome: str
    seconds: float = 0.0
    troubles: tuple[Trouble, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class RanPackage:
    """One package.

    Attributes:
        path: import path. dir: relative to the root.
        outcome: passed, failed, flaky, unfinished, or `no tests`.
        tests: in the order they began. troubles, said: of the package beside its tests, such as a failed build.
        seed: of the shuffle. is_cached: Go had its result.
        is_cut: it passed, but its program ended before its tests had, as with os.Exit(0).
    """

    path: str
    dir: str
    outcome: str
    tests: tuple[RanTest, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    said: str = ""
    seconds: float = 0.0
    seed: str = ""
    is_cached: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Changed lines of a file that no test ran: pairs of first and last."""

    path: str
    runs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RanModule:
    """One module.

    Attributes:
        packages: all of them, those without tests, too. coverage: of its statements; None: not known.
        changed: of its lines that changed; None: nothing to compare with. uncovered: those that no test ran.
        error: why its tests could not be run. is_raced: whether the race detector looked on.
        flags: what Go was asked for, to ask it again.
    """

    dir: str
    path: str
    packages: tuple[RanPackage, ...] = ()
    coverage: Covered | None = None
    changed: Covered | None = None
    uncovered: tuple[Uncovered, ...] = ()
    error: ModuleError | None = None
    is_raced: bool = False
    flags: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def has_failed(self) -> bool:
        """Whether any test of it failed, so that its coverage is less than it could be."""
        return any(one.outcome in (FAILED, UNFINISHED) for one in self.packages)


@dataclass(frozen=True, slots=True)
class RanCommand:
    """A named command: `problem` is empty where it ended well; `place`: the file that asks for it."""

    name: str
    command: tuple[str, ...]
    problem: str = ""
    said: str = ""
    seconds: float = 0.0
    error: ModuleError | None = None
    place: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is asked of some modules together.

    Attributes:
        name: the module's directory; empty: all modules without thresholds of their own.
        coverage, changed: what there is; None: not judged. wanted, wanted_changed: percent.
        place: where it is reported: a go.mod.
    """

    name: str
    place: str
    coverage: Covered | None
    changed: Covered | None
    wanted: float
    wanted_changed: float
    uncovered: tuple[Uncovered, ...] = ()


@dataclass(frozen=True, slots=True)
class RanTests:
    """Everything that was tested. `base`: the commit that changed lines are counted from, empty: none."""

    modules: tuple[RanModule, ...] = ()
    commands: tuple[RanCommand, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    base: str = ""
    coverage: Covered | None = field(default=None)
    changed: Covered | None = field(default=None)

    @property
    def tests(self) -> tuple[RanTest, ...]:
        """Every test of every module."""
        return tuple(test for module in self.modules for package in module.packages for test in package.tests)
