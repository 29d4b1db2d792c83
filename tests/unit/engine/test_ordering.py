"""The order of modules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.engine.ordering import dependency_order


def test_by_name_without_replaces() -> None:
    """Modules that do not replace each other come by directory."""
    assert dependency_order({"b": (), ".": (), "a": ()}) == [".", "a", "b"]


def test_after_what_it_replaces() -> None:
    """A module comes after those it replaces, also through others."""
    assert dependency_order({"a": ("b",), "b": ("c",), "c": ()}) == ["c", "b", "a"]


def test_cycle_is_entered_at_its_first_name() -> None:
    """A cycle ends, and what hangs on it still comes after it."""
    assert dependency_order({"a": ("m",), "m": ("x",), "x": ("m",)}) == ["x", "m", "a"]


def test_unknown_directories_are_no_modules() -> None:
    """A replaced directory that is judged by nobody is not in the order."""
    assert dependency_order({"a": ("gone", "a")}) == ["a"]


def test_long_chain() -> None:
    """Ten thousand modules in a chain are no deeper than two."""
    chain = {f"{n:05}": (f"{n + 1:05}",) for n in range(10_000)}
    assert dependency_order(chain)[0] == "09999"


@given(st.dictionaries(st.integers(0, 9).map(str), st.lists(st.integers(0, 9).map(str), max_size=4)))
def test_every_module_once_and_dependencies_first(graph: dict[str, list[str]]) -> None:
    """Each module once; a module before one that it replaces only where the two form a cycle."""
    order = dependency_order(graph)
    assert sorted(order) == sorted(graph)
    place = {one: at for at, one in enumerate(order)}
    for one, targets in graph.items():
        for target in targets:
            if target in graph and place[target] > place[one]:
                assert one in reachable(graph, target)


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    """Everything that can be reached from `start`."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for target in graph.get(ahead.pop(), ()):
            if target not in found:
                found.add(target)
                ahead.append(target)
    return found
