"""Slips that people make in the workflows of `init`, ten or more for each: `check` names rule, file and line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.cli.app import run
from go_release_gate.pipeline.names import BLOCKS, TEMPLATES
from go_release_gate.pipeline.rendering import rendered
from support.pipelines import ENVIRONMENT, module, repository

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github/workflows"
CALL = "acme/go-release-gate/.github/workflows/"
VALUES = {
    "ACTION": "acme/go-release-gate",
    "REF": "v1",
    "DEFAULT_BRANCH": "main",
    "SERVICE": "api",
    "SERVICES": "[api]",
    "ENVIRONMENTS": "[staging, production]",
    "STAGING": "staging",
    "PRODUCTION": "production",
    "IMAGE": "ghcr.io/acme/api",
    "DOCKERFILE": "Dockerfile",
    "CONTEXT": ".",
    "TARGET": "release",
    "PLATFORMS": "linux/amd64",
    "TAG_FILTER": "v*",
    "PRIVATE": "github.com/acme",
    "MODULE": ".",
    "IMAGES": '[{service: "api", image: "ghcr.io/acme/api", dockerfile: "Dockerfile", context: ".", target: "", '
    'platforms: "linux/amd64"}]',
}
STANDING = BLOCKS.keys() - {"login-ghcr", "login-aws", "login-google", "login-azure", "multiple-services"}

RIGHTS = "permissions-exceed-caller"
GROUP = "concurrency-deadlock"
CALLED = "invalid-workflow-call"
OUTPUT = "missing-job-output"
LINT = "workflow-lint"
RULES = (RIGHTS, GROUP, CALLED, OUTPUT, LINT, "skippable-required-job", "untrusted-checkout", "workflow-call-cycle")

CHECKOUT = """\
  look:
    name: look
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read  # to look
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1  # v7.0.1
        with:
          ref: ${{ github.event.workflow_run.head_sha }}
          persist-credentials: false
      - run: make
"""


@dataclass(frozen=True)
class Mutant:
    """A slip: in which template, what stands there instead, and what is said at the first line with `at` behind it."""

    template: str
    old: str
    new: str
    rule: str
    at: str

    @property
    def name(self) -> str:
        """Its file, which says where it comes from."""
        return f"mutant-{MUTANTS.index(self)}-{self.template}.yml"

    def text(self) -> str:
        """The workflow with the slip."""
        before = clean(self.template)
        assert self.old in before, self.old
        return before.replace(self.old, self.new, 1)

    def line(self) -> int:
        """The line that must be named."""
        start = clean(self.template).index(self.old)
        at = self.text().index(self.at, self.text().rfind("\n", 0, start) + 1)
        return self.text().count("\n", 0, at) + 1


def within(template: str, job: str, old: str, new: str, rule: str, at: str = "") -> Mutant:  # noqa: PLR0917 - columns
    """A slip below a job: what is between the job's name and `old` stays."""
    text = clean(template)
    start = text.index(f"\n  {job}:\n", text.index("\njobs:\n"))
    end = text.index(old, start) + len(old)
    before = text[start:end]
    return Mutant(template, before, before[: -len(old)] + new, rule, at or new.strip() or old.strip())


def clean(template: str) -> str:
    """The template with every block, calling the reusable workflows beside it."""
    return (
        rendered(template, VALUES, STANDING)
        .replace(CALL, "./.github/workflows/")
        .replace(".yml@v1  # zizmor: ignore[unpinned-uses]", ".yml  # zizmor: ignore[self-repository]")
    )


def both(template: str, job: str) -> Mutant:
    """The same group at the workflow and at a job of it."""
    text = clean(template)
    jobs = text.index("\njobs:\n")
    said = text[text.index("\npermissions: {}\n") : text.index(f"\n  {job}:\n", jobs)]
    group = next((line for line in said.splitlines() if line.startswith("  group: ")), "  group: go-release-gate-x")
    top = "" if "concurrency:" in said else f"\nconcurrency:\n{group}\n  cancel-in-progress: false\n"
    inner = f"    concurrency:\n    {group}\n"
    start = f"{said}\n  {job}:\n"
    changed = said.replace("\npermissions: {}\n", f"\npermissions: {{}}\n{top}", 1)
    return Mutant(template, start, f"{changed}\n  {job}:\n{inner}", GROUP, f"{group}")


def wide(template: str, job: str) -> Mutant:
    """Every right, instead of those that are listed."""
    text = clean(template)
    start = text.index("    permissions:\n", text.index(f"\n  {job}:\n", text.index("\njobs:\n")))
    end = next(match.start() for match in re.finditer(r"^    \S", text[start:], re.MULTILINE) if match.start()) + start
    return Mutant(template, text[start:end], "    permissions: write-all\n", LINT, "permissions: write-all")


MUTANTS: tuple[Mutant, ...] = (
    within("pull-request", "verify", "pull-requests: write", "pull-requests: read", RIGHTS, "uses:"),
    within(
        "pull-request", "verify", "      checks: write  # the check run with its annotations\n", "", RIGHTS, "uses:"
    ),
    both("pull-request", "test"),
    within("pull-request", "verify", "      APP_PRIVATE_KEY:", "      APP_KEY:", CALLED),
    within("pull-request", "test", "      module-owners:", "      modules-owner:", CALLED),
    within("pull-request", "image", "workflows/build.yml", "workflows/builds.yml", CALLED),
    within("pull-request", "image", "      image: ${{ matrix.image }}\n", "", CALLED, "uses:"),
    within("pull-request", "image", "keep: false", 'keep: "no"', CALLED),
    within("pull-request", "required", "if: always()", "if: success()", "skippable-required-job"),
    within("pull-request", "code-scanning", "@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c  # v8.0.1", "@v8", LINT),
    within("pull-request", "required", 'echo "$RESULTS"', 'echo "${{ github.event.pull_request.title }}"', LINT),
    within("annotate", "annotate", "checks: write", "checks: read", RIGHTS, "uses:"),
    within("annotate", "annotate", "      actions: read  #", "      #", RIGHTS, "uses:"),
    within("annotate", "annotate", "workflows/annotate.yml", "workflows/anotate.yml", CALLED),
    within("annotate", "annotate", "      ca-bundle:", "      ca-bundel:", CALLED),
    within("annotate", "annotate", "    with:\n", "    secrets:\n      TOKEN: x\n    with:\n", CALLED, "      TOKEN:"),
    within("annotate", "annotate", "    with:\n", '    with:\n      on-host: "yes"\n', CALLED, "on-host:"),
    both("annotate", "annotate"),
    Mutant("annotate", "\njobs:\n", f"\njobs:\n{CHECKOUT}\n", "untrusted-checkout", "ref: ${{ github.event"),
    wide("annotate", "annotate"),
    within("annotate", "annotate", "contains(fromJSON(", "contain(fromJSON(", LINT, "if: >-"),
    within("release", "push", "packages: write", "packages: read", RIGHTS, "uses:"),
    within("release", "verify", "      packages: read  # to ask", "      # to ask", RIGHTS, "uses:"),
    within("release", "test", "needs.build.outputs.digest", "needs.build.outputs.digests", OUTPUT),
    within("release", "push", "needs: [verify, build, test]", "needs: [verify, build]", OUTPUT, "needs.test.outputs"),
    within("release", "push", "      references: ${{ needs.build.outputs.references }}\n", "", CALLED, "uses:"),
    within("release", "push", "      REGISTRY_CREDENTIALS:", "      REGISTRY_CREDENTIAL:", CALLED),
    both("release", "push"),
    within("release", "staging", "workflows/promote.yml", "workflows/promotes.yml", CALLED),
    within("release", "production", "      to: ", "      too: ", CALLED),
    within("release", "verify", "cache: false", 'cache: "off"', CALLED),
    within("release", "publish", "needs.files.outputs.checksums", "needs.files.outputs.checksum", OUTPUT),
    wide("release", "files"),
    within("rollback", "rollback", "contents: write", "contents: read", RIGHTS, "uses:"),
    within("rollback", "rollback", "      id-token: write", "      # id-token", RIGHTS, "uses:"),
    within("rollback", "rollback", "      signed-request:", "      signed-requests:", CALLED),
    within("rollback", "rollback", "      REQUEST_KEY:", "      REQUEST_KEYS:", CALLED),
    within("rollback", "rollback", "workflows/rollback.yml", "workflows/roll-back.yml", CALLED),
    within("rollback", "rollback", "dry-run: ${{ inputs.dry-run || false }}", 'dry-run: "no"', CALLED),
    within("rollback", "rollback", "inputs.dry-run ||", "inputs.dryrun ||", LINT),
    both("rollback", "rollback"),
    wide("rollback", "rollback"),
    within("rollback", "rollback", "format('{0}-rollback'", "format('{1}-rollback'", LINT),
    within("watch", "health", "issues: write", "issues: read", RIGHTS, "uses:"),
    within("watch", "health", "      deployments: write", "      # deployments", RIGHTS, "uses:"),
    within("watch", "health", "      environment: ${{", "      environments: ${{", CALLED),
    within("watch", "health", "      environment: ${{ matrix.environment }}\n", "", CALLED, "uses:"),
    within("watch", "health", "      METRICS_TOKEN:", "      METRIC_TOKEN:", CALLED),
    within("watch", "health", "workflows/health.yml", "workflows/healthy.yml", CALLED),
    within("watch", "health", "matrix.service }}", "matrix.services }}", LINT),
    Mutant("watch", '"7,22,37,52 * * * *"', '"7,22,37,62 * * * *"', LINT, "- cron:"),
    both("watch", "health"),
    wide("watch", "health"),
)
NAMED = [f"{number}-{one.template}-{one.rule}" for number, one in enumerate(MUTANTS)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, int]]:
    """Rule, file and line of each finding in a repository with every template and every mutant."""
    programs = sorted((ROOT / ".cache/bin").glob("actionlint-*"))
    if not programs or shutil.which("go") is None or not Path(sys.executable).with_name("zizmor").exists():
        pytest.skip("no actionlint, zizmor or Go here: `make lint` builds them")
    folder = tmp_path_factory.mktemp("mutants")
    files = {path.name: path.read_text("utf-8") for path in WORKFLOWS.glob("*.yml")}
    files = {name: text for name, text in files.items() if "workflow_call:" in text}
    files |= {f"clean-{name}.yml": clean(name) for name in TEMPLATES} | {one.name: one.text() for one in MUTANTS}
    tree = {f".github/workflows/{name}": text for name, text in files.items()}
    root = repository(folder / "shop", {**tree, "go.mod": module("github.com/acme/shop")})
    (folder / "bin").mkdir()
    (folder / "bin/actionlint").symlink_to(programs[-1])
    (folder / "bin/zizmor").symlink_to(Path(sys.executable).with_name("zizmor"))
    environment = {**ENVIRONMENT, "HOME": str(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run(["check", str(root), "--select", ",".join(RULES), "--offline", "--format", "json"], environment)
    report: dict[str, Any] = json.loads(out.getvalue())
    places = [(one["rule"], one["location"]) for one in report["findings"] if one["location"]]
    return {(rule, Path(at["path"]).name, at["line"]) for rule, at in places}


def test_templates_as_they_are_have_no_finding(found: set[tuple[str, str, int]]) -> None:
    """Neither the templates nor what they call."""
    assert sorted(one for one in found if not one[1].startswith("mutant-")) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMED)
def test_each_slip_is_named(mutant: Mutant, found: set[tuple[str, str, int]]) -> None:
    """By the rule that knows it, in its file, at its line."""
    said = sorted((rule, line) for rule, name, line in found if name == mutant.name)
    assert (mutant.rule, mutant.line()) in said, (mutant.line(), said)


def test_there_are_ten_for_each() -> None:
    """Every template has at least ten."""
    assert all(sum(one.template == name for one in MUTANTS) >= 10 for name in TEMPLATES)
