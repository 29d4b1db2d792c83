"""What an image is held against, from a repository's commits."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.git import Git
from go_release_gate.cli.basefile import git_of
from go_release_gate.config.settings import ImageSettings, Settings
from go_release_gate.engine.expecting import Wish, expect
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.image_content import ImageContent
from support.history import History
from support.imagecase import image_of

GO_MOD = """module example.com/shop

go 1.25.0

require (
	example.com/dep v1.1.0
	example.com/old v1.0.0
)

replace example.com/old => example.com/fork v1.0.1
"""
GO_SUM = "example.com/dep v1.1.0 h1:bmV3\nexample.com/dep v1.1.0/go.mod h1:bW9k\nexample.com/fork v1.0.1 h1:Zm9yaw==\n"
PINNED = f"gcr.io/distroless/static@sha256:{'c' * 64}"
IMAGE = image_of(
    "name ghcr.io/acme/shop:1.0.0\nplatform linux/amd64\nbinary /shop 10 amd64 go1.26.1 main=example.com/shop@v1.0.0\n"
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository with a module at the top and one in a folder, each with a tag, and a later commit."""
    files = {
        "go.mod": GO_MOD,
        "go.sum": GO_SUM,
        "Dockerfile": f"FROM golang:1.25 AS build\nFROM {PINNED} AS base\nFROM base\nCOPY --from=build /shop /shop\n",
        "api/go.mod": "module example.com/shop/api\n\ngo 1.16\n",
    }
    made = History(tmp_path)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    made.build("commit one\ntag v1.0.0\ntag api/v0.2.0")
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.99.0\n")
    made.build("commit two")
    return made


def git_at(root: Path) -> Git:
    """git as the verb uses it."""
    return git_of({"PATH": os.environ["PATH"]}, root)


def ask(root: Path, wish: Wish, settings: Settings | None = None, image: ImageContent = IMAGE):  # type: ignore[no-untyped-def]
    """What is expected, and what is said."""
    return expect(git_at(root), wish, settings or Settings(), image)


def test_what_the_tagged_commit_says(history: History, tmp_path: Path) -> None:
    """Not the checkout but the tag counts: module, Go, sums, build list with replacements, the pinned base."""
    found, said = ask(tmp_path, Wish(tag="v1.0.0"))
    assert said == ()
    assert (found.version, found.module, found.go) == ("1.0.0", "example.com/shop", "1.25.0")
    assert found.revision == history.git("rev-parse", "v1.0.0^{commit}")
    assert found.sums == {"example.com/dep v1.1.0": "h1:bmV3", "example.com/fork v1.0.1": "h1:Zm9yaw=="}
    assert found.module_at("example.com/shop").versions == {"example.com/dep": "v1.1.0", "example.com/fork": "v1.0.1"}
    assert found.base_digest == f"sha256:{'c' * 64}"
    assert found.snapshot.startswith("sha256:")


def test_a_nested_tag(history: History, tmp_path: Path) -> None:
    """The module in the folder owns its tag; before go 1.17 go.mod does not say the whole build list."""
    found, _ = ask(tmp_path, Wish(tag="api/v0.2.0"))
    assert (found.version, found.module, found.sums) == ("0.2.0", "example.com/shop/api", None)
    assert found.module_at("example.com/shop/api").versions is None


def test_the_table_of_images(history: History, tmp_path: Path) -> None:
    """The image's own entry says which module and which platforms."""
    row = ImageSettings("ghcr.io/acme/shop", "api", ("api/v*",), ("linux/amd64", "linux/arm64"))
    found, _ = ask(tmp_path, Wish(tag="api/v0.2.0"), Settings(images=(row,)))
    assert (found.module, found.platforms) == ("example.com/shop/api", ("linux/amd64", "linux/arm64"))


def test_without_a_word(history: History, tmp_path: Path) -> None:
    """The commit that the image tells of counts for sums, and demands nothing of the image; others are not known."""
    commit = history.git("rev-parse", "v1.0.0^{commit}")
    told = image_of(
        f"platform linux/amd64\nbinary /shop 10 amd64 go1.26.1 main=example.com/shop@v1.0.0 vcs.revision={commit}\n"
    )
    found, _ = ask(tmp_path, Wish(), image=told)
    assert (found.revision, found.version, len(found.modules)) == ("", "", 2)
    assert ask(tmp_path, Wish())[0] is None


def test_a_stranger(history: History, tmp_path: Path) -> None:
    """An image with no program of the repository is not held against it unless that was asked for."""
    commit = history.git("rev-parse", "v1.0.0^{commit}")
    stranger = image_of(
        f"platform linux/amd64\nbinary /x 10 amd64 go1.26.1 main=example.com/x@v1.0.0 vcs.revision={commit}\n"
    )
    found, said = ask(tmp_path, Wish(), image=stranger)
    assert found is None
    assert "no program in it is of a module of this repository" in said[0]
    assert ask(tmp_path, Wish(is_named=True), image=stranger)[0] is not None


def test_what_is_not_there(history: History, tmp_path: Path) -> None:
    """A tag or revision that the checkout lacks is unavailable; two commits at once are a mistake."""
    with pytest.raises(UnavailableError, match=r"the tag .* is not in this checkout"):
        ask(tmp_path, Wish(tag="v9.9.9"))
    with pytest.raises(UsageError, match="is at the commit"):
        ask(tmp_path, Wish(tag="v1.0.0", revision="HEAD"))


def test_a_workspace_shares_its_sums(history: History, tmp_path: Path) -> None:
    """Members are held against all sums of the workspace and its go line, and no build list is taken from go.mod."""
    (tmp_path / "go.work").write_text("go 1.26.0\n\nuse (\n\t.\n\t./api\n)\n")
    (tmp_path / "go.work.sum").write_text("example.com/more v1.0.0 h1:bW9yZQ==\n")
    (tmp_path / "go.mod").write_text(GO_MOD)
    history.build("commit three\ntag v1.1.0")
    found, _ = ask(tmp_path, Wish(tag="v1.1.0"))
    api = found.module_at("example.com/shop/api")
    assert (api.go, api.versions) == ("1.26.0", None)
    assert {"example.com/dep v1.1.0", "example.com/more v1.0.0"} <= set(api.sums)


def test_platforms_alone(tmp_path: Path) -> None:
    """Without any repository, the platforms that were named are still expected."""
    found, said = ask(tmp_path, Wish(platforms=("linux/arm64",)))
    assert found == replace(found, platforms=("linux/arm64",))
    assert said
