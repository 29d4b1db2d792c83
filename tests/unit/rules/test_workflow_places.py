"""Words that the rules about workflows share."""

from __future__ import annotations

import pytest

from go_release_gate.rules.workflow._places import NAME_LENGTH, is_local, named


def test_names_in_a_message() -> None:
    """A few names once each, the rest as a number; one that a script has made endless is cut."""
    assert named(["a", "b", "a", "c", "d", "e"]) == "a, b, c and 2 more"
    assert named(["x" * NAME_LENGTH, "y" * 70_000]) == f"{'x' * NAME_LENGTH}, {'y' * NAME_LENGTH}…"


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("localhost:5000/shop", True),
        ("registry.local:5000/shop", True),
        ("kind.local", True),
        ("kind-registry:5000/shop:1", True),
        ("registry.corp.local/shop", False),
        ("acme/shop:1.2", False),
        ("shop:5000", False),
        ("registry.example.com:5000/shop", False),
    ],
)
def test_registries_of_tests(name: str, is_there: bool) -> None:
    """A registry on the runner: by its name in the machine or among containers, not a company's."""
    assert is_local(name) is is_there
