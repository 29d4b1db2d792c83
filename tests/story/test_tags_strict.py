"""`policy: strict`: releases of a ladder, in checkouts of every kind, are named without moving anything back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fakes.github import GitHub
from go_release_gate.cli.schema import schema_text
from support.history import START, History

GUIDE = (Path(__file__).parents[2] / "docs/guides/image-names.md").read_text("utf-8").split("## Strict")[1]
ROWS = re.findall(r"(?m)^\| `([^`]+)` \| (`.*?) \| (.*) \|$", GUIDE.split("## ")[0])
SOURCE = Path(__file__).parents[2] / "src"
ENTRIES = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}\ntype=semver,pattern={{major}}.{{minor}}"
STRICT = "policy: strict\n"
LADDER = """
commit one
tag v1.8.0
commit two
tag v1.9.0
branch release/1.x
checkout main
commit three
tag v2.0.0
tag v2.1.0-rc.1
checkout release/1.x
commit fix
tag v1.9.1
"""


def ask(folder: Path, *words: str, **environ: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `tags --format json`, which fits its schema."""
    command = [sys.executable, "-m", "go_release_gate", "tags", "--format=json", *words]
    env = {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", **environ}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def named(folder: Path, ref: str, *words: str) -> list[str]:
    """The tag names of a ref."""
    return list(ask(folder, "--images=acme/shop", f"--tags={ENTRIES}", f"--ref={ref}", *words)[1]["tag_names"])


def built(folder: Path, ladder: str = LADDER, policy: str = STRICT) -> History:
    """A repository with a configuration."""
    folder.mkdir(exist_ok=True)
    (folder / ".go-release-gate.yml").write_text(policy)
    return History(folder).build(ladder)


@pytest.mark.parametrize(
    ("ref", "names"),
    [
        ("v2.0.0", ["2.0.0", "2", "2.0", "latest"]),
        ("v1.9.1", ["1.9.1", "1", "1.9"]),
        ("v1.8.1", ["1.8.1", "1.8"]),
        ("v1.8.0", ["1.8.0", "1.8"]),
        ("v1.9.0", ["1.9.0"]),
        ("v2.1.0-rc.1", ["2.1.0-rc.1"]),
        ("v3.0.0", ["3.0.0", "3", "3.0", "latest"]),
    ],
)
def test_a_ladder(tmp_path: Path, ref: str, names: list[str]) -> None:
    """An old line that is patched after a new major moves its own names alone; a prerelease moves nothing."""
    built(tmp_path / "shop")
    assert named(tmp_path / "shop", ref) == names


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    """The reason of each name that is left out stands in the answer, and the exit code is 0."""
    built(tmp_path / "shop")
    code, answer = ask(tmp_path / "shop", "--images=acme/shop", f"--tags={ENTRIES}", "--ref=v1.9.1")
    assert (code, answer["verdict"], answer["problems"]) == (0, "pass", [])
    assert "`latest` is left out: v2.0.0 is higher than v1.9.1" in answer["notices"]


@pytest.mark.parametrize("policy", ["", "policy: default\n", "# strict\njobs: 2\n"])
def test_without_the_policy_nothing_changes(tmp_path: Path, policy: str) -> None:
    """The peer's answer stays, whatever the ladder says."""
    built(tmp_path / "shop", policy=policy)
    assert named(tmp_path / "shop", "v1.9.1") == ["1.9.1", "1", "1.9", "latest"]


def test_a_nested_module(tmp_path: Path) -> None:
    """`services/api/v1.2.0` is v1.2.0 of that module and of its image; other modules' releases do not count."""
    images = "images:\n  - {image: ghcr.io/acme/shop}\n  - {image: ghcr.io/Acme/api, module: services/api}\n"
    folder = tmp_path / "shop"
    (folder / "services/api").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/shop\n")
    (folder / "services/api/go.mod").write_text("module example.com/shop/services/api\n")
    built(folder, "commit one\ntag v7.0.0\ntag services/api/v1.1.0\n", STRICT + images)
    code, answer = ask(folder, f"--tags={ENTRIES}", "--ref=services/api/v1.2.0")
    names = ["1.2.0", "1", "1.2", "latest"]
    assert (code, answer["tags"]) == (0, [f"ghcr.io/acme/api:{name}" for name in names])
    assert ask(folder, f"--tags={ENTRIES}", "--ref=v7.0.0")[1]["images"] == ["ghcr.io/acme/shop"]
    both = "--images=ghcr.io/acme/shop\nghcr.io/acme/api"
    assert ask(folder, f"--tags={ENTRIES}", both, "--ref=services/api/v1.2.0")[1]["images"] == ["ghcr.io/acme/api"]


def test_modules_that_share_a_prefix(tmp_path: Path) -> None:
    """v2 in a directory of its own is another module: v1.9.1 is the highest of the one at the top."""
    folder = tmp_path / "shop"
    (folder / "v2").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/shop\n")
    (folder / "v2/go.mod").write_text("module example.com/shop/v2\n")
    built(folder)
    assert named(folder, "v1.9.1") == ["1.9.1", "1", "1.9", "latest"]


def test_a_moved_tag(tmp_path: Path) -> None:
    """A tag that was moved is one release still: its names are the same, its revision is the new commit."""
    history = built(tmp_path / "shop", LADDER + "commit again\nmove v2.0.0\n")
    _, answer = ask(tmp_path / "shop", "--images=acme/shop", f"--tags={ENTRIES}", "--ref=v2.0.0")
    assert answer["tag_names"] == ["2.0.0", "2", "2.0", "latest"]
    assert answer["subject"]["commit"] == history.git("rev-parse", "HEAD")


def test_a_shallow_clone(tmp_path: Path) -> None:
    """Without the other tags nothing that moves is given away: exit code 3, and what to do; with them it is judged."""
    built(tmp_path / "shop", LADDER + "checkout v1.9.1\nshallow\n")
    code, answer = ask(tmp_path / "shop", "--images=acme/shop", f"--tags={ENTRIES}", "--ref=v1.9.1")
    assert (code, answer["verdict"], answer["complete"]) == (3, "unavailable", False)
    assert answer["tag_names"] == ["1.9.1"]
    assert [problem["reference"] for problem in answer["problems"]] == ["1", "1.9", "latest"]
    assert {problem["kind"] for problem in answer["problems"]} == {"unknown-releases"}
    assert "fetch-depth: 0" in answer["problems"][0]["hint"]
    Draft202012Validator(json.loads(schema_text("tags"))).validate(answer)
    built(tmp_path / "whole", LADDER + "checkout v1.9.1\nshallow tags\n")
    assert named(tmp_path / "whole", "v1.9.1") == ["1.9.1", "1", "1.9"]


def test_a_shallow_clone_asks_github(tmp_path: Path) -> None:
    """With a token GitHub says which releases there are."""
    built(tmp_path / "shop", LADDER + "checkout v1.9.1\nshallow\n")
    with GitHub() as github:
        for tag in ("v1.9.0", "v1.9.1", "v2.0.0"):
            github.repository.refs[f"refs/tags/{tag}"] = github.repository.refs["refs/heads/main"]
        code, answer = ask(
            tmp_path / "shop",
            "--images=acme/shop",
            f"--tags={ENTRIES}",
            "--ref=v1.9.1",
            GITHUB_API_URL=github.api_url,
            GITHUB_REPOSITORY="acme/shop",
            INPUT_GITHUB_TOKEN=github.token,
        )
    assert (code, answer["tag_names"]) == (0, ["1.9.1", "1", "1.9"])


def test_a_prerelease_needs_no_ladder(tmp_path: Path) -> None:
    """What moves nothing is answered in a shallow clone, too."""
    built(tmp_path / "shop", LADDER + "checkout v2.1.0-rc.1\nshallow\n")
    entries = "--tags=type=ref,event=tag"
    code, answer = ask(tmp_path / "shop", "--images=acme/shop", entries, "--ref=v2.1.0-rc.1")
    assert (code, answer["tag_names"]) == (0, ["v2.1.0-rc.1"])


def test_two_refs_with_one_image_tag(tmp_path: Path) -> None:
    """Build metadata and sanitising let two refs fall together: both names are told, exit code 1."""
    ladder = "commit one\ntag v1.0.0\ntag v1.0.0+linux\nbranch feature/a\nbranch feature-a\nbranch 1.0.0\n"
    built(tmp_path / "shop", ladder)
    entries = f"--tags={ENTRIES}\ntype=ref,event=branch"
    code, answer = ask(tmp_path / "shop", "--images=acme/shop", entries, "--ref=v1.0.0")
    (problem,) = answer["problems"]
    assert (code, problem["kind"], problem["reference"]) == (1, "image-tag-collision", "1.0.0")
    for name in ("the tag v1.0.0 and", "the tag v1.0.0+linux", "the branch 1.0.0"):
        assert name in problem["message"]
    code, answer = ask(tmp_path / "shop", "--images=acme/shop", entries, "--ref=refs/heads/feature/a")
    assert code == 1
    assert "the branch feature/a and the branch feature-a" in answer["problems"][0]["message"]


def test_the_time_is_the_commits(tmp_path: Path) -> None:
    """`created` and dates are the commit's, or SOURCE_DATE_EPOCH's, and are left out where neither is known."""
    built(tmp_path / "shop", "commit one\n")
    words = ("--images=acme/shop", "--tags=type=raw,value=n{{date 'X'}}", "--ref=main")
    _, answer = ask(tmp_path / "shop", *words)
    assert answer["tag_names"] == [f"n{START + 60}"]
    assert "org.opencontainers.image.created=2025-06-15T15:07:40.000Z" in answer["labels"]
    assert ask(tmp_path / "shop", *words, SOURCE_DATE_EPOCH="7")[1]["tag_names"] == ["n7"]
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare/.go-release-gate.yml").write_text(STRICT)
    code, answer = ask(tmp_path / "bare", *words)
    assert (code, [problem["kind"] for problem in answer["problems"]]) == (3, ["unknown-time"])
    assert not any("image.created" in label for label in answer["labels"])


def test_on_a_pull_request_the_bases_policy_counts(tmp_path: Path) -> None:
    """A pull request that takes the policy away is judged by it still."""
    history = built(tmp_path / "shop", "commit one\ntag v2.0.0\n")
    base = history.git("rev-parse", "HEAD")
    (tmp_path / "shop/.go-release-gate.yml").write_text("policy: default\n")
    history.build("branch change\ncommit loosen\n")
    event = {
        "pull_request": {"base": {"sha": base, "repo": {"full_name": "a/b"}}, "head": {"repo": {"full_name": "a/b"}}}
    }
    (tmp_path / "event.json").write_text(json.dumps(event))
    words = ("--images=acme/shop", f"--tags={ENTRIES}", "--ref=v1.0.0")
    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    assert ask(tmp_path / "shop", *words, **environ)[1]["tag_names"] == ["1.0.0", "1", "1.0"]
    assert ask(tmp_path / "shop", *words)[1]["tag_names"] == ["1.0.0", "1", "1.0", "latest"]


def test_a_broken_configuration_is_said(tmp_path: Path) -> None:
    """A policy that cannot be read is no default: exit code 2 and the line."""
    built(tmp_path / "shop", "commit one\n", "policy: strictt\n")
    command = [sys.executable, "-m", "go_release_gate", "tags", "--ref=v1.0.0"]
    env = {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=tmp_path / "shop", env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert ".go-release-gate.yml:1" in done.stderr


def test_the_guides_ladder(tmp_path: Path) -> None:
    """Configuration and table of the guide are what happens, and what it says to be left out is."""
    (policy,) = re.findall(r"```yaml\n(.*?)```", GUIDE.split("## ")[0], re.DOTALL)
    tags = "".join(f"tag {tag}\n" for tag in ("v1.8.0", "v1.9.0", "v2.0.0", "v2.1.0-rc.1"))
    built(tmp_path / "shop", f"commit one\n{tags}", policy)
    assert len(ROWS) == 5
    for ref, told, left in ROWS:
        names = re.findall(r"`([^`]+)`", told)
        image = "api" if "/" in ref else "shop"
        code, answer = ask(tmp_path / "shop", f"--tags={ENTRIES}", f"--ref={ref}")
        assert (code, answer["tags"]) == (0, [f"ghcr.io/acme/{image}:{name}" for name in names])
        said = {found[1] for notice in answer["notices"] if (found := re.match("`(.+)` is left out", notice))}
        assert said == set(re.findall(r"`([^`]+)`", left))


IMAGES = """\
policy: strict
images:
  - {image: ghcr.io/acme/api, module: services/api}
  - {image: ghcr.io/acme/web, module: services/web}
"""


@pytest.mark.parametrize("ref", ["v1.0.0", "services/nope/v1.0.0"])
def test_a_tag_of_no_image_is_refused(tmp_path: Path, ref: str) -> None:
    """A tag that no image of the configuration is released by must not be named for one of them."""
    folder = tmp_path / "shop"
    built(folder, "commit one\ntag services/api/v0.9.0\n", IMAGES)
    code, answer = ask(folder, "--images=ghcr.io/acme/api", "--tags=type=semver,pattern={{version}}", f"--ref={ref}")

    assert code == 1
    assert [problem["kind"] for problem in answer["problems"]] == ["tag-without-module"]
    assert "services/api/v*" in answer["problems"][0]["hint"]


def test_a_major_version_that_the_module_path_lacks_moves_nothing(tmp_path: Path) -> None:
    """`services/api/v2.0.0` of a module without `/v2` is no release of that module: its own name is all it gets."""
    folder = tmp_path / "shop"
    (folder / "services/api").mkdir(parents=True)
    (folder / "services/api/go.mod").write_text("module example.com/shop/services/api\n")
    built(folder, "commit one\ntag services/api/v1.0.0\n", IMAGES)
    _, answer = ask(folder, f"--tags={ENTRIES}", "--ref=services/api/v2.0.0")

    assert answer["tags"] == ["ghcr.io/acme/api:2.0.0"]
    assert any("does not fit the module path" in notice for notice in answer["notices"])


def test_a_nested_tag_is_named_by_its_version_without_further_words(tmp_path: Path) -> None:
    """No input at all: the image of the table, named as a tag at the top would be."""
    folder = tmp_path / "shop"
    built(folder, "commit one\ntag services/api/v0.1.0\n", IMAGES)

    assert ask(folder, "--ref=services/api/v0.2.0")[1]["tags"] == [
        "ghcr.io/acme/api:v0.2.0",
        "ghcr.io/acme/api:latest",
    ]
    assert ask(folder, "--ref=services/api/v0.2.0-rc.1")[1]["tags"] == ["ghcr.io/acme/api:v0.2.0-rc.1"]
