"""Exactly once, whatever GitHub does: generated sequences of trouble, a few here, thousands by `make faults`."""

from __future__ import annotations

import os
import random

import pytest

from fakes.github import GitHub, faults
from go_release_gate.adapters.github.checks import CLOSING_SECONDS
from go_release_gate.adapters.github.client import DEADLINE
from go_release_gate.model.report import CheckReport
from support.pullrequest import World, faulty, mended, untidy

SEQUENCES = int(os.environ.get("FAULT_SEQUENCES", "40"))
LONGEST = 6  # faults in one sequence
BOUND = DEADLINE + CLOSING_SECONDS  # the time for GitHub, and that for the last word on a check run
HASTE, PATIENCE = 0.15, 10.0  # seconds for an answer: where some never come, and where all do
KINDS = [*faults.TRANSIENT, "hang", "hang after"]
BATCHES = 120  # annotations: three requests


def sequence(seed: int) -> tuple[CheckReport, list[str], int]:
    """A report, the names of the faults, and how many undisturbed requests come before them."""
    chance = random.Random(seed)  # noqa: S311 - a test's choice
    report = chance.choice([faulty(1), faulty(3), faulty(BATCHES), mended()])
    return report, [chance.choice(KINDS) for _ in range(chance.randint(1, LONGEST))], chance.randint(0, 8)


def fault(name: str) -> faults.Fault:
    """The fault called so."""
    if name.startswith("hang"):
        return faults.hang(after=name == "hang after")
    return faults.TRANSIENT[name]()


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_every_part_stands_once(seed: int) -> None:
    """One check run per key, its annotations each once, at most one marked comment, each review comment once, waiting
    within the deadline; what was said to stand stands, and afterwards an undisturbed run sets everything right."""
    report, names, undisturbed = sequence(seed)
    with GitHub() as github:
        world = World(github, timeout=HASTE)
        github.plan(*[faults.fine()] * undisturbed, *map(fault, names))
        published = world.publish(report)

        assert sum(world.clock.slept) <= BOUND, names
        assert_once(world, report, is_whole="check run" in published.places)
        github.faults = type(github.faults)()
        world.timeout = PATIENCE
        again = world.publish(report, attempt="2")
        assert again.notices == ()
        assert_once(world, report, is_whole=True, key="key-2-")
        assert len(github.repository.comments) == bool(report.findings)


def assert_once(world: World, report: CheckReport, *, is_whole: bool, key: str = "key-1-") -> None:
    """What must hold after every run, however it went."""
    repository = world.github.repository
    runs = [run for run in repository.check_runs.values() if run.external_id.startswith(key)]
    visible = [run for run in runs if run.conclusion not in {"neutral", "cancelled"} or run.annotations]
    assert len(visible) <= 1
    assert all(run.status == "completed" for run in runs) or not is_whole
    if is_whole:
        [run] = visible
        found = world.annotated_of(run)
        allowed = [world.expected(report, lambda item: item.fingerprint == untidy().fingerprint),
                   world.expected(report, lambda _: False)]  # fmt: skip
        assert found in allowed
        assert run.conclusion == ("failure" if report.findings else "success")
    assert len([comment for comment in repository.comments.values() if "go-release-gate" in comment.body]) <= 1
    lines = [(comment.path, comment.line) for comment in repository.review_comments.values()]
    assert len(lines) == len(set(lines))
