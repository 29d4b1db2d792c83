"""Layers laid over each other: generated layers against a dictionary that they are applied to in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from go_release_gate.facts.images.limits import Budget, Limits
from go_release_gate.facts.images.overlay import Overlay
from go_release_gate.facts.images.programs import Spool
from go_release_gate.facts.images.tarstream import FOLDER
from go_release_gate.facts.images.tree import Tree, Walk
from support.images import Item, archive, folder, hardlink, symlink

NAMES = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
STEPS = st.tuples(st.sampled_from(["file", "file", "folder", "whiteout", "opaque"]), PATHS, st.integers(0, 9))


def tree(entries, tmp_path=None) -> Tree:
    """A walked layer."""
    limits = Limits()
    return Walk(Spool(tmp_path, limits), Budget(limits), frozenset()).read(iter([archive(entries)]))


def named(kind: str, path: str, size: int) -> tuple[str, Item]:
    """An entry of a layer."""
    above, slash, last = path.rpartition("/")
    if kind == "whiteout":
        return f"{above}{slash}.wh.{last}", Item()
    if kind == "opaque":
        return f"{path}/.wh..wh..opq", Item()
    return (path, folder()) if kind == "folder" else (path, Item(b"x" * size))


def applied(layers) -> dict[str, int | None]:
    """The model: path → size, None: a folder. Whiteouts work on what was there before the layer."""
    files: dict[str, int | None] = {}
    for steps in layers:
        for kind, path, _ in steps:
            gone = f"{path}/"
            if kind in ("whiteout", "opaque"):
                files = {
                    p: s for p, s in files.items() if not p.startswith(gone) and not (kind == "whiteout" and p == path)
                }
        for kind, path, size in steps:
            if kind == "file":
                files = {p: s for p, s in files.items() if not p.startswith(f"{path}/")} | {path: size}
            elif kind == "folder":
                files[path] = None
    return files


def is_sane(layers) -> bool:
    """Whether no layer has something below what is no folder, in itself or in a lower layer it does not replace."""
    lower: dict[str, str] = {}
    for steps in layers:
        own = {path: kind for kind, path, _ in steps if kind in ("file", "folder")}
        places = list(own) + [f"{p}/x" if k == "opaque" else p for k, p, _ in steps]
        above = {"/".join(p.split("/")[:at]) for p in places for at in range(1, len(p.split("/")))}
        if any(own.get(a, lower.get(a, "folder")) == "file" for a in above):
            return False
        if len({p for k, p, _ in steps if k in ("file", "folder")}) < sum(k in ("file", "folder") for k, _, _ in steps):
            return False
        lower |= own
    return True


@given(st.lists(st.lists(STEPS, max_size=6), max_size=4))
def test_like_a_dictionary(layers) -> None:
    """What is left of generated layers is what applying them one after the other leaves."""
    if not is_sane(layers):
        return
    overlay = Overlay([tree([named(*step) for step in steps]) for steps in layers])
    left = {
        path.decode(): None if (node := overlay.node(path))[1].kind == FOLDER else node[0] for path in overlay.owner
    }

    assert left == applied(layers)
    assert overlay.unreadable == []


def test_whiteouts_spare_their_own_layer() -> None:
    """A whiteout and an opaque folder hide what lower layers have, not what their own layer has."""
    lower = tree({"a/old": b"1", "b/old": b"1"})
    upper = tree([("a/new", b"2"), ("a/.wh..wh..opq", b""), ("b/.wh.old", b""), ("b/old", b"22")])
    overlay = Overlay([lower, upper])

    assert set(overlay.owner) == {b"a/new", b"b/old"}
    assert overlay.node(b"b/old")[0] == 2


def test_a_folder_over_a_link() -> None:
    """Files below what an earlier layer has as a link are told, for engines differ; with an entry of its own it is
    replaced."""
    lower = tree({"usr/bin/sh": b"1", "bin": symlink("usr/bin")})
    doubtful, sure = (
        Overlay([lower, tree({"bin/app": b"2"})]),
        Overlay([lower, tree({"bin": folder(), "bin/app": b"2"})]),
    )

    assert "/bin, which is a link" in doubtful.unreadable[0]
    assert sure.unreadable == []
    assert sure.resolve(b"bin/sh") is None


def test_links() -> None:
    """Symbolic links are followed in folders and upwards, in circles not for ever; hard links go into lower layers."""
    lower = tree({"usr/bin/app": b"12345", "bin": symlink("usr/bin"), "x": symlink("y"), "y": symlink("/x")})
    overlay = Overlay([lower, tree({"up": symlink("../../bin/app"), "same": hardlink("usr/bin/app")})])

    assert overlay.resolve(b"bin/app") == overlay.resolve(b"up") == b"usr/bin/app"
    assert overlay.resolve(b"x") is None
    assert overlay.origin(b"same") == (0, b"usr/bin/app")
