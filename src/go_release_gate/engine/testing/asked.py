"""What is asked of a run of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.config.settings import Settings
from go_release_gate.model.subject import Subject

if TYPE_CHECKING:
    from go_release_gate.engine.baseline import Baseline


@dataclass(frozen=True, slots=True)
class TestingWishes:
    """How the tests are run.

    Attributes:
        race: auto, on or off. shuffle: on, off or a seed. count: how often each test runs; 0: as Go does.
        reruns: how often a test that failed is run again. coverage_file, logs: where these are left; None: nowhere.
    """

    __test__ = False  # no test of ours

    race: str = "auto"
    shuffle: str = "on"
    count: int = 0
    reruns: int = 0
    coverage_file: Path | None = None
    logs: Path | None = None


@dataclass(frozen=True, slots=True)
class TestingRequest:
    """What to test: `root` (real path), its settings, what the report calls it.

    `parent`: the environment of this process, of which tests get little. `config`: name of the configuration file.
    """

    __test__ = False

    root: Path
    settings: Settings
    subject: Subject
    wishes: TestingWishes = field(default_factory=TestingWishes)
    baseline: Baseline | None = None
    notices: tuple[str, ...] = ()
    parent: Mapping[str, str] = field(default_factory=dict)
    config: str = ".go-release-gate.yml"


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a commit: path of a Go file → its new lines; files that `known` has not are new altogether."""

    base: str
    lines: Mapping[str, frozenset[int]]
    known: frozenset[str]

    def of(self, path: str, whole: int) -> frozenset[int]:
        """The changed lines of a file of `whole` lines."""
        return self.lines.get(path, frozenset()) if path in self.known else frozenset(range(1, whole + 1))
