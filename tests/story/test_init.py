"""`init` on repositories of different shapes: what it proposes, writes, keeps and refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from go_release_gate.cli import init
from go_release_gate.cli.app import run
from go_release_gate.cli.options import find_verb, parse
from go_release_gate.errors import RaceError
from support.pipelines import ENVIRONMENT, SERVICE, dockerfile, git, module, program, repository

WORKFLOWS = ".github/workflows"


def gate(root: Path, *words: str) -> int:
    """`init WORDS` at `root`; gives the exit code."""
    return run(["init", str(root), *words], ENVIRONMENT)


def written(root: Path, name: str) -> str:
    """The text of a workflow without its header."""
    return (root / WORKFLOWS / f"{name}.yml").read_text("utf-8").split("\n", 2)[2]


def names(root: Path) -> set[str]:
    """The workflows there are."""
    return {path.stem for path in (root / WORKFLOWS).iterdir()}


def test_a_single_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One program with a Dockerfile: the whole pipeline, and a configuration that loads."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--yes") == 0
    assert names(root) == {"pull-request", "annotate", "release", "rollback"}
    release = written(root, "release")
    assert release.count('image: "ghcr.io/acme/shop"') == 4
    assert 'dockerfile: "Dockerfile"\n      context: "."\n' in release
    assert 'platforms: "linux/amd64,linux/arm64"' in release
    assert "login:" not in release
    assert 'tags: ["v*"]' in release
    assert "options: [staging, production]" in written(root, "rollback")
    assert run(["config", str(root)], ENVIRONMENT) == 0
    out = capsys.readouterr().out
    assert "1. open a pull request" in out
    assert "gh api -X PUT repos/acme/shop/environments/production-rollback" in out
    assert "require the check `go-release-gate` on main" in out


def test_a_second_run_has_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written is what would be written, also where choices were made."""
    root = repository(tmp_path / "shop", SERVICE)
    choices = ("--image=quay.io/acme/shop", "--environment=prod", "--ref=v1.4.0", "--private=github.com/acme")
    assert gate(root, "--yes", *choices, "--platform=linux/amd64", "--targets=none") == 0
    before = {path: path.read_bytes() for path in root.rglob("*.yml")}
    capsys.readouterr()
    assert gate(root, "--yes") == 0
    assert "nothing to do" in capsys.readouterr().out
    assert gate(root, "--check") == 0
    assert {path: path.read_bytes() for path in root.rglob("*.yml")} == before


def test_a_checkout_of_ci_agrees(tmp_path: Path) -> None:
    """Where git knows neither remote nor default branch, `--check` sees what was seen before."""
    root = repository(tmp_path / "shop", SERVICE)
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    git(root, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    assert gate(root, "--yes") == 0
    assert "branches: [trunk]" in written(root, "pull-request")
    git(root, "remote", "remove", "origin")
    assert gate(root, "--check") == 0


def test_files_are_attached_once(tmp_path: Path) -> None:
    """Of services with the same tags the first one's release has the files; a module with its own tags has its own."""
    worker = {"cmd/worker/main.go": program(), "cmd/worker/Dockerfile": dockerfile("./cmd/worker")}
    tool = {
        "tool/go.mod": module("github.com/acme/shop/tool"),
        "tool/main.go": program(),
        "tool/Dockerfile": dockerfile("."),
    }
    root = repository(tmp_path / "shop", {**SERVICE, **worker, **tool})
    assert gate(root, "--yes", "--release-files") == 0
    releases = {name: written(root, name) for name in names(root) if name.startswith("release")}
    paths = {name: re.findall(r'path: "(.*)"', text) for name, text in releases.items()}
    assert paths == {"release-api": ["."], "release-tool": ["tool"], "release-worker": []}
    assert [name for name, text in sorted(releases.items()) if "--draft=false" in text] == [
        "release-api",
        "release-tool",
    ]
    assert gate(root, "--check") == 0


def test_images_on_pull_requests(tmp_path: Path) -> None:
    """Each service's image is built on pull requests, and the required job waits for them; a library has none."""
    worker = {"cmd/worker/main.go": program(), "cmd/worker/Dockerfile": dockerfile("./cmd/worker")}
    root = repository(tmp_path / "shop", {**SERVICE, **worker})
    assert gate(root, "--yes", "--pull-request-images", "--platform=linux/amd64") == 0
    jobs = yaml.safe_load(written(root, "pull-request"))["jobs"]
    assert jobs["image"]["strategy"]["matrix"]["include"] == [
        {
            "service": name,
            "image": f"ghcr.io/acme/shop/{name}",
            "dockerfile": path,
            "context": context,
            "target": "",
            "platforms": "linux/amd64",
        }
        for name, path, context in (("api", "Dockerfile", "."), ("worker", "cmd/worker/Dockerfile", "cmd/worker"))
    ]
    assert "image" in jobs["required"]["needs"]
    library = repository(tmp_path / "library", {"go.mod": module("github.com/acme/m")})
    assert gate(library, "--yes", "--pull-request-images") == 0
    assert set(yaml.safe_load(written(library, "pull-request"))["jobs"]) == {"verify", "test", "required"}


def test_probes_bring_a_watch(tmp_path: Path) -> None:
    """Where nothing can be asked, nothing is watched; an address brings health checks and a watch."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--yes", "--health=production=https://shop.example.com/healthz") == 0
    assert names(root) == {"pull-request", "annotate", "release", "rollback", "watch"}
    assert "production-health:" in written(root, "release")
    assert '- url: "https://shop.example.com/healthz"' in (root / ".go-release-gate.yml").read_text("utf-8")
    assert run(["config", str(root)], ENVIRONMENT) == 0
    assert gate(root, "--check") == 0


def test_a_monorepo(tmp_path: Path) -> None:
    """Each service has its image, its tags with the directory in front, and its release workflow."""
    root = repository(
        tmp_path / "shop",
        {
            "go.work": "go 1.25\n\nuse (\n\t./services/api\n\t./services/worker\n)\n",
            "services/api/go.mod": module("github.com/acme/shop/services/api"),
            "services/api/main.go": program(),
            "services/api/Dockerfile": dockerfile("."),
            "services/worker/go.mod": module("github.com/acme/shop/services/worker"),
            "services/worker/cmd/worker/main.go": program(),
            "services/worker/Dockerfile": dockerfile("./cmd/worker"),
            "libs/money/go.mod": module("github.com/acme/shop/libs/money"),
            "libs/money/money.go": "package money\n",
        },
    )
    assert gate(root, "--yes") == 0
    assert names(root) == {"pull-request", "annotate", "release-api", "release-worker", "rollback"}
    assert 'tags: ["services/api/v*"]' in written(root, "release-api")
    assert 'image: "ghcr.io/acme/shop/worker"' in written(root, "release-worker")
    assert 'context: "services/worker"' in written(root, "release-worker")
    assert "name: release worker" in written(root, "release-worker")
    assert "options: [api, worker]" in written(root, "rollback")


def test_tags_that_are_in_use_count(tmp_path: Path) -> None:
    """A module in a folder that was released by plain tags so far stays so, and the configuration says it."""
    files = {"src/go.mod": module("github.com/acme/shop/src"), "src/main.go": program(), "Dockerfile": dockerfile(".")}
    files["Dockerfile"] = dockerfile(".").replace("COPY . .", "COPY src .")
    root = repository(tmp_path / "shop", files)
    git(root, "tag", "v1.2.0")
    assert gate(root, "--yes") == 0
    assert 'tags: ["v*"]' in written(root, "release")
    assert 'tags: ["v*"]' in (root / ".go-release-gate.yml").read_text("utf-8")
    git(root, "tag", "src/v1.3.0")
    assert gate(root, "--check") == 0


def test_nested_modules(tmp_path: Path) -> None:
    """A module below another is its own; tools and examples are no services."""
    files = {
        **SERVICE,
        "tools/go.mod": module("github.com/acme/shop/tools"),
        "tools/gen/main.go": program(),
        "examples/hello/go.mod": module("github.com/acme/shop/examples/hello"),
        "examples/hello/main.go": program(),
        "examples/hello/Dockerfile": dockerfile("."),
    }
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--yes") == 0
    assert names(root) == {"pull-request", "annotate", "release", "rollback"}


@pytest.mark.parametrize("files", [{"m.go": "package m\n"}, {"cmd/api/main.go": program()}], ids=["library", "program"])
def test_without_a_dockerfile(tmp_path: Path, files: dict[str, str]) -> None:
    """A library, or a program that nobody puts into an image, gets its pull requests gated and no configuration."""
    root = repository(tmp_path / "m", {"go.mod": module("github.com/acme/m"), **files})
    assert gate(root, "--yes") == 0
    assert names(root) == {"pull-request", "annotate"}
    assert not (root / ".go-release-gate.yml").exists()


def test_several_dockerfiles_of_one_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plain one is built, the others are named; `--service` chooses another."""
    files = {**SERVICE, "Dockerfile.debug": dockerfile("./cmd/api"), "build/Dockerfile": dockerfile("./cmd/api")}
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--dry-run") == 0
    out = capsys.readouterr().out
    assert "service api: Dockerfile -> " in out
    assert "api: Dockerfile is built, not build/Dockerfile, Dockerfile.debug" in out
    assert gate(root, "--dry-run", "--service=api=build/Dockerfile") == 0
    assert "service api: build/Dockerfile -> ghcr.io/acme/shop" in capsys.readouterr().out


def test_helm(tmp_path: Path) -> None:
    """Values of each environment that name the image are what its promotions edit; without a digest by the tag."""
    values = "image:\n  repository: ghcr.io/acme/shop\n  tag: 1.0.0\n"
    files = {
        **SERVICE,
        "deploy/chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "deploy/chart/values-staging.yaml": values,
        "deploy/chart/values-prod.yaml": values,
    }
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--yes") == 0
    text = (root / ".go-release-gate.yml").read_text("utf-8")
    staging, _, production = text.partition("\n  production:")
    assert "kind: gitops\n        by: tag\n        files:\n          - deploy/chart/values-staging.yaml" in staging
    assert "deploy/chart/values-prod.yaml" in production
    assert run(["config", str(root)], ENVIRONMENT) == 0


def test_kustomize(tmp_path: Path) -> None:
    """Overlays that set the image are edited, not the base that they are made of."""
    base = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n    spec:\n"
    base += "      containers:\n        - name: api\n          image: quay.io/acme/shop:1.0.0\n"
    images = "images:\n  - name: quay.io/acme/shop\n    newTag: 1.0.0\n"
    files = {
        **SERVICE,
        "k8s/base/deployment.yaml": base,
        "k8s/base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "k8s/overlays/staging/kustomization.yaml": f"resources: [../../base]\n{images}",
        "k8s/overlays/production/kustomization.yaml": f"resources: [../../base]\n{images}",
    }
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--yes") == 0
    text = (root / ".go-release-gate.yml").read_text("utf-8")
    assert "image: quay.io/acme/shop\n" in text
    assert "k8s/overlays/staging/kustomization.yaml" in text
    assert "k8s/overlays/production/kustomization.yaml" in text
    assert "k8s/base" not in text
    assert "login: credentials" in written(root, "release")


def test_plain_manifests_take_the_last_environment(tmp_path: Path) -> None:
    """A manifest that names no environment is production's; staging is a tag that follows."""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n"
    pod += "    - name: api\n      image: ghcr.io/acme/shop:1.0.0\n"
    root = repository(tmp_path / "shop", {**SERVICE, "deploy/pod.yaml": pod})
    assert gate(root, "--yes") == 0
    staging, _, production = (root / ".go-release-gate.yml").read_text("utf-8").partition("\n  production:")
    assert "kind: channel-tag" in staging
    assert "by: digest\n        files:\n          - deploy/pod.yaml" in production


def test_tags_that_cannot_be_moved(tmp_path: Path) -> None:
    """Where Terraform says that the registry's tags stay, no channel tag is proposed."""
    account = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    plan = 'resource "aws_ecr_repository" "api" {\n  image_tag_mutability = "IMMUTABLE"\n}\n'
    root = repository(tmp_path / "shop", {**SERVICE, "infra/ecr.tf": plan})
    assert gate(root, "--yes", f"--image={account}/shop") == 0
    text = (root / ".go-release-gate.yml").read_text("utf-8")
    assert "targets: []  # the registry's tags cannot be moved" in text
    assert "login: aws" in written(root, "release")
    assert run(["config", str(root)], ENVIRONMENT) == 0


def test_existing_workflows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their jobs are named with what takes them over, the image's name is taken from them, none is touched."""
    own = """\
on:
  push:
    tags: ["v*"]
jobs:
  unit:
    runs-on: ubuntu-24.04
    steps:
      - run: go test ./...
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/build-push-action@v6
        with:
          push: true
          platforms: linux/arm64
          tags: registry.example.com/acme/api:latest
"""
    root = repository(tmp_path / "shop", {**SERVICE, f"{WORKFLOWS}/release.yml": own})
    assert gate(root, "--yes") == 0
    out = capsys.readouterr().out
    assert f"{WORKFLOWS}/release.yml:5 job unit runs go test -> pull-request" in out
    assert "release.yml:9 job image builds an image and pushes registry.example.com/acme/api -> release" in out
    assert (root / WORKFLOWS / "release.yml").read_text("utf-8") == own
    release = written(root, "go-release-gate-release")
    assert 'image: "registry.example.com/acme/api"' in release
    assert 'platforms: "linux/arm64"' in release
    assert "login: credentials" in release
    assert gate(root, "--check") == 0


def test_private_modules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What GOPRIVATE names somewhere is wired; modules of the same owner are asked about, not taken to be private."""
    required = module("github.com/acme/shop", "require github.com/acme/lib v1.0.0")
    root = repository(tmp_path / "one", {**SERVICE, "go.mod": required})
    assert gate(root, "--dry-run") == 0
    out = capsys.readouterr().out
    assert "github.com/acme/lib has the same owner: if it is private, add --private github.com/acme" in out
    assert "MODULES_APP" not in out
    make = "export GOPRIVATE := github.com/acme/*,go.example.com\n"
    root = repository(tmp_path / "two", {**SERVICE, "go.mod": required, "Makefile": make})
    assert gate(root, "--yes") == 0
    out = capsys.readouterr().out
    assert "private modules: github.com/acme, go.example.com" in out
    assert "go.example.com: no App's token is good there" in out
    assert 'module-owners: "github.com/acme"' in written(root, "pull-request")
    assert "gh secret set MODULES_APP_PRIVATE_KEY" in out
    assert gate(root, "--check") == 0


def test_vendor(tmp_path: Path) -> None:
    """Vendored programs are nobody's services, and their Dockerfiles are not built."""
    files = {**SERVICE, "vendor/example.com/x/main.go": program(), "vendor/example.com/x/Dockerfile": dockerfile(".")}
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--yes") == 0
    assert 'service: "api"' in written(root, "release")


def test_sections_are_added_to_a_configuration(tmp_path: Path) -> None:
    """What the file lacks stands behind it; its own bytes stay, comments and line ends too."""
    known = "# ours\nfail-on: warning  # strict\r\nservices:\r\n  web:\r\n    image: quay.io/acme/web\r\n"
    root = repository(tmp_path / "shop", SERVICE)
    (root / ".go-release-gate.yml").write_bytes(known.encode())
    assert gate(root, "--yes") == 0
    after = (root / ".go-release-gate.yml").read_bytes().decode()
    assert after.startswith(known)
    assert after.count("services:") == 1
    assert "\r\nenvironments:\r\n" in after
    assert 'image: "quay.io/acme/web"' in written(root, "release")
    assert run(["config", str(root)], ENVIRONMENT) == 0
    assert gate(root, "--check") == 0


WITH_WORKER = {**SERVICE, "cmd/worker/main.go": program(), "cmd/worker/Dockerfile": dockerfile("./cmd/worker")}


def test_a_service_that_comes_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new program is named with the options that take it in; these put it into the sections, and nothing else."""
    known = "# ours\nservices:\n  api:  # the shop\n    image: quay.io/acme/api\nfail-on: warning\n"
    root = repository(tmp_path / "shop", {**WITH_WORKER, ".go-release-gate.yml": known})
    assert gate(root, "--yes") == 0
    options = "--service api --service worker=cmd/worker/Dockerfile"
    assert f"to release these, too: go-release-gate init {options}" in capsys.readouterr().out
    assert names(root) >= {"release"}
    before = (root / ".go-release-gate.yml").read_text("utf-8")
    assert gate(root, "--yes", *options.split()) == 0
    after = (root / ".go-release-gate.yml").read_text("utf-8")
    entry = "  worker:\n    image: ghcr.io/acme/shop/worker\n    module: .\n"
    image = "  - image: ghcr.io/acme/shop/worker\n    module: .\n    platforms: [linux/amd64, linux/arm64]\n"
    assert after.replace(entry, "").replace(image, "") == before
    assert f"    image: quay.io/acme/api\n{entry}fail-on" in after
    assert names(root) >= {"release-api", "release-worker"}
    assert run(["config", str(root)], ENVIRONMENT) == 0
    assert gate(root, "--check") == 0


def test_a_service_that_cannot_be_put_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a section is written in one line, its bytes stay, and the lines to add are told."""
    known = "services: {api: {image: quay.io/acme/api}}\n"
    root = repository(tmp_path / "shop", {**WITH_WORKER, ".go-release-gate.yml": known})
    assert gate(root, "--yes", "--service=api", "--service=worker=cmd/worker/Dockerfile") == 0
    assert (root / ".go-release-gate.yml").read_text("utf-8").startswith(known)
    out = capsys.readouterr().out
    assert "add to `services` of .go-release-gate.yml\n     worker:\n       image: ghcr.io/acme/shop/worker\n" in out


def test_edits_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An edited file stays and its difference is shown, and `--check` accepts it; `--overwrite` gives edits up."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--yes") == 0
    path = root / WORKFLOWS / "annotate.yml"
    original = path.read_bytes()
    path.write_bytes(original + b"# mine\n")
    capsys.readouterr()
    assert gate(root, "--yes", "--ref=v2") == 0
    out = capsys.readouterr().out
    assert "-# mine" in out
    assert f"edited, kept: {WORKFLOWS}/annotate.yml" in out
    assert f"update: {WORKFLOWS}/pull-request.yml" in out
    assert path.read_bytes().endswith(b"# mine\n")
    assert gate(root, "--check") == 0
    assert gate(root, "--yes", f"--overwrite={WORKFLOWS}/annotate.yml") == 0
    assert not path.read_bytes().endswith(b"# mine\n")


def test_check_fails_for_what_is_missing_or_outdated(tmp_path: Path) -> None:
    """Exit 1 until `init` has run, and again when it would write something else; nothing is written by it."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--check") == 1
    assert not (root / ".github").exists()
    assert gate(root, "--yes") == 0
    assert gate(root, "--check", "--ref=v2") == 1
    (root / WORKFLOWS / "annotate.yml").unlink()
    assert gate(root, "--check") == 1


def test_without_a_terminal_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The proposal and the difference are shown; exit 2 only where somebody has to decide."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root) == 0
    out = capsys.readouterr().out
    assert "+++ b/.github/workflows/release.yml" in out
    assert "nothing was written: add --yes" in out
    assert not (root / ".github").exists()
    other = repository(tmp_path / "other", {**SERVICE, "go.mod": module("example.com/shop")}, origin="")
    assert gate(other) == 2
    assert "--image api=REGISTRY/REPOSITORY" in capsys.readouterr().err
    assert gate(other, "--yes") == 2
    assert gate(other, "--yes", "--image=registry.example.com/shop") == 0


def test_a_person_is_asked(tmp_path: Path) -> None:
    """Each answer counts, an empty one takes what is proposed, and nothing is written before a yes."""
    root = repository(tmp_path / "shop", SERVICE)
    args = parse(find_verb("init"), [str(root)], ENVIRONMENT)
    assert args is not None
    questions: list[str] = []

    def answering(last: str) -> init.Ask:
        def ask(question: str, proposed: str) -> str:
            questions.append(question)
            return {"write these files": last, "image of api (Dockerfile)": "quay.io/acme/api"}.get(question, proposed)

        return ask

    assert init.perform(args, ENVIRONMENT, answering("no")) == 0
    assert not (root / ".github").exists()
    assert init.perform(args, ENVIRONMENT, answering("yes")) == 0
    assert questions[:3] == [
        "environments, in the order of a release",
        "image of api (Dockerfile)",
        "write these files",
    ]
    assert 'image: "quay.io/acme/api"' in written(root, "release")
    assert gate(root, "--check") == 0


@pytest.mark.parametrize("link", [".github", WORKFLOWS, f"{WORKFLOWS}/release.yml", ".go-release-gate.yml"])
def test_links_are_refused(tmp_path: Path, link: str) -> None:
    """Nothing is read or written through a link, and nothing is written at all then."""
    root = repository(tmp_path / "shop", SERVICE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(elsewhere / "file.yml" if link.endswith(".yml") else elsewhere)
    assert gate(root, "--yes") in (2, 5)
    assert list(elsewhere.iterdir()) == []
    assert not list(root.rglob("pull-request.yml"))


@pytest.mark.parametrize(
    "words",
    [
        ("--ref=main",),
        ("--ref=v1\nfoo",),
        ("--image=shop",),
        ("--image=ghcr.io/acme/shop:latest",),
        ("--environment=Prod uction",),
        ("--service=api=${{ github.token }}",),
        ("--private=${{ x }}",),
        ("--platform=linux",),
        ("--branch=a b",),
        ("--service=api=../Dockerfile",),
        ("--action-repository=acme",),
        ("--health=staging=javascript:x",),
        ("--overwrite=go.mod",),
    ],
)
def test_choices_that_no_workflow_could_hold(tmp_path: Path, words: tuple[str, ...]) -> None:
    """They are refused with exit 2, and nothing is written."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--yes", *words) == 2
    assert not (root / ".github").exists()


def test_names_of_a_repository_cannot_break_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder whose name is an expression or a command of the runner is neither written nor said as it is."""
    evil = "cmd/${{ github.token }}\n::error::x"
    files = {
        "go.mod": module("github.com/acme/shop"),
        f"{evil}/main.go": program(),
        f"{evil}/Dockerfile": dockerfile("."),
    }
    root = repository(tmp_path / "shop", files)
    assert gate(root, "--yes") == 0
    assert names(root) == {"pull-request", "annotate"}
    assert not [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]


def test_the_path_of_a_new_user(tmp_path: Path) -> None:
    """From a repository with a service to the branch of a gated pull request: `init`, push, and opening it."""
    root = repository(tmp_path / "shop", SERVICE)
    origin = tmp_path / "origin.git"
    git(tmp_path, "init", "-q", "--bare", str(origin))
    git(root, "remote", "set-url", "origin", str(origin))
    git(root, "push", "-q", "origin", "main")
    commands = [
        "go-release-gate init --yes --commit release-gate",
        "git push -u origin release-gate",
        "gh pr create --fill",
    ]
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert "\n".join(commands) in readme
    assert gate(root, *commands[0].split()[2:]) == 0
    assert git(root, *commands[1].split()[1:]) is not None
    changed = git(origin, "diff", "--name-only", "main", "release-gate").split()
    assert f"{WORKFLOWS}/pull-request.yml" in changed
    assert all(path.startswith(".") for path in changed)
    assert git(root, "status", "--porcelain") == ""


def test_a_commit_takes_nothing_else(tmp_path: Path) -> None:
    """What lies around in the tree, staged or not, is not committed; a branch that exists is refused."""
    root = repository(tmp_path / "shop", SERVICE)
    (root / "notes.txt").write_text("x", encoding="utf-8")
    git(root, "add", "notes.txt")
    assert gate(root, "--yes", "--commit=release-gate") == 0
    assert "notes.txt" not in git(root, "show", "--name-only", "--format=", "HEAD")
    (root / WORKFLOWS / "annotate.yml").unlink()
    assert gate(root, "--yes", "--commit=release-gate") == 2


def test_a_folder_inside_a_repository_is_refused(tmp_path: Path) -> None:
    """Workflows count at the root alone."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root / "cmd") == 2


def test_no_module(tmp_path: Path) -> None:
    """Without a go.mod there is nothing to install."""
    assert gate(repository(tmp_path / "x", {"README": "x"}), "--yes") == 2


def test_the_diff_is_coloured_where_colours_are_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Additions and removals in colours of their own; without, not one escape character."""
    root = repository(tmp_path / "shop", SERVICE)
    assert gate(root, "--dry-run", "--color=always") == 0
    assert "\x1b[32m+permissions: {}\x1b[0m" in capsys.readouterr().out
    assert gate(root, "--dry-run") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_file_that_changes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Between the look and the answer somebody may write: exit 4, and nothing is written at all."""
    root = repository(tmp_path / "shop", SERVICE)
    args = parse(find_verb("init"), [str(root)], ENVIRONMENT)
    assert args is not None

    def ask(question: str, proposed: str) -> str:
        if question == "write these files":
            (root / ".go-release-gate.yml").write_text("fail-on: warning\n", encoding="utf-8")
        return proposed

    with pytest.raises(RaceError):
        init.perform(args, ENVIRONMENT, ask)
    assert (root / ".go-release-gate.yml").read_text("utf-8") == "fail-on: warning\n"
    assert not (root / ".github").exists()
