"""Several files and places at once: what belongs together moves together, and nothing is guessed."""

from __future__ import annotations

import pytest

from go_release_gate.errors import RefusedError
from go_release_gate.gitops.document import ALIAS_LIMIT, DEPTH_LIMIT, NODE_LIMIT, SIZE_LIMIT, read
from go_release_gate.gitops.moving import edited, uses_of
from go_release_gate.gitops.use import Wish, following

OLD, NEW, THIRD = (f"sha256:{digit * 64}" for digit in "abc")
WISH = Wish(("ghcr.io/acme/shop",), NEW, "v1.5.0", known=frozenset({OLD, NEW}))
VALUES = f"image:\n  repository: ghcr.io/acme/shop\n  digest: {OLD}\n".encode()


def pod(*digests: str) -> bytes:
    """A pod with a container for each digest."""
    lines = "".join(f"  - image: ghcr.io/acme/shop@{digest}\n" for digest in digests)
    return f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n{lines}".encode()


def test_places_of_one_move_may_differ() -> None:
    """What shows the digest before and the one after is half done, and is finished; a third one is refused."""
    made = edited({"a.yaml": pod(OLD, NEW)}, WISH)

    assert made.files == {"a.yaml": pod(NEW, NEW)}
    assert [(edit.line, edit.after) for edit in made.edits] == [(5, f"ghcr.io/acme/shop@{NEW}")]
    with pytest.raises(RefusedError, match=f"a.yaml:5 {OLD}, b.yaml:5 {THIRD}"):
        edited({"a.yaml": pod(OLD), "b.yaml": pod(THIRD)}, WISH)


def test_one_image_that_nobody_knows_is_moved_all_the_same() -> None:
    """Where all places agree, what they show is the ledger's business."""
    assert edited({"a.yaml": pod(THIRD, THIRD)}, WISH).files == {"a.yaml": pod(NEW, NEW)}


def test_mirrors_keep_their_names() -> None:
    """A manifest may name any repository that holds the bytes; which one is not changed."""
    wish = Wish(("ghcr.io/acme/shop", "mirror.example.com/acme/shop"), NEW)
    data = pod(OLD).replace(b"ghcr.io", b"mirror.example.com")

    assert edited({"a.yaml": data}, wish).files == {"a.yaml": data.replace(OLD.encode(), NEW.encode())}


def test_names_are_compared_in_full() -> None:
    """A repository that only ends alike, or begins alike, is another one; short names of docker.io are whole ones."""
    for other in ("evil.example.com/acme/shop", "ghcr.io/acme/shop2", "ghcr.io/acme/shop/x", "shop"):
        assert uses_of({"a.yaml": pod(OLD).replace(b"ghcr.io/acme/shop", other.encode())}, WISH.repositories) == ()
    short = pod(OLD).replace(b"ghcr.io/acme/shop", b"acme/shop")
    assert len(uses_of({"a.yaml": short}, ["docker.io/acme/shop"])) == 1


def test_nothing_that_matches_is_said() -> None:
    """The refusal names the files and the image that was looked for."""
    with pytest.raises(RefusedError, match=r"a.yaml, b.txt names none of ghcr.io/acme/shop"):
        edited({"a.yaml": b"kind: Pod\n", "b.txt": b"{{"}, WISH)


def test_a_chart_follows_where_it_is_told_to() -> None:
    """appVersion becomes the version in its own style; without the setting it stays, and another chart's stays too."""
    chart = b"apiVersion: v2\nname: shop\nversion: 0.3.1\nappVersion: 'v1.4.2' # shown\n"
    files = {"charts/shop/values.yaml": VALUES, "charts/shop/Chart.yaml": chart, "charts/web/Chart.yaml": chart}

    assert set(edited(files, WISH).files) == {"charts/shop/values.yaml"}
    made = edited(files, WISH, chart_version=True)

    assert set(made.files) == {"charts/shop/values.yaml", "charts/shop/Chart.yaml"}
    assert made.files["charts/shop/Chart.yaml"] == chart.replace(b"v1.4.2", b"v1.5.0")
    plain = edited({"values.yaml": VALUES, "Chart.yaml": b"appVersion: 1.4\n"}, WISH, chart_version=True)
    assert plain.files["Chart.yaml"] == b"appVersion: 1.5.0\n"
    with pytest.raises(RefusedError, match="no appVersion"):
        edited({"values.yaml": VALUES, "Chart.yaml": b"name: shop\n"}, WISH, chart_version=True)


@pytest.mark.parametrize(
    ("old", "version", "tag"),
    [
        ("1.4.2", "v1.5.0", "1.5.0"),
        ("v1.4.2", "v1.5.0", "v1.5.0"),
        ("v1.4", "v1.5.0+exp.1", "v1.5.0-exp.1"),
        ("1.4.2-rc.1", "1.5.0", "1.5.0"),
        ("main", "v1.5.0", ""),
        ("sha-0123", "v1.5.0", ""),
        ("1.4.2", "sha256:bbbb", ""),
        ("1.4.2", "", ""),
    ],
)
def test_tags_keep_their_style(old: str, version: str, tag: str) -> None:
    """A version replaces a version, with or without `v` as before; what is no version is not replaced by one."""
    assert following(old, version) == tag


def test_by_tag_leaves_an_empty_digest_empty() -> None:
    """Where tags are allowed and no digest stands, the tag alone moves; a digest that stands moves as well."""
    wish = Wish(WISH.repositories, NEW, "v1.5.0", by_tag=True)
    data = b"image:\n  repository: ghcr.io/acme/shop\n  tag: 1.4.2\n  digest: ''\n"

    assert edited({"a.yaml": data}, wish).files["a.yaml"] == data.replace(b"1.4.2", b"1.5.0")
    assert edited({"a.yaml": VALUES}, wish).files["a.yaml"] == VALUES.replace(OLD.encode(), NEW.encode())
    with pytest.raises(RefusedError, match="has no version that is a tag"):
        edited({"a.yaml": data}, Wish(WISH.repositories, NEW, "", by_tag=True))


@pytest.mark.parametrize(
    "text",
    [
        "a" * (SIZE_LIMIT + 1),
        "[" * 100_000,
        "- " * (DEPTH_LIMIT + 2) + "x",
        "[" + "x," * NODE_LIMIT + "]",
        "- &a x\n" + "- *a\n" * (ALIAS_LIMIT + 1),
        "- *gone",
        "\udcff",
        "a: \x00",
        "%YAML 9.9\n---\na: b",
        "a: b\n\tc: d",
    ],
    ids=["size", "flow", "depth", "nodes", "aliases", "alias", "utf-8", "control", "directive", "tab"],
)
def test_hostile_files_are_refused(text: str) -> None:
    """Size, depth, number and aliases are bounded; what is no YAML is said with its place."""
    with pytest.raises(RefusedError, match=r"^x.yaml:"):
        read("x.yaml", text.encode("utf-8", "surrogateescape"))


def test_aliases_multiply_nothing() -> None:
    """Lists that name each other by aliases cost what is written, and an anchor that holds itself ends."""
    lines = ["a0: &a0 {containers: [{image: ghcr.io/acme/shop}]}"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]" for number in range(1, 60)]
    text = "apiVersion: v1\nkind: Pod\nself: &self {<<: *self, containers: *self}\n" + "\n".join(lines)

    with pytest.raises(RefusedError, match="&a0"):
        edited({"x.yaml": text.encode()}, WISH)
