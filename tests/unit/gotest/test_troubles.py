"""What failed, and where."""

from __future__ import annotations

import pytest

from go_release_gate.gotest.troubles import BUILD, FAILED, PANIC, RACE, TIMEOUT, Trouble, compile_troubles, troubles_of


def where(name: str) -> str:
    """Only what lies in /src is the repository's."""
    return name.removeprefix("/src/") if name.startswith("/src/") else ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "=== RUN   TestA\n    /src/a_test.go:3: bad 1\n--- FAIL: TestA (0.00s)\n",
            Trouble(FAILED, "bad 1", "a_test.go", 3),
        ),
        ("    /src/a_test.go:3: \n        got 1\n        want 2\n", Trouble(FAILED, "got 1", "a_test.go", 3)),
        (
            "    /src/a_test.go:3: \n        \tError Trace:\t/src/a_test.go:3\n        \tError:      \tNot equal: \n",
            Trouble(FAILED, "Not equal:", "a_test.go", 3),
        ),
        (
            "panic: boom [recovered, repanicked]\n\ngoroutine 7 [running]:\ntesting.tRunner()\n"
            "\t/usr/go/src/testing/testing.go:20 +0x1\nexample.com/a.F()\n\t/src/a.go:9 +0x25\n",
            Trouble(PANIC, "panic: boom [recovered, repanicked]", "a.go", 9),
        ),
        (
            "panic: test timed out after 1s\n\trunning tests:\n\t\tTestSlow (1s)\n\ngoroutine 4 [sleep]:\n"
            "time.Sleep(0x1)\n\t/usr/go/src/time.go:3 +0x1\nexample.com/a.TestSlow()\n\t/src/a_test.go:4 +0x2\n",
            Trouble(TIMEOUT, "timed out after 1s, while TestSlow ran", "a_test.go", 4),
        ),
        (
            "==================\nWARNING: DATA RACE\nRead at 0x00c000018338 by goroutine 11:\n  a.F()\n"
            "      /src/a.go:3 +0x33\n\nPrevious write at 0x00c000018338 by main goroutine:\n  a.G()\n"
            "      /src/a.go:5 +0x33\n==================\n"
            "    testing.go:1712: race detected during execution of test\n",
            Trouble(RACE, "data race: read and previous write", "a.go", 3),
        ),
    ],
)
def test_one_trouble(said: str, expected: Trouble) -> None:
    """Each kind is told with its place, and nothing beside it."""
    assert troubles_of(said, where) == (expected,)


def test_messages_of_others() -> None:
    """A message of a file outside the repository is none of its troubles."""
    assert troubles_of("    /home/x/lib_test.go:3: bad\n", where) == ()


def test_compiler() -> None:
    """Each error of the compiler and of vet has its line and column; without any place the first line counts."""
    said = "# example.com/a\n/src/a.go:1:38: cannot use\nvet: /src/b.go:2:3: undefined: x\n"
    assert compile_troubles(said, where) == (
        Trouble(BUILD, "cannot use", "a.go", 1, 38),
        Trouble(BUILD, "undefined: x", "b.go", 2, 3),
    )
    assert compile_troubles("# a\ngo: updates to go.mod needed\n", where) == (
        Trouble(BUILD, "go: updates to go.mod needed"),
    )
