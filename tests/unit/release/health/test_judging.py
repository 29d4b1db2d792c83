"""What looks come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.adapters.health.reading import Reading
from go_release_gate.errors import UsageError
from go_release_gate.ledger.entry import Health
from go_release_gate.release.health.judging import Look, health_of, judged, refuse_settings

DIGEST = "sha256:" + "a" * 64
KINDS: dict[str, Look] = {
    "p": (Reading("one", "pass"), Reading("two", "pass")),
    "f": (Reading("one", "pass"), Reading("two", "fail", "status 503")),
    "i": (Reading("one", "pass"), Reading("two", "inconclusive", "no sample")),
    "o": (Reading("one", "fail"), Reading("two", "inconclusive", "it hit something else: 1.4.1", is_other=True)),
}
NAMES: dict[Health, str] = {"pass": "p", "fail": "f", "inconclusive": "i"}


def verdict(marks: str, wanted: int = 6, failures: int = 3, changed: str = "") -> tuple[str, str]:
    """Health and words for looks written as letters."""
    made = judged(DIGEST, [KINDS[mark] for mark in marks], wanted, failures, changed)
    assert made.digest == DIGEST
    return made.health, made.words


@pytest.mark.parametrize("marks", ["pppppp", "ffpppp", "pipfppp", "iiippp"])
def test_good_looks_at_the_end_pass(marks: str) -> None:
    """As many passed looks in a row as would have to fail, at the end of all looks."""
    assert verdict(marks)[0] == "pass"


@pytest.mark.parametrize("marks", ["fff", "ppfff", "pfiffpfff"])
def test_failures_in_a_row_fail(marks: str) -> None:
    """The configured number of failures, one behind the other."""
    assert verdict(marks) == ("fail", "3 failed looks in a row: two: status 503")


@pytest.mark.parametrize("marks", ["ffiff", "ffpffp", "ffofpp", "pppppi", "pppppo", "ppppff", "oooooo", "ppp", ""])
def test_everything_else_is_inconclusive(marks: str) -> None:
    """No data, another instance, too few looks, to and fro: none of these is a failure, none is a pass."""
    assert verdict(marks)[0] == "inconclusive"


def test_one_that_met_something_else_spoils_the_look() -> None:
    """Where one probe met an old instance, what failed may have been that one."""
    assert health_of(KINDS["o"]) == "inconclusive"
    assert "something else" in verdict("oooooo")[1]


def test_a_change_while_measuring_is_inconclusive() -> None:
    """Whatever was seen, it may have been of either digest."""
    assert verdict("fff", changed="1.4.3 runs now") == (
        "inconclusive",
        "it changed while it was measured: 1.4.3 runs now",
    )


def test_settings_that_could_not_fail_are_refused() -> None:
    """Fewer looks than failures is a mistake."""
    with pytest.raises(UsageError, match="nothing could ever fail"):
        refuse_settings(2, 3)
    refuse_settings(3, 3)


def test_evidence_is_short_harmless_and_whole_in_its_hash() -> None:
    """Each look's result, each probe's last words on one line, and the hash of everything."""
    looks = [KINDS["p"], (Reading("one\n::error", "fail", "x" * 5000),)]
    made = judged(DIGEST, looks, 6, 3)
    assert made.evidence["looks"] == "pf"
    name = next(name for name in made.evidence if name.startswith("one"))
    assert "\n" not in name
    assert len(made.evidence[name]) < 400
    other = judged(DIGEST, [KINDS["p"], (Reading("one\n::error", "fail", "x" * 4999 + "y"),)], 6, 3)
    assert made.evidence["transcript"].startswith("sha256:")
    assert made.evidence["transcript"] != other.evidence["transcript"]


def test_two_probes_of_one_name_are_both_kept() -> None:
    """Two commands may start the same program."""
    made = judged(DIGEST, [(Reading("command curl", "pass", "one"), Reading("command curl", "fail", "two"))], 1, 1)
    assert made.evidence["command curl"] == "pass: one"
    assert made.evidence["command curl (2)"] == "fail: two"


@given(st.lists(st.sampled_from("pfio"), max_size=12), st.integers(1, 6), st.integers(1, 6))
def test_a_failure_always_rests_on_failures(marks: list[str], wanted: int, failures: int) -> None:
    """Whatever is seen: fail means that the last looks failed, pass that they passed and that all took place."""
    made = judged(DIGEST, [KINDS[mark] for mark in marks], wanted, failures)
    if made.health == "fail":
        assert marks[-failures:] == ["f"] * failures
    if made.health == "pass":
        assert marks[-failures:] == ["p"] * failures
        assert len(marks) >= wanted
