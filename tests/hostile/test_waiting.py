"""Nothing that a pull request brings makes the gate wait for ever, nor give up on everything."""

from __future__ import annotations

import pytest

from hostile.conftest import Fork


@pytest.mark.parametrize(
    ("glob", "directory"),
    [("**/x/" * 25 + "y", "testdata/" + "x/" * 60), ("testdata/" + "*a" * 60 + "b", "testdata/" + "a" * 200)],
)
def test_globs_of_many_stars(fork: Fork, glob: str, directory: str) -> None:
    """A glob of the head's configuration is matched in time that grows with its length alone."""
    fork.tidy_module()
    fork.commit()
    fork.write({".go-release-gate.yml": f"include: ['{glob}']\n", f"{directory.rstrip('/')}/go.mod": "module x\n"})
    assert fork.step().code == 0


def test_a_huge_go_sum_has_its_finding(fork: Fork) -> None:
    """A go.sum with more stray lines than one command line can name is untidy, and judged."""
    fork.tidy_module()
    fork.commit()
    fork.write({"go.sum": "".join(f"example.com/m{n} v1.0.0 h1:{n:043d}=\n" for n in range(60_000))})
    assert "untidy-module" in fork.judged().rules


@pytest.mark.parametrize("line", ["require example.com/dep v1.0.0-{}", "replace example.com/dep => ./{}"])
def test_names_as_long_as_a_file(fork: Fork, line: str) -> None:
    """A name of nearly a megabyte, which Go repeats in its complaint, is read in linear time and is no pass."""
    fork.write({"m.go": 'package m\n\nimport _ "example.com/dep"\n'})
    fork.commit()
    fork.write({"go.mod": f"module example.com/m\n\ngo 1.24\n\n{line.format('a' * 900_000)}\n"})
    assert fork.step().code == 3
