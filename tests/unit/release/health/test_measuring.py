"""Measuring: warm-up, looks and their distance, the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from go_release_gate.adapters.health.reading import Reading, Subject
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.config.releases import HealthSettings, HttpProbe, MetricQuery
from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import Health
from go_release_gate.release.health.measuring import Edges, Outside, measure, probes_of
from support.telling import Told, telling

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SUBJECT = Subject("api", "production", "sha256:" + "a" * 64, "1.4.2", ended=NOW)
SETTINGS = HealthSettings(warm_up=30.0, interval=10.0, looks=5, failures=2)


@dataclass
class World:
    """A clock that sleeping moves, and a probe that says what it is told."""

    answers: Iterator[str]
    now: datetime = NOW
    name: str = "probe"
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changed_after: int = 99
    asked: int = 0

    def look(self, _subject: Subject) -> Reading:
        self.asked += 1
        names: dict[str, Health] = {"p": "pass", "f": "fail", "i": "inconclusive"}
        return Reading(self.name, names[next(self.answers)], "words\n::error")

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def edges(self) -> Edges:
        return Edges(
            (self,),
            lambda _subject: "another runs" if self.asked >= self.changed_after else "",
            lambda: self.now,
            sleep=self.sleep,
            said=self.said.append,
        )


def test_it_warms_up_and_looks_as_often_as_it_should() -> None:
    """The warm-up comes first, the interval between looks, none behind the last."""
    world = World(iter("ppppp"))
    verdict = measure(SETTINGS, SUBJECT, world.edges)
    assert (verdict.health, verdict.looks, world.slept) == ("pass", 5, [30.0, 10.0, 10.0, 10.0, 10.0])
    assert "\n" not in world.said[0]


@pytest.mark.parametrize(("age", "slept"), [(10, [20.0]), (40, []), (-5, [30.0])])
def test_warming_up_counts_from_the_move(age: int, slept: list[float]) -> None:
    """Only what is left of it is waited for, and a clock that is wrong does not make it longer."""
    world = World(iter("p"), NOW + timedelta(seconds=age))
    measure(HealthSettings(warm_up=30.0, looks=1, failures=1), SUBJECT, world.edges)
    assert world.slept == slept


def test_it_ends_with_the_failure() -> None:
    """No look is taken behind the one that decides."""
    world = World(iter("pff"))
    assert measure(SETTINGS, SUBJECT, world.edges).health == "fail"
    assert world.asked == 3


def test_a_digest_that_changes_ends_it() -> None:
    """The look during which it changed decides nothing, were it the last of enough failures."""
    world = World(iter("ff"), changed_after=2)
    verdict = measure(SETTINGS, SUBJECT, world.edges)
    assert (verdict.health, world.asked) == ("inconclusive", 2)
    assert "another runs" in verdict.words


def test_without_probes_nothing_is_proven() -> None:
    """An environment whose health nobody asks about does not pass."""
    verdict = measure(SETTINGS, SUBJECT, Edges(()))
    assert (verdict.health, verdict.words) == ("inconclusive", "nothing is configured to judge health by")


def test_the_probes_of_an_environment(tmp_path: Path) -> None:
    """Addresses, commands and metrics are asked in one look, for real."""

    def answers(path: str) -> Told:
        if path == "/healthz":
            return Told({"version": "v1.4.2"})
        return Told({"status": "success", "data": {"resultType": "scalar", "result": [1.0, "0.1"]}})

    with telling(lambda heard: answers(heard.path)) as server:
        settings = HealthSettings(
            (HttpProbe(f"{server.url}/healthz", version_key="version"),),
            (("true",), "false --now"),
            server.url,
            (MetricQuery("errors", "e", max=0.2),),
            warm_up=0.0,
            looks=1,
            failures=1,
        )
        outside = Outside(HttpWire(), ProcessRunner(), tmp_path, {"PATH": "/usr/bin:/bin"})
        verdict = measure(settings, SUBJECT, Edges(probes_of(settings, outside)))

    assert verdict.health == "fail"
    assert verdict.words == "1 failed looks in a row: command false: exit 1"
    assert sorted(name.split()[0] for name in verdict.evidence) == [
        "command", "command", "http", "looks", "metric", "transcript"
    ]  # fmt: skip


def test_metrics_need_a_server(tmp_path: Path) -> None:
    """Queries without an address are a mistake."""
    settings = HealthSettings(metrics=(MetricQuery("errors", "e", max=0.2),))
    with pytest.raises(UsageError, match="names no server"):
        probes_of(settings, Outside(HttpWire(), ProcessRunner(), tmp_path))
