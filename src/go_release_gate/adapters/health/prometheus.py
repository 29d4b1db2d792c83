"""A metric of a Prometheus server: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries.

No answer, no sample, several series or no number (NaN, infinity) is never taken for a bad value, nor for a good one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from go_release_gate.adapters.health.fetching import checked, fetched
from go_release_gate.adapters.health.reading import PATIENCE, Reading, Subject, filled, values_of
from go_release_gate.adapters.registry.answers import harmless
from go_release_gate.adapters.registry.wire import Ask, Wire
from go_release_gate.config.releases import MetricQuery
from go_release_gate.errors import UsageError

SIZE_LIMIT = 256 << 10  # bytes of an answer; ours hold one number


class _NothingError(Exception):
    """There is no number; the words say why."""


@dataclass(slots=True)
class Prometheus:
    """A server.

    Args:
        wire: how requests are sent. address: of the server, with its path prefix if it has one.
        token: sent as a bearer token to that address alone, empty: none.
    """

    wire: Wire
    address: str
    token: str = field(default="", repr=False)
    patience: float = PATIENCE

    def number(self, query: str, moment: datetime | None = None) -> float:
        """The one number that a query gives, now or at `moment`. Raises _NothingError."""
        asked = {"query": query, **({"time": f"{moment.timestamp():.3f}"} if moment else {})}
        url = f"{checked(self.address, 'health.prometheus').rstrip('/')}/api/v1/query?{urlencode(asked)}"
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = fetched(self.wire, Ask("GET", url, headers, limit=SIZE_LIMIT), self.patience, follow=False)
        document = answer.document if answer.status else None
        if not isinstance(document, dict) or document.get("status") != "success":
            said = document.get("error") if isinstance(document, dict) else None
            why = answer.trouble or f"HTTP {answer.status}{f': {harmless(said)}' if isinstance(said, str) else ''}"
            raise _NothingError(f"Prometheus gives no answer ({why})")
        return _number(document.get("data"))


@dataclass(slots=True)
class MetricProber:
    """Asks one metric and holds it against its limits.

    The value before the move is asked once, for the second before the move began.
    """

    server: Prometheus
    settings: MetricQuery
    _before: dict[datetime, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return f"metric {self.settings.name}"

    def look(self, subject: Subject) -> Reading:
        """One look: enough samples first, then the limit, then the ratio."""
        limits = self.settings
        if limits.max is None and limits.max_ratio is None:
            raise UsageError(f"health.metrics {limits.name}: neither max nor max-ratio is set, nothing would be judged")
        try:
            return self._judged(subject)
        except _NothingError as error:
            return Reading(self.name, "inconclusive", str(error))

    def _judged(self, subject: Subject) -> Reading:
        limits, values = self.settings, values_of(subject)
        if limits.min_samples:
            count = self.server.number(_query(limits.min_samples, values))
            if count < limits.min_count:
                raise _NothingError(f"{count:g} samples, at least {limits.min_count:g} are needed")
        query = _query(limits.query, values)
        value = self.server.number(query)
        if limits.max is not None and value > limits.max:
            return Reading(self.name, "fail", f"{value:g}, at most {limits.max:g} is well")
        if limits.max_ratio is None:
            return Reading(self.name, "pass", f"{value:g}, at most {limits.max:g} is well")
        before = self._baseline(query, subject)
        if before <= 0:
            if value <= before:
                return Reading(self.name, "pass", f"{value:g}, it was {before:g} before")
            raise _NothingError(f"{value:g}, and it was {before:g} before the move, which makes no ratio: set max, too")
        health = "fail" if value / before > limits.max_ratio else "pass"
        told = f"{value:g}, {value / before:.2f} times the {before:g} before the move; {limits.max_ratio:g} is well"
        return Reading(self.name, health, told)  # type: ignore[arg-type]

    def _baseline(self, query: str, subject: Subject) -> float:
        moved = subject.moved
        if moved is None:
            raise _NothingError("when the move began is not known, so there is nothing to compare with")
        if moved not in self._before:
            try:
                self._before[moved] = self.server.number(query, moved)
            except _NothingError as error:
                raise _NothingError(f"before the move: {error}") from None
        return self._before[moved]


def _query(query: str, values: dict[str, str]) -> str:
    """PromQL has braces of its own: only our four names in braces are replaced."""
    return filled(query, values)


def _number(data: Any) -> float:
    """The number of a scalar, or of a vector with one sample."""
    kind, result = (data.get("resultType"), data.get("result")) if isinstance(data, dict) else (None, None)
    if kind == "vector" and isinstance(result, list):
        if not result:
            raise _NothingError("no sample: is the name of the metric right, and is it scraped?")
        if len(result) > 1:
            raise _NothingError(f"{len(result)} series: put the query into sum(…) or max(…)")
        result = result[0].get("value") if isinstance(result[0], dict) else None
    elif kind != "scalar":
        raise _NothingError("the query gives neither a scalar nor an instant vector")
    try:
        value = float(result[1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError, KeyError):
        raise _NothingError("an answer that is none of Prometheus's") from None
    if not math.isfinite(value):
        raise _NothingError(f"the value is {value}: no samples in the window?")
    return value
