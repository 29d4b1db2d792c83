"""The order in which modules are judged and mended: a module after those it replaces locally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def dependency_order(replaces: Mapping[str, Iterable[str]]) -> list[str]:
    """Directories so ordered that each comes after those it replaces; else by name.

    Takes directory → directories it replaces (unknown ones are ignored). Within a cycle the directory whose name is
    first is entered first. Without recursion: chains may be as long as a repository has modules.
    """
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(replaces):
        if start not in seen:
            _visit(start, replaces, seen, order)
    return order


def _visit(start: str, replaces: Mapping[str, Iterable[str]], seen: set[str], order: list[str]) -> None:
    """Append `start` after everything it depends on that was not seen before."""
    seen.add(start)
    stack: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(replaces[start])))]
    while stack:
        directory, ahead = stack[-1]
        following = next((one for one in ahead if one in replaces and one not in seen), None)
        if following is None:
            stack.pop()
            order.append(directory)
        else:
            seen.add(following)
            stack.append((following, iter(sorted(replaces[following]))))
