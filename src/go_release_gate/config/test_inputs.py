"""The inputs of `test`: how the tests are run, and what coverage is asked for."""

from __future__ import annotations

from go_release_gate.config.input import Input, Kind

_VERBS = ("test",)

TEST_INPUTS: tuple[Input, ...] = (
    Input(
        "min-coverage",
        "Percent of all statements that tests must run; 0 asks for nothing.",
        fallback="85",
        verbs=_VERBS,
        key="test.coverage",
        metavar="PERCENT",
    ),
    Input(
        "min-changed-coverage",
        "Percent of the lines changed since the base commit that tests must run; 0 asks for nothing.",
        fallback="75",
        verbs=_VERBS,
        key="test.changed-coverage",
        metavar="PERCENT",
    ),
    Input(
        "race",
        "Whether tests run under the race detector: where it can (auto), or else not judged (on).",
        Kind.CHOICE,
        choices=("auto", "on", "off"),
        fallback="auto",
        verbs=_VERBS,
    ),
    Input(
        "shuffle",
        "Order of the tests: on, off, or the seed of a run to repeat it.",
        fallback="on",
        verbs=_VERBS,
        metavar="SEED",
    ),
    Input(
        "count",
        "Run every test N times; 1 runs those again, too, whose results Go has cached (with --shuffle off).",
        Kind.NUMBER,
        verbs=_VERBS,
        metavar="N",
    ),
    Input(
        "rerun-failed",
        "Run tests that failed again, up to N times; one that passes then is called flaky.",
        Kind.NUMBER,
        fallback="0",
        verbs=_VERBS,
        metavar="N",
    ),
    Input(
        "coverage-file",
        "Leave the coverage profile of all modules in FILE.",
        verbs=_VERBS,
        metavar="FILE",
    ),
    Input(
        "logs-dir",
        "Leave what tests, commands and containers said in DIR when they failed.",
        verbs=_VERBS,
        metavar="DIR",
    ),
)
