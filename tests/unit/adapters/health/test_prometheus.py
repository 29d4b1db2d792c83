"""Metrics, against a server that answers as Prometheus's interface is documented.

https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from go_release_gate.adapters.health.prometheus import MetricProber, Prometheus
from go_release_gate.adapters.health.reading import Reading, Subject
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.config.releases import MetricQuery
from go_release_gate.errors import UsageError
from support.telling import Heard, Telling, Told, telling

MOVED = datetime(2026, 11, 21, 10, tzinfo=UTC)
SUBJECT = Subject("api", "production", "sha256:" + "a" * 64, "1.4.2", moved=MOVED)


def vector(*values: str) -> Told:
    """An instant vector."""
    samples = [
        {"metric": {"pod": str(number)}, "value": [1435781451.781, value]} for number, value in enumerate(values)
    ]
    return Told({"status": "success", "data": {"resultType": "vector", "result": samples}})


def scalar(value: str) -> Told:
    """A scalar."""
    return Told({"status": "success", "data": {"resultType": "scalar", "result": [1435781451.781, value]}})


Answers = Callable[[Heard], Told]


@pytest.fixture
def server() -> Iterator[Telling]:
    """A server that says 1 to everything."""
    with telling(lambda _heard: vector("1")) as made:
        yield made


def look(server: Telling, **limits: Any) -> Reading:
    """One look at the metric p99."""
    metric = MetricQuery("p99", 'p99{service="{service}"}', **limits)
    return MetricProber(Prometheus(HttpWire(), f"{server.url}/prefix/", "secret", 5.0), metric).look(SUBJECT)


def test_a_value_is_held_against_its_limit(server: Telling) -> None:
    """At most `max` is well; the query is asked as the interface wants it, with the token."""
    assert look(server, max=1.0).health == "pass"
    failed = look(server, max=0.5)
    assert (failed.health, failed.words) == ("fail", "1, at most 0.5 is well")
    asked = server.heard[0]
    assert (asked.path, asked.query) == ("/prefix/api/v1/query", {"query": ['p99{service="api"}']})
    assert asked.headers["Authorization"] == "Bearer secret"


def test_a_value_is_held_against_the_one_before_the_move(server: Telling) -> None:
    """The value at the time when the move began is asked once."""
    server.answers = lambda heard: scalar("0.2") if "time" in heard.query else scalar("0.5")
    prober = MetricProber(Prometheus(HttpWire(), server.url), MetricQuery("p99", "p99", max_ratio=2.0))
    assert prober.look(SUBJECT).words == "0.5, 2.50 times the 0.2 before the move; 2 is well"
    assert prober.look(SUBJECT).health == "fail"
    assert [one.query["time"] for one in server.heard if "time" in one.query] == [[f"{MOVED.timestamp():.3f}"]]
    assert look(server, max_ratio=3.0).health == "pass"


@pytest.mark.parametrize(
    ("before", "now", "health"),
    [("0", "0", "pass"), ("0", "0.1", "inconclusive"), ("NaN", "0.1", "inconclusive"), ("1", "NaN", "inconclusive")],
)
def test_a_ratio_to_nothing_is_none(server: Telling, before: str, now: str, health: str) -> None:
    """Nought stays well when it stays nought; beyond that there is no ratio."""
    server.answers = lambda heard: vector(before if "time" in heard.query else now)
    assert look(server, max_ratio=2.0).health == health


def test_few_samples_prove_nothing(server: Telling) -> None:
    """Below the least count even a bad value is inconclusive."""
    server.answers = lambda heard: vector("3" if heard.query["query"] == ["count"] else "9")
    assert look(server, max=1.0, min_samples="count", min_count=3.0).health == "fail"
    few = look(server, max=1.0, min_samples="count", min_count=4.0)
    assert (few.health, few.words) == ("inconclusive", "3 samples, at least 4 are needed")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (vector(), "no sample"),
        (vector("1", "2"), r"2 series: put the query into sum\(…\) or max"),
        (vector("NaN"), "the value is nan"),
        (vector("+Inf"), "the value is inf"),
        (vector("many"), "none of Prometheus's"),
        (Told({"status": "success", "data": {"resultType": "matrix", "result": []}}), "neither a scalar"),
        (Told({"status": "success", "data": None}), "neither a scalar"),
        (
            Told({"status": "error", "errorType": "bad_data", "error": "parse\n::error"}, 400),
            r"HTTP 400: parse ::error",
        ),
        (Told({"status": "error", "errorType": "timeout", "error": "query timed out"}, 503), "timed out"),
        (Told(b"<html>"), "HTTP 200"),
        (Told(status=302, headers={"Location": "/login"}), "HTTP 302"),
        (Told(b"x" * (300 << 10)), "more than 262144 bytes"),
    ],
)
def test_everything_but_one_number_is_inconclusive(server: Telling, answer: Told, words: str) -> None:
    """No answer of a server that has no number is taken for a good or a bad value."""
    server.answers = lambda _heard: answer
    reading = look(server, max=0.5)
    assert reading.health == "inconclusive"
    assert re.search(words, reading.words), reading.words


def test_a_server_that_is_away_is_inconclusive() -> None:
    """No connection is no value."""
    with telling(lambda _heard: Told()) as server:
        pass
    assert look(server, max=1.0).health == "inconclusive"


def test_a_metric_without_limit_is_a_mistake(server: Telling) -> None:
    """A metric that could never fail is refused."""
    with pytest.raises(UsageError, match="neither max nor max-ratio"):
        look(server)
