"""Tags and branches as GitHub has them now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from go_release_gate.adapters.github.api import AwayError, MissingError
from go_release_gate.adapters.github.refs import branches_holding, tag_at
from go_release_gate.facts.tags import Tag

COMMIT, OBJECT = "c" * 40, "b" * 40


class Prepared:
    """A GitHub with one answer for each address; everything else is missing."""

    repository = "acme/shop"

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, _query: Any = None, **_: Any) -> Any:
        answer = self.answers.get(path.removeprefix("/repos/acme/shop"))
        if answer is None:
            raise MissingError("not there")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pages(self, path: str, _query: Any = None, **_: Any) -> Any:
        return self.get(path)


def api(answers: Mapping[str, Any]) -> Any:
    return Prepared(answers)


def test_a_light_tag() -> None:
    """Its reference names the commit."""
    github = api({"/git/ref/tags/services/api/v1.0.0": {"object": {"type": "commit", "sha": COMMIT}}})

    assert tag_at(github, "services/api/v1.0.0") == Tag("services/api/v1.0.0", COMMIT, "light")


@pytest.mark.parametrize(
    ("verification", "kind"),
    [
        ({"signature": "-----BEGIN", "verified": False}, "signed"),
        ({"signature": None}, "annotated"),
        (None, "annotated"),
    ],
)
def test_a_tag_object(verification: Any, kind: str) -> None:
    """It is asked for its commit; a signature counts whether GitHub knows the key or not."""
    found = {"object": {"type": "commit", "sha": COMMIT}, "verification": verification}
    github = api({"/git/ref/tags/v1": {"object": {"type": "tag", "sha": OBJECT}}, f"/git/tags/{OBJECT}": found})

    assert tag_at(github, "v1") == Tag("v1", COMMIT, kind)


def test_a_tag_of_a_tag() -> None:
    """It stands for the commit at the end; its own signature counts."""
    inner = {"object": {"type": "commit", "sha": COMMIT}}
    outer = {"object": {"type": "tag", "sha": "e" * 40}, "verification": {"signature": "-----BEGIN"}}
    first = {"object": {"type": "tag", "sha": OBJECT}}
    github = api({"/git/ref/tags/v1": first, f"/git/tags/{OBJECT}": outer, f"/git/tags/{'e' * 40}": inner})

    assert tag_at(github, "v1") == Tag("v1", COMMIT, "signed")


def test_no_tag_and_no_answer() -> None:
    """A tag that GitHub does not have is none; no answer is no answer."""
    assert tag_at(api({}), "v1") is None
    with pytest.raises(AwayError):
        tag_at(api({"/git/ref/tags/v1": AwayError("down")}), "v1")


def test_branches_by_name_and_pattern() -> None:
    """A branch that is ahead of the commit or at it holds it; patterns are looked up in the list of branches."""
    github = api(
        {
            f"/compare/main...{COMMIT}": {"status": "ahead"},
            f"/compare/release%2F1...{COMMIT}": {"status": "behind"},
            f"/compare/release%2F2...{COMMIT}": {"status": "identical"},
            f"/compare/release%2F3...{COMMIT}": {"status": "diverged"},
            "/branches": [{"name": name} for name in ("main", "release/1", "release/2", "release/3", "other")],
        }
    )

    assert branches_holding(github, ["main", "release/*"], COMMIT) == ("release/1", "release/2")
    assert branches_holding(github, ["main", "gone"], COMMIT) == ()
