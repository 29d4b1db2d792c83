"""What a stranger's tag entries may take."""

from __future__ import annotations

import math

import pytest

from go_release_gate.shell.unknown import Holes, Unknown
from go_release_gate.workflow.publishers.effort import COST_LIMIT, cost, is_too_much
from go_release_gate.workflow.publishers.metadata import metadata_outputs
from go_release_gate.workflow.runs import Run


@pytest.mark.parametrize(
    "pattern",
    [
        r"v(.*)",
        r"\d+\.\d+\.\d+",
        r"v(\d+(\.\d+)*)",
        r"(?:shop-)?v(\d+)\.(\d+)(?:-(rc|beta))?",
        r"[+*?(]{2}x",
        r"\(\+\)\+",
    ],
)
def test_usual_patterns_are_evaluated(pattern: str) -> None:
    """What workflows have to cut a version from a tag is cheap."""
    assert cost(pattern, len("v1.2.3")) < COST_LIMIT


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "((a?)*)*", "(?:a{1,9}){1,9}b", ".*" * 12, "a?" * 60, "a" * 501]
)
def test_patterns_that_do_not_end(pattern: str) -> None:
    """Repetition within repetition, and many of them in a row, in a text of sixty characters."""
    assert cost(pattern, 60) > COST_LIMIT


def test_an_unending_search_is_unknown() -> None:
    """The tag that the filter names and the pattern are of the same author: the names are unknown, at once."""
    run = Run("push", f"refs/tags/{'a' * 60}!")
    found = metadata_outputs({"images": "a/b", "tags": "type=match,pattern=(a+)+$,group=1"}, run, Holes())["tags"]
    of_value = f"type=semver,pattern={{{{version}}}},match=(a+)+$,value={'a' * 60}!"

    assert found == Unknown("its entries take too long to evaluate")
    assert is_too_much("a/b", of_value, "v1.2.3")
    assert is_too_much("a/b", "type=match,pattern=(a+)+$,value={{date 'YYYY'}}", "v1.2.3")
    assert cost("(a+)+" * 99, 10**6) == math.inf


def test_too_many_names() -> None:
    """Images times entries are counted; the usual number of both is fine."""
    entries = "\n".join(f"type=raw,value=x{number}" for number in range(200))

    assert is_too_much("a/b\n" * 200, entries, "v1.2.3")
    assert not is_too_much("a/b\n" * 20, entries, "v1.2.3")
