"""The table as configured or discovered, and tags where the checkout or GitHub has them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.adapters.environment import Surroundings, child_environment
from go_release_gate.adapters.git import Git
from go_release_gate.adapters.github.api import AwayError, MissingError
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.adapters.programs import find
from go_release_gate.config.settings import ImageSettings, ReleaseSettings, Settings
from go_release_gate.engine.asking import is_answered
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.discover import discover
from go_release_gate.engine.tagging import release_table, released_references, tags
from go_release_gate.engine.workflow_reading import collect_workflows
from go_release_gate.facts.release_table import ReleaseTable
from go_release_gate.facts.tags import Tags
from go_release_gate.facts.workflows import Workflows
from go_release_gate.model.severity import Event
from support.history import History

SHOP = ImageSettings("ghcr.io/acme/shop", path=".go-release-gate.yml", line=2)


class GitHub:
    """What GitHub says: tags by name with their commit, branches that hold everything."""

    repository = "acme/shop"

    def __init__(self, tags: dict[str, str], *, kind: str = "commit", is_away: bool = False) -> None:
        self.tags, self.kind, self.is_away = tags, kind, is_away
        self.asked: list[str] = []

    def get(self, path: str, _query: Any = None, **_: Any) -> Any:
        self.asked.append(path)
        if self.is_away:
            raise AwayError("GitHub did not answer")
        if "/git/ref/tags/" in path:
            name = path.partition("/git/ref/tags/")[2]
            if name not in self.tags:
                raise MissingError("no such tag")
            return {"object": {"type": self.kind, "sha": self.tags[name]}}
        if "/git/tags/" in path:
            return {"object": {"type": "commit", "sha": path.rpartition("/")[2]}}
        return {"status": "behind" if "/compare/main..." in path else "diverged"}

    def pages(self, path: str, _query: Any = None, **_: Any) -> Any:
        self.asked.append(path)
        if self.is_away:
            raise AwayError("GitHub did not answer")
        return [{"name": name, "commit": {"sha": commit}} for name, commit in self.tags.items()]


def tree(root: Path, *directories: str, docker: tuple[str, ...] = ()) -> Path:
    """A repository with modules in `directories` and the Dockerfiles named."""
    for directory in directories:
        path = root / directory / "go.mod"
        path.parent.mkdir(parents=True, exist_ok=True)
        suffix = "" if directory == "." else f"/{directory}"
        path.write_text(f"module example.com/shop{suffix}\n\ngo 1.21\n")
    for name in docker:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("FROM scratch\n")
    return root


def facts_of(root: Path) -> Facts:
    return Facts(discover(root))


def edges(root: Path, github: GitHub | None = None) -> Edges:
    environment = child_environment({}, Surroundings(root, Path("/nonexistent"))).variables
    git = Git(ProcessRunner(), find("git", os.environ, root), environment, root)
    ask: Callable[[], Any] | None = (lambda: github) if github else None
    return Edges(go=None, scratch=root, git=git, github=ask)  # type: ignore[arg-type]


def collected(root: Path, settings: Settings, github: GitHub | None = None) -> tuple[Facts, Tags]:
    """Both facts, collected as a check does."""
    facts, around = facts_of(root), edges(root, github)
    facts.others[ReleaseTable] = release_table(facts, settings, around)
    found = tags(facts, settings, around)
    assert found is not None
    facts.others[Tags] = found
    return facts, found


def on_tag(name: str, **more: Any) -> Settings:
    return Settings(event=Event.TAG, tag=name, **more)


def table_of(root: Path, settings: Settings | None = None, workflow: str = "") -> ReleaseTable | None:
    wanted, around = settings or Settings(), edges(root)
    if workflow:
        (root / ".github/workflows").mkdir(parents=True)
        (root / ".github/workflows/r.yml").write_text(workflow)
    facts = facts_of(root)
    if found := collect_workflows(facts, wanted, around):
        facts.others[Workflows] = found
    return release_table(facts, wanted, around)


def test_no_image_no_table(tmp_path: Path) -> None:
    """Without Dockerfile, configured image or a workflow that pushes one there is no table, and no tags are read."""
    facts = facts_of(tree(tmp_path, "."))

    assert release_table(facts, Settings(), edges(tmp_path)) is None
    assert tags(facts, on_tag("v1.0.0"), edges(tmp_path)) is None


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("services/api/Dockerfile", "services/api"),
        ("services/api/build/Dockerfile", "services/api"),
        ("build/api.Dockerfile", "services/api"),
        ("docker/web/Dockerfile.prod", "services/web"),
        ("docker/web/Containerfile", "services/web"),
        ("docker/Dockerfile", None),
        ("services/api/test/Dockerfile", None),
        ("services/api/docs/Dockerfile", "services/api"),
        ("examples/api/Dockerfile", None),
        ("services/api/Dockerfile.dockerignore", None),
    ],
)
def test_whose_a_dockerfile_is(tmp_path: Path, path: str, module: str | None) -> None:
    """The module around it; else the one that its name speaks of; else nobody's."""
    table = table_of(tree(tmp_path, "services/api", "services/web", docker=(path,)))

    assert (table.rows[0].module if table else None) == module


def test_modules_of_tests_have_no_images(tmp_path: Path) -> None:
    """A repository whose only module serves its tests releases nothing of it."""
    assert table_of(tree(tmp_path, "test/go", docker=("dev.Dockerfile", "test/go/Dockerfile"))) is None


def test_discovered_images(tmp_path: Path) -> None:
    """One for each module with a Dockerfile, with Go's own tags, placed at the first Dockerfile."""
    files = ("b/Dockerfile", "Dockerfile", "services/api/Dockerfile")
    table = table_of(tree(tmp_path, ".", "services/api", docker=files))

    assert table is not None
    assert [(row.module, row.patterns, row.place.path) for row in table.rows] == [
        (".", ("v*",), "Dockerfile"),
        ("services/api", ("services/api/v*",), "services/api/Dockerfile"),
    ]
    assert not table.is_configured


PUSH = """
on: {push: {tags: ["v*", "services/*/v*"]}}
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker push ghcr.io/acme/shop:v1
      - run: docker push ghcr.io/acme/api:v1
"""


def test_names_from_workflows(tmp_path: Path) -> None:
    """What a workflow pushes on a tag names the discovered images: the only one, or the one of the module's name."""
    one = table_of(tree(tmp_path / "a", ".", docker=("Dockerfile",)), workflow=PUSH.rpartition("      -")[0])
    two = table_of(tree(tmp_path / "b", "shop", "api", docker=("shop/Dockerfile", "api/Dockerfile")), workflow=PUSH)
    bare = table_of(tree(tmp_path / "c", "."), workflow=PUSH.rpartition("      -")[0])

    assert one
    assert two
    assert bare
    assert [row.image for row in one.rows] == ["ghcr.io/acme/shop"]
    assert {row.module: row.image for row in two.rows} == {"shop": "ghcr.io/acme/shop", "api": "ghcr.io/acme/api"}
    assert [(row.image, row.place.path) for row in bare.rows] == [("ghcr.io/acme/shop", ".github/workflows/r.yml")]


def test_the_configured_table(tmp_path: Path) -> None:
    """The file's rows count alone; what they leave out is remembered."""
    root = tree(tmp_path, ".", "api", docker=("Dockerfile", "api/Dockerfile"))
    settings = Settings(images=(SHOP,), policy="strict", release=ReleaseSettings(("main",), "signed"))
    table = table_of(root, settings, workflow=PUSH)

    assert table is not None
    assert [(row.image, row.patterns, row.place.line) for row in table.rows] == [("ghcr.io/acme/shop", ("v*",), 2)]
    assert [(row.image, row.module) for row in table.unlisted] == [("ghcr.io/acme/api", "")]
    assert (table.is_strict, table.branches, table.kind) == (True, ("main",), "signed")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a module and an image."""
    return tree(tmp_path / "repo", ".", docker=("Dockerfile",))


def test_a_whole_clone_asks_nobody_for_tags(root: Path) -> None:
    """What is here is enough; only the judged tag is compared with GitHub's."""
    history = History(root).build("commit one\ntag v1.0.0\ncommit two\ntag v1.1.0")
    github = GitHub({"v1.1.0": history.git("rev-parse", "HEAD")})
    facts, found = collected(root, on_tag("v1.1.0"), github)

    assert set(found.known) == {"v1.0.0", "v1.1.0"}
    assert found.holding == ("main",)
    assert github.asked == ["/repos/acme/shop/git/ref/tags/v1.1.0"]
    assert is_answered(facts)


def test_a_shallow_clone_is_completed_by_github(root: Path) -> None:
    """The other tags and the release branches are GitHub's; nothing is fetched."""
    history = History(root).build("commit one\ntag v1.0.0\ncommit two\ntag v1.1.0")
    commits = {name: history.git("rev-parse", name) for name in ("v1.0.0", "v1.1.0")}
    history.build("shallow")
    facts, found = collected(root, on_tag("v1.1.0", release=ReleaseSettings(("main",))), GitHub(commits))

    assert {name: tag.commit for name, tag in found.known.items()} == commits
    assert found.holding == ("main",)
    assert is_answered(facts)
    assert facts.notices == []


@pytest.mark.parametrize("github", [None, GitHub({}, is_away=True)])
def test_what_nobody_can_tell_is_said(root: Path, github: GitHub | None) -> None:
    """Without GitHub a shallow clone leaves the tag unjudged; the notice says what is missing and what to do."""
    History(root).build("commit one\ntag v1.0.0\ncommit two\ntag v1.1.0\nshallow")
    facts, found = collected(root, on_tag("v1.1.0", release=ReleaseSettings(("main",))), github)

    assert found.holding is None
    assert not is_answered(facts)
    said = [notice for notice in facts.notices if "compared" not in notice]
    assert len(said) == 2
    assert any("the release branches (main) are not in this checkout" in notice for notice in said)
    assert len(facts.notices) == (3 if github else 2), "that the tag could not be compared is told where it was tried"
    for notice in said:
        assert notice.startswith("the tag v1.1.0: ")
        assert "fetch-depth: 0" in notice
        assert "github-token" in notice
        assert ("GitHub did not answer" in notice) is (github is not None)


def test_a_clone_without_tags_is_no_repository_without_releases(root: Path) -> None:
    """A whole clone made with --no-tags says so itself; one with tags and none there has none."""
    history = History(root).build("commit one")
    whole, _ = collected(root, on_tag("v1.0.0"))
    history.git("config", "remote.origin.tagOpt", "--no-tags")
    cut, _ = collected(root, on_tag("v1.0.0"))

    assert is_answered(whole)
    assert not is_answered(cut)
    assert "without the repository's other tags" in cut.notices[0]


def test_no_repository_is_said(root: Path) -> None:
    """A tag of a folder without git is not judged; on a branch nothing is said."""
    facts, _ = collected(root, on_tag("v1.0.0"))
    quiet, found = collected(root, Settings())

    assert not is_answered(facts)
    assert "no git repository" in facts.notices[0]
    assert is_answered(quiet)
    assert found == Tags()


def test_the_kind_that_a_checkout_has_lost(root: Path) -> None:
    """A workflow's checkout makes a light tag of an annotated one: GitHub's word counts; its silence is no answer."""
    history = History(root).build("commit one\ntag v0.9.0\ncommit two\ntag v1.0.0")
    settings = on_tag("v1.0.0", release=ReleaseSettings(tags="annotated"))
    commit = history.git("rev-parse", "HEAD")
    kinds = {}
    for name, github in {
        "asked": GitHub({"v1.0.0": commit}, kind="tag"),
        "away": GitHub({}, is_away=True),
        "nobody": None,
    }.items():
        facts, found = collected(root, settings, github)
        assert found.pushed
        kinds[name] = (found.pushed.kind, is_answered(facts))

    assert kinds == {"asked": ("annotated", True), "away": ("", False), "nobody": ("light", True)}


def test_a_moved_tag_is_seen(root: Path) -> None:
    """GitHub's commit of the tag stands beside the checkout's."""
    History(root).build("commit one\ntag v0.9.0\ncommit two\ntag v1.0.0")
    _, found = collected(root, on_tag("v1.0.0"), GitHub({"v1.0.0": "d" * 40}))

    assert found.pushed
    assert found.remote
    assert found.remote.commit != found.pushed.commit == found.head


def test_a_tag_of_a_tag_stands_for_the_commit(root: Path) -> None:
    """Whatever lies between, the judged tag is at the commit that is checked out."""
    History(root).build("commit one\nannotated inner\nannotated v1.0.0 at inner")
    _, found = collected(root, on_tag("v1.0.0"))

    assert found.pushed
    assert found.pushed.commit == found.head


def test_a_tag_that_is_yet_to_be_made(root: Path) -> None:
    """It stands for what is checked out, and is no tag among the known ones."""
    history = History(root).build("commit one\ntag v1.0.0")
    _, found = collected(root, on_tag("v1.1.0"), GitHub({}))

    assert found.pushed
    assert (found.pushed.commit, found.pushed.kind) == (history.git("rev-parse", "HEAD"), "")
    assert set(found.known) == {"v1.0.0"}


def test_names_to_ask_a_registry_for(root: Path) -> None:
    """Those of configured images alone, on a tag alone."""
    History(root).build("commit one\ntag v1.1.0")
    named, _ = collected(root, on_tag("v1.1.0", images=(SHOP,)))
    discovered, _ = collected(root, on_tag("v1.1.0"))
    branch, _ = collected(root, Settings(images=(SHOP,)))

    assert released_references(named, Settings()) == ("ghcr.io/acme/shop:1.1.0",)
    assert released_references(discovered, Settings()) == released_references(branch, Settings()) == ()
