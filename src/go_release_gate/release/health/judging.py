"""What looks at probes come to: pass, fail or inconclusive. Pure.

Only `fail` leads to a rollback, so it takes the most: as many consecutive failed looks as the configuration says, all
of them at the digest that is judged. `pass` takes as many good ones in a row, at the end of all looks. Everything else
is inconclusive: no data, a change while measuring, an answer of something else, a picture that goes to and fro.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from go_release_gate.adapters.health.reading import Reading
from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import Health
from go_release_gate.report.neutral import log_text

Look = tuple[Reading, ...]
_EVIDENCE_LIMIT = 300  # characters of one text in the ledger
_MOST_EVIDENCE = 20  # probes that are written one by one
_MARKS = {"pass": "p", "fail": "f", "inconclusive": "i"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a digest does in an environment.

    Attributes:
        health: the verdict. digest: what was measured.
        evidence: name → short text, or `sha256:…` of the whole transcript, as the ledger's entry keeps it.
        words: one line that says why. looks: how many there were.
    """

    health: Health
    digest: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    looks: int = 0


def health_of(look: Look) -> Health:
    """What one look comes to. Where something else answered one probe, the others may have met it, too."""
    if not look or any(reading.is_other for reading in look):
        return "inconclusive"
    if any(reading.health == "fail" for reading in look):
        return "fail"
    return "pass" if all(reading.health == "pass" for reading in look) else "inconclusive"


def has_failed(looks: Sequence[Look], failures: int) -> bool:
    """Whether the last looks are enough failures in a row."""
    return len(looks) >= failures and all(health_of(look) == "fail" for look in looks[-failures:])


def refuse_settings(looks: int, failures: int) -> None:
    """Raise UsageError for settings that could never give `fail`."""
    if looks < failures:
        raise UsageError(
            f"health: {looks} looks cannot hold {failures} consecutive failures, so nothing could ever fail",
            "raise `looks`, or lower `failures`",
        )


def judged(digest: str, looks: Sequence[Look], wanted: int, failures: int, changed: str = "") -> Verdict:
    """The verdict.

    Args:
        wanted: how many looks there should be. failures: how many bad ones in a row are a failure.
        changed: what became of the digest while it was measured; empty: it still runs.
    """
    kinds = [health_of(look) for look in looks]
    if changed:
        health, words = "inconclusive", f"it changed while it was measured: {changed}"
    elif has_failed(looks, failures):
        health, words = "fail", f"{failures} failed looks in a row: {_worst(looks[-1], 'fail')}"
    elif not any(looks):
        health, words = "inconclusive", "nothing is configured to judge health by"
    elif len(looks) >= wanted and kinds[-failures:] == ["pass"] * failures:
        health, words = "pass", f"the last {failures} of {len(looks)} looks passed"
    else:
        health, words = "inconclusive", _undecided(looks, kinds, wanted)
    return Verdict(health, digest, evidence(looks, kinds), log_text(words, 500), len(looks))  # type: ignore[arg-type]


def evidence(looks: Sequence[Look], kinds: Sequence[Health]) -> dict[str, str]:
    """What the ledger keeps: each look's result, each probe's last words, and the hash of all of them."""
    told = {"looks": "".join(_MARKS[kind] for kind in kinds)} if looks else {}
    for number, reading in enumerate(looks[-1][:_MOST_EVIDENCE] if looks else (), 1):
        name = log_text(reading.name, 100)
        told[f"{name} ({number})" if name in told else name] = log_text(
            f"{reading.health}: {reading.words}", _EVIDENCE_LIMIT
        )
    return {**told, "transcript": transcript(looks)} if looks else {}


def transcript(looks: Sequence[Look]) -> str:
    """`sha256:…` of every reading of every look, as JSON."""
    rows = [[[one.name, one.health, one.words, one.is_other] for one in look] for look in looks]
    data = json.dumps(rows, separators=(",", ":")).encode()
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _worst(look: Look, kind: str) -> str:
    found = next((reading for reading in look if reading.health == kind), None)
    return f"{found.name}: {found.words}" if found else ""


def _undecided(looks: Sequence[Look], kinds: Sequence[Health], wanted: int) -> str:
    other = next((reading for look in reversed(looks) for reading in look if reading.is_other), None)
    if other:
        return f"{other.name}: {other.words}"
    if len(looks) < wanted:
        return f"only {len(looks)} of {wanted} looks took place"
    blurred = next((look for look, kind in zip(looks[::-1], kinds[::-1], strict=True) if kind == "inconclusive"), None)
    if blurred:
        return _worst(blurred, "inconclusive")
    return f"{kinds.count('pass')} looks passed and {kinds.count('fail')} failed, too few of either in a row at the end"
