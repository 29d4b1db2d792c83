"""Layers laid over each other, from the top to the bottom: what is hidden is known when it is met.

Upper files replace lower ones; whiteouts and opaque folders hide what lower layers have, never what their own has
(https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts).
"""

from __future__ import annotations

from collections.abc import Sequence

from go_release_gate.facts.images.tarstream import FOLDER, SYMLINK
from go_release_gate.facts.images.tree import Node, Tree, shown

MAXIMUM_LINKS = 40


class Overlay:
    """The finished file system.

    Attributes:
        owner: path → index of the layer its entry is from. hidden: (layer, path) of files that later layers replace or
            remove. unreadable: what engines would take in different ways.
    """

    def __init__(self, trees: Sequence[Tree]) -> None:
        self.trees = trees
        self.owner: dict[bytes, int] = {}
        self.hidden: list[tuple[int, bytes]] = []
        self.unreadable: list[str] = []
        self._gone: set[bytes] = set()  # paths that upper layers remove
        self._opaque: set[bytes] = set()
        self._implied: set[bytes] = set()  # folders of upper layers, whether they have an entry or not
        for index in range(len(trees) - 1, -1, -1):
            self._lay(index, trees[index])

    def node(self, path: bytes) -> Node | None:
        """The entry at a path, links not followed."""
        index = self.owner.get(path)
        return None if index is None else self.trees[index].entries[path]

    def origin(self, path: bytes) -> tuple[int, bytes] | None:
        """Layer and path that a path's bytes are at: of a hard link into a lower layer, those of its target."""
        index = self.owner.get(path)
        for _ in range(MAXIMUM_LINKS):
            if index is None or path not in self.trees[index].distant:
                break
            path = self.trees[index].distant[path]
            index = next((lower for lower in range(index - 1, -1, -1) if path in self.trees[lower].entries), None)
        return None if index is None else (index, path)

    def resolve(self, path: bytes) -> bytes | None:
        """Follow symbolic links, in folders too; None: it is not there, or leads in a circle."""
        return self.way(path)[1]

    def way(self, path: bytes) -> tuple[list[bytes], bytes | None]:
        """The symbolic links that are followed, and where they lead; None: it is not there, or a circle."""
        left = [part for part in path.split(b"/") if part not in (b"", b".")][::-1]
        done: list[bytes] = []
        links: list[bytes] = []
        while left:
            part = left.pop()
            if part == b"..":
                if done:
                    done.pop()
                continue
            here = b"/".join((*done, part))
            node = self.node(here)
            if node and node[1].kind == SYMLINK:
                links.append(here)
                if len(links) > MAXIMUM_LINKS or len(left) > 4096:
                    return links, None
                if node[2].startswith(b"/"):
                    done.clear()
                left += [each for each in node[2].split(b"/") if each not in (b"", b".")][::-1]
            else:
                done.append(part)
        found = b"/".join(done)
        return links, found if found in self.owner or found in self._implied or not found else None

    def _lay(self, index: int, tree: Tree) -> None:
        owner, implied = self.owner, self._implied
        below: dict[bytes, bool] = {b"": b"" in self._opaque}
        for path, node in tree.entries.items():
            folder = path[: max(path.rfind(b"/"), 0)]
            is_hidden = below.get(folder)
            if is_hidden is None:
                is_hidden = self._is_below(folder, below, index)
            is_hidden = is_hidden or path in owner or path in self._gone
            if not is_hidden and path in implied and node[1].kind != FOLDER:
                kind = "a link" if node[1].kind == SYMLINK else "no folder"
                self.unreadable.append(
                    f"files of a later layer lie below {shown(path)}, which is {kind} in an earlier one: "
                    "engines unpack that in different ways"
                )
                is_hidden = True
            if not is_hidden:
                owner[path] = index
            elif node[1].kind != FOLDER:
                self.hidden.append((index, path))
        self._gone |= tree.whiteouts
        self._opaque |= tree.opaque
        # a folder that holds nothing but whiteouts is there too
        implied |= tree.folders

    def _is_below(self, folder: bytes, known: dict[bytes, bool], index: int) -> bool:
        """Whether upper layers hide what lower ones have in a folder."""
        missing = []
        while folder not in known:
            missing.append(folder)
            folder = folder[: max(folder.rfind(b"/"), 0)]
        is_hidden = known[folder]
        for each in reversed(missing):
            is_hidden = is_hidden or each in self._gone or each in self._opaque or self._is_replaced(each, index)
            known[each] = is_hidden
        return is_hidden

    def _is_replaced(self, folder: bytes, index: int) -> bool:
        """Whether a later layer has something else than a folder there."""
        upper = self.owner.get(folder, index)
        return upper > index and not is_folder(self.trees[upper].entries[folder])


def is_folder(node: Node) -> bool:
    """Whether an entry is a folder."""
    return node[1].kind == FOLDER
