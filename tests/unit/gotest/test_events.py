"""The stream of `go test -json`."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.gotest.events import MOST_OUTPUT, Stream

EVENTS = [
    {"Action": "start", "Package": "example.com/a"},
    {"Action": "output", "Package": "example.com/a", "Output": "-test.shuffle 1763736453\n"},
    {"Action": "run", "Package": "example.com/a", "Test": "TestOne"},
    {"Action": "output", "Package": "example.com/a", "Test": "TestOne", "Output": "    /a_test.go:3: bad\n"},
    {"Action": "fail", "Package": "example.com/a", "Test": "TestOne", "Elapsed": 0.5},
    {"Action": "run", "Package": "example.com/a", "Test": "TestTwo"},
    {"Action": "output", "Package": "example.com/a", "Test": "TestTwo", "Output": "said\n"},
    {"Action": "pass", "Package": "example.com/a", "Test": "TestTwo", "Elapsed": 0},
    {"Action": "run", "Package": "example.com/a", "Test": "TestThree"},
    {"Action": "output", "Package": "example.com/a", "Output": "FAIL\n"},
    {"Action": "fail", "Package": "example.com/a", "Elapsed": 1.5},
    {"ImportPath": "example.com/b [example.com/b.test]", "Action": "build-output", "Output": "./b.go:1:2: bad\n"},
    {"Action": "fail", "Package": "example.com/b", "FailedBuild": "example.com/b [example.com/b.test]"},
]
TEXT = "".join(json.dumps(one) + "\n" for one in EVENTS).encode()


def shape(stream: Stream) -> object:
    """Everything that can be told of it."""
    return [
        (
            one.path,
            one.outcome,
            one.seconds,
            one.seed,
            one.failed_build,
            one.beside.said,
            [(test.name, test.outcome, test.seconds, test.said) for test in one.tests.values()],
        )
        for one in stream.packages.values()
    ]


def test_tests_and_packages() -> None:
    """Outcomes, times, output of what failed, the seed, and a build that failed."""
    stream = Stream()
    ended = stream.feed(TEXT)

    assert [one.path for one in ended] == ["example.com/a", "example.com/b"]
    first = stream.packages["example.com/a"]
    assert (first.outcome, first.seconds, first.seed) == ("failed", 1.5, "1763736453")
    assert [(one.name, one.outcome) for one in first.tests.values()] == [
        ("TestOne", "failed"),
        ("TestTwo", "passed"),
        ("TestThree", "unfinished"),
    ]
    assert first.tests["TestOne"].said == "    /a_test.go:3: bad\n"
    assert first.tests["TestTwo"].said == ""
    assert stream.builds == {"example.com/b [example.com/b.test]": ["./b.go:1:2: bad\n"]}


@given(st.lists(st.integers(0, len(TEXT)), max_size=8))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    """However the bytes arrive, the same is read."""
    whole, parts = Stream(), Stream()
    whole.feed(TEXT)
    places = [0, *sorted(cuts), len(TEXT)]
    for start, end in itertools.pairwise(places):
        parts.feed(TEXT[start:end])
    parts.close()

    assert shape(parts) == shape(whole)


@given(st.binary(max_size=300))
def test_nothing_raises(data: bytes) -> None:
    """Foreign text is kept as said by nobody, and no bytes make the reader fail."""
    stream = Stream()
    stream.feed(data + b"\n")
    stream.feed(b'{"Action": 3}\n[]\n{"Action":"pass","Package":7}\n{"Action":"output","Package":"p","Output":[]}\n')
    stream.close()


def test_output_is_bounded() -> None:
    """A test that says more than is kept is cut, not everything of the others."""
    stream = Stream()
    line = {"Action": "output", "Package": "p", "Test": "T", "Output": "x" * 100_000}
    for _ in range(5):
        stream.feed(json.dumps(line).encode() + b"\n")

    assert len(stream.packages["p"].tests["T"].said) == MOST_OUTPUT


def test_cached() -> None:
    """A package that Go did not run again is known."""
    stream = Stream()
    stream.feed(b'{"Action":"output","Package":"p","Output":"ok  \\tp\\t(cached)\\n"}\n')

    assert stream.packages["p"].is_cached
