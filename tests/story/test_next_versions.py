"""The next versions of a repository's modules, on real histories."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from go_release_gate.cli.app import run
from support.history import History

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def module(root: Path, directory: str, path: str, *lines: str) -> None:
    """Write a go.mod."""
    place = root / directory
    place.mkdir(parents=True, exist_ok=True)
    (place / "go.mod").write_text("\n".join((f"module {path}", "", "go 1.21", *lines, "")), encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> History:
    """A library at the top, a service that replaces it, and a tool that requires neither; all released."""
    root = tmp_path / "shop"
    root.mkdir()
    lib = "example.com/shop"
    module(root, ".", lib)
    replace = f"replace {lib} => ../.."
    module(root, "services/api", f"{lib}/services/api", f"require {lib} v1.2.0", replace)
    module(root, "tools/v2", f"{lib}/tools/v2")
    history = History(root).build("commit feat: all\nannotated v1.2.0\ntag services/api/v0.4.0\ntag tools/v2.0.0\n")
    return history.build("tag v1\ntag services/api/vnext\n")


def tags(root: Path, *words: str) -> int:
    """`tags WORDS` on the repository at `root`; gives the exit code."""
    return run(["tags", *words], {**ENVIRONMENT, "GO_RELEASE_GATE_PATH": str(root)})


def change(history: History, path: str, message: str) -> None:
    """One more commit that changes one file."""
    file = history.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"package x // {message!r}\n", encoding="utf-8")
    history.commit(message)


def asked(history: History, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, object]]:
    """`tags --next --format json`: directory → what is said of it."""
    assert tags(history.root, "--next", "--format", "json", *words) == 0
    document = json.loads(capsys.readouterr().out)
    return {one["dir"]: one for one in document["modules"]}


def test_each_module_by_what_changed_in_it(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """A feature of the service is none of the library; the nested module keeps its own line of versions and tags."""
    change(shop, "services/api/main.go", "feat(api): carts")
    change(shop, "tools/v2/a.go", "fix: sums")
    change(shop, "tools/v2/b_test.go", "feat: more tests, told as a feature")
    change(shop, "docs/a.md", "docs: words")
    found = asked(shop, capsys)
    assert [(name, one["tag"], one["bump"]) for name, one in found.items()] == [
        (".", None, "none"),
        ("services/api", "services/api/v0.5.0", "minor"),
        ("tools/v2", "tools/v2.1.0", "minor"),
    ]
    assert found["services/api"]["reasons"][0].startswith("feat(api): carts (")  # type: ignore[index]


def test_a_replaced_module_takes_its_user_along(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """The library is released first; the service after it, with the requirement it has to raise."""
    change(shop, "sum.go", "fix: sums")
    found = asked(shop, capsys)
    assert list(found)[:2] == [".", "services/api"]
    assert (found["."]["tag"], found["services/api"]["tag"]) == ("v1.2.1", "services/api/v0.4.1")
    assert "go get example.com/shop@v1.2.1" in str(found["services/api"]["notes"])
    assert found["tools/v2"]["tag"] is None


def test_create_makes_annotated_tags_once(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """The tags are made at HEAD, annotated and not pushed; asked again, nothing is left to release."""
    change(shop, "services/api/main.go", "feat: carts")
    assert tags(shop.root, "--create") == 0
    out = capsys.readouterr().out
    assert "created: services/api/v0.5.0" in out
    assert "git push origin services/api/v0.5.0" in out
    assert shop.git("cat-file", "-t", "services/api/v0.5.0") == "tag"
    assert shop.git("rev-parse", "services/api/v0.5.0^{commit}") == shop.git("rev-parse", "HEAD")
    assert tags(shop.root, "--create") == 0
    assert "nothing is to be released" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["sum.go", "new.go"])
def test_create_refuses_a_tree_with_changes(shop: History, capsys: pytest.CaptureFixture[str], path: str) -> None:
    """A changed or a forgotten file: exit 5, no tag."""
    change(shop, "sum.go", "feat: sums")
    (shop.root / path).write_text("package y\n", encoding="utf-8")
    before = History.names(shop.root)
    assert tags(shop.root, "--create") == 5
    assert path in capsys.readouterr().err
    assert History.names(shop.root) == before


def test_a_breaking_change_is_not_tagged(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """The new major version takes another module path: said by --next, refused by --create, others can be chosen."""
    change(shop, "sum.go", "feat!: other sums")
    change(shop, "tools/v2/a.go", "fix: x")
    found = asked(shop, capsys)
    assert (found["."]["tag"], found["."]["blocked"]) == ("v2.0.0", True)
    assert tags(shop.root, "--create") == 5
    assert "example.com/shop/v2" in capsys.readouterr().err
    assert tags(shop.root, "--create", "--module", "tools/v2") == 0
    assert "tools/v2.0.1" in History.names(shop.root)


def test_an_old_line_goes_on_by_itself(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """On a branch of an old line only tags below it count; one that the new line has is not proposed again."""
    shop.branch("release/1.2")
    shop.checkout("main")
    change(shop, "sum.go", "feat: sums")
    shop.tag("v1.3.0")
    shop.checkout("release/1.2")
    change(shop, "old.go", "fix: old")
    assert asked(shop, capsys)["."]["tag"] == "v1.2.1"


def test_a_prerelease_becomes_its_release(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """What v1.3.0-rc.1 announced is v1.3.0, with or without commits since."""
    change(shop, "sum.go", "feat: sums")
    shop.annotated("v1.3.0-rc.1")
    assert asked(shop, capsys)["."]["tag"] == "v1.3.0"
    change(shop, "sum.go", "fix: sums again")
    assert asked(shop, capsys)["."]["tag"] == "v1.3.0"


def test_more_than_three_tags_are_pushed_in_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four tags at once would start no workflow: said before, with commands that do."""
    root = tmp_path / "many"
    root.mkdir()
    for name in "abcd":
        module(root, name, f"example.com/many/{name}")
    History(root).build("commit feat: all")
    assert tags(root, "--next") == 0
    out = capsys.readouterr().out
    assert "more than 3 tags pushed at once start no workflow" in out
    assert "git push origin a/v0.1.0 b/v0.1.0 c/v0.1.0\ngit push origin d/v0.1.0\n" in out


def test_a_cut_history_is_not_guessed_from(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """In a shallow checkout: exit 3 and what to fetch."""
    shop.build("shallow tags")
    assert tags(shop.root, "--next") == 3
    assert "git fetch --unshallow --tags" in capsys.readouterr().err


def test_hostile_names_and_messages(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    """Odd file names and messages are read as they are and shown without control characters."""
    change(shop, "a\nfeat: b\x01.go", "fix: \x1b[31mred\n\n//0123\n\x02")
    found = asked(shop, capsys)
    assert found["."]["tag"] == "v1.2.1"
    assert tags(shop.root, "--next") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_hooks_of_the_checkout_do_not_run(shop: History) -> None:
    """Making a tag runs nothing that lies in the repository."""
    hook = shop.root / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {shop.root}.ran\n", encoding="utf-8")
    hook.chmod(0o755)
    subprocess.run(["git", "config", "core.fsmonitor", str(hook)], cwd=shop.root, check=True)
    change(shop, "sum.go", "fix: x")
    ran = shop.root.with_name("shop.ran")
    ran.unlink(missing_ok=True)
    assert tags(shop.root, "--create") == 0
    assert not ran.exists()
