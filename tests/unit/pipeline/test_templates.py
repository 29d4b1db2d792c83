"""Reusable workflows, templates and starter workflows: clean for three checkers, and true to what they call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_release_gate.config.inputs import INPUTS, OUTPUTS
from go_release_gate.pipeline.names import BLOCKS, PLACEHOLDERS, TEMPLATES
from go_release_gate.pipeline.rendering import TemplateError, placeholders, rendered, template

ROOT = Path(__file__).parents[3]
REUSABLE = ("verify", "verify-tag", "test", "build", "files", "push", "promote", "rollback", "health", "annotate")
OWN = "acme/go-release-gate"
WORKFLOWS = f"{OWN}/.github/workflows/"
VALUES = {
    "ACTION": OWN,
    "REF": "v1",
    "DEFAULT_BRANCH": "main",
    "SERVICE": "api",
    "SERVICES": "[api, worker]",
    "ENVIRONMENTS": "[staging, production]",
    "STAGING": "staging",
    "PRODUCTION": "production",
    "IMAGE": "ghcr.io/acme/api",
    "DOCKERFILE": "services/api/Dockerfile",
    "CONTEXT": ".",
    "TARGET": "release",
    "PLATFORMS": "linux/amd64,linux/arm64",
    "TAG_FILTER": "services/api/v*",
    "PRIVATE": "github.com/acme,github.com/partner",
    "MODULE": "services/api",
    "IMAGES": '[{service: "api", image: "ghcr.io/acme/api", dockerfile: "Dockerfile", context: ".", target: "", '
    'platforms: "linux/amd64,linux/arm64"}]',
}
SETS: dict[str, Collection[str]] = {
    "least": {"login-ghcr"},
    "two-environments": {"login-ghcr", "production", "codeql"},
    "watched": {"login-ghcr", "production", "health"},
    "files": {"login-ghcr", "files", "image"},
    "files-watched": {"login-ghcr", "production", "health", "files"},
    "company": {"login-credentials", "registry-credentials", "private-modules", "production", "ca-bundle", "target"},
    "services": {"login-ghcr", "multiple-services", "production", "health", "private-modules"},
    "aws": {"login-aws", "production", "ca-bundle"},
    "google": {"login-google", "production", "target"},
    "azure": {"login-azure", "production", "health", "codeql", "ca-bundle"},
    "everything": frozenset(BLOCKS) - {"login-ghcr", "login-aws", "login-google", "login-azure"},
}
COMMIT = {**VALUES, "REF": "a" * 40}


def instances() -> dict[str, str]:
    """File name → text: every template with every set of blocks, and the starter workflows as they stand."""
    made = {f"{kind}-{name}.yml": rendered(name, VALUES, SETS[kind]) for kind in SETS for name in TEMPLATES}
    for path in sorted((ROOT / "workflow-templates").glob("*.yml")):
        made[f"starter-{path.name}"] = path.read_text("utf-8")
    for name in REUSABLE:
        made[f"reusable-{name}.yml"] = reusable_text(name)
    return made


def reusable_text(name: str) -> str:
    """A reusable workflow as it stands."""
    return (ROOT / f".github/workflows/{name}.yml").read_text("utf-8")


def reusable(name: str) -> dict[Any, Any]:
    """The same, read."""
    document: dict[Any, Any] = yaml.safe_load(reusable_text(name))
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with all of them, for the checkers."""
    place = tmp_path_factory.mktemp("repository") / ".github/workflows"
    place.mkdir(parents=True)
    for name, text in instances().items():
        (place / name).write_text(text)
    return place


def run(*words: str | Path, cwd: Path) -> tuple[int, str]:
    """Exit code and output of a program."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=250)
    return done.returncode, done.stdout + done.stderr


def test_actionlint_has_nothing_to_say(folder: Path) -> None:
    """All of them, as they stand and with each set of values, are clean under actionlint with shellcheck."""
    programs = sorted((ROOT / ".cache/bin").glob("actionlint-*"))
    if not programs:
        pytest.skip("no actionlint here: `make lint` builds it")
    shellcheck = Path(sys.executable).parent / "shellcheck"
    assert run(programs[-1], "-shellcheck", shellcheck, *sorted(folder.iterdir()), cwd=folder) == (0, "")


def test_zizmor_has_nothing_to_say(folder: Path) -> None:
    """The same under zizmor's auditor, which gives no network to its questions."""
    zizmor = Path(sys.executable).parent / "zizmor"
    actions = [ROOT / name / "action.yml" for name in ("setup", "credentials")]
    code, said = run(zizmor, "--offline", "--quiet", "--persona", "auditor", *folder.iterdir(), *actions, cwd=folder)
    assert code == 0, said


@pytest.mark.parametrize("name", sorted(instances()))
def test_the_schema_of_workflows_holds(name: str) -> None:
    """Each is valid under the schema that editors use."""
    import jsonschema

    text = files("check_jsonschema.builtin_schemas.vendor").joinpath("github-workflows.json").read_text("utf-8")
    document = yaml.load(instances()[name], Loader=_Words)  # noqa: S506 - a safe loader that leaves `on` a word
    jsonschema.Draft7Validator(json.loads(text)).validate(document)


class _Words(yaml.SafeLoader):
    """YAML 1.2's truth values, as GitHub reads them."""


_Words.yaml_implicit_resolvers = {
    mark: [(tag, pattern) for tag, pattern in entries if tag != "tag:yaml.org,2002:bool" or mark in "tTfF"]
    for mark, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def calls(text: str) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Job → (reusable workflow that it calls, the job, the workflow)."""
    jobs = yaml.safe_load(text)["jobs"]
    called = {job: entry["uses"] for job, entry in jobs.items() if str(entry.get("uses", "")).startswith(WORKFLOWS)}
    names = {job: uses.removeprefix(WORKFLOWS).partition(".yml@")[0] for job, uses in called.items()}
    return {job: (name, jobs[job], reusable(name)) for job, name in names.items()}


@pytest.mark.parametrize("name", sorted(name for name in instances() if not name.startswith("reusable")))
def test_calls_give_what_is_asked_for(name: str) -> None:
    """Each job that calls gives known inputs of the right type, all that are required, known secrets, and at least
    the permissions that the called jobs take."""
    for job, (called, entry, workflow) in calls(instances()[name]).items():
        trigger = workflow[True]["workflow_call"]  # YAML 1.1 reads `on` as true
        given = entry.get("with") or {}
        assert set(given) <= set(trigger["inputs"]), (job, called)
        assert {key for key, said in trigger["inputs"].items() if said.get("required")} <= set(given), (job, called)
        for key, value in given.items():
            wants_boolean = trigger["inputs"][key]["type"] == "boolean"
            assert "${{" in str(value) or isinstance(value, bool) is wants_boolean, (job, key)
        assert set(entry.get("secrets") or {}) <= set(trigger.get("secrets") or {}), (job, called)
        for inner in workflow["jobs"].values():
            for right, level in inner["permissions"].items():
                assert entry["permissions"].get(right) in {level, "write"}, (job, called, right)


@pytest.mark.parametrize("name", sorted(name for name in instances() if not name.startswith("reusable")))
def test_groups_are_of_caller_or_callee_alone(name: str) -> None:
    """No concurrency group of a called job can be that of the workflow which calls it: their literal beginnings
    differ; and a rollback never shares one with a promotion."""
    mine = [group for group in _groups(yaml.safe_load(instances()[name])) if group]
    for called, _, workflow in calls(instances()[name]).values():
        theirs = list(_groups(workflow))
        assert all(one.startswith("go-release-gate-") for one in mine + theirs)
        beginnings = {one.partition("${{")[0] for one in theirs}
        assert not beginnings & {one.partition("${{")[0] for one in mine}, called


def _groups(document: Mapping[Any, Any]) -> list[str]:
    entries = [document, *document["jobs"].values()]
    return [entry["concurrency"]["group"] for entry in entries if "concurrency" in entry]


def test_rollback_waits_for_nobody() -> None:
    """A rollback has a group and an environment that no promotion has, whatever the inputs are."""
    rollback, promote = (reusable(name)["jobs"][name] for name in ("rollback", "promote"))
    assert rollback["concurrency"]["group"].partition("${{")[0] == "go-release-gate-rollback-"
    assert promote["concurrency"]["group"].partition("${{")[0] == "go-release-gate-promote-"
    assert "{0}-rollback" in rollback["environment"]
    assert rollback["concurrency"]["cancel-in-progress"] is False


@pytest.mark.parametrize("name", REUSABLE)
def test_reusable_workflows_are_called_and_nothing_else(name: str) -> None:
    """Only `workflow_call` starts them; nothing is granted on top; inputs have a type and a description; outputs lead
    to outputs of jobs; each job has a name, a time limit and its own permissions."""
    document = reusable(name)
    assert list(document[True]) == ["workflow_call"]
    assert document["permissions"] == {}
    call = document[True]["workflow_call"]
    for said in call["inputs"].values():
        assert said["type"] in {"string", "boolean", "number"}
        assert said["description"].endswith(".")
        assert ("default" in said) is not said.get("required", False)
    for key, output in call["outputs"].items():
        words = output["value"].strip("${} ").split(".")
        assert words[0] != "jobs" or words[3] in document["jobs"][words[1]]["outputs"], key
    for job in document["jobs"].values():
        assert {"name", "timeout-minutes", "permissions"} <= set(job)


@pytest.mark.parametrize("name", REUSABLE)
def test_scripts_hold_no_expression(name: str) -> None:
    """What callers give reaches a script by its environment alone."""
    for job in reusable(name)["jobs"].values():
        assert not [step for step in job["steps"] if "${{" in step.get("run", "")]


@pytest.mark.parametrize("name", REUSABLE)
def test_steps_of_ours_take_and_give_what_they_have(name: str) -> None:
    """A step of the action gives it inputs that it has, and its outputs are read by names that it writes; checkouts
    keep no credentials."""
    inputs, outputs = {item.name for item in INPUTS if item.in_action}, {item.name for item in OUTPUTS}
    for job in reusable(name)["jobs"].values():
        ours = {step.get("id") for step in job["steps"] if _is_ours(step)}
        for step in job["steps"]:
            if _is_ours(step):
                assert set(step["with"]) <= inputs
            if "checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
        for value in job.get("outputs", {}).values():
            for read in (word for word in value.split() if word.startswith("steps.")):
                _, step_id, _, output = read.split(".")
                assert step_id not in ours or output in outputs, read


def _is_ours(step: Mapping[str, Any]) -> bool:
    return str(step.get("uses", "")).startswith((f"{OWN}@", f"{OWN}/setup@"))


@pytest.mark.parametrize("kind", sorted(SETS))
def test_the_required_job_always_decides(kind: str) -> None:
    """It is the last job, waits for all that decide, runs whatever became of them, and no path filter is anywhere."""
    document = yaml.safe_load(rendered("pull-request", VALUES, SETS[kind]))
    *others, last = document["jobs"]
    job = document["jobs"][last]
    assert job["name"] == "go-release-gate"
    assert job["if"] == "always()"
    assert set(others) - {"code-scanning"} == set(job["needs"])
    good = job["steps"][0]["env"]["IS_GOOD"]
    assert all(f"'{word}'" in good for word in ("failure", "cancelled", "skipped"))
    triggers = document[True]
    assert {"pull_request", "merge_group"} <= set(triggers)
    assert not [key for said in triggers.values() for key in said or () if key.startswith("paths")]


@pytest.mark.parametrize("kind", sorted(SETS))
def test_the_digest_travels(kind: str) -> None:
    """Test gets what build made, push what was tested, and promotions what was pushed; all of the verified commit."""
    jobs = yaml.safe_load(rendered("release", VALUES, SETS[kind]))["jobs"]
    assert jobs["test"]["with"]["digest"] == "${{ needs.build.outputs.digest }}"
    assert jobs["push"]["with"]["digest"] == "${{ needs.test.outputs.digest }}"
    moves = [jobs[name] for name in ("staging", "production") if name in jobs]
    assert {move["with"]["to"] for move in moves} == {"${{ needs.push.outputs.digest }}"}
    commits = {jobs[name]["with"]["ref"] for name in ("build", "test", "push")}
    assert commits == {"${{ needs.verify.outputs.commit }}"}
    assert not any(jobs[name]["with"]["cache"] for name in ("verify", "test"))


@pytest.mark.parametrize("kind", sorted(SETS))
def test_a_release_only_reads_until_it_pushes(kind: str) -> None:
    """What judges, builds and tests a tag is granted no right to write; verify-tag differs from verify in rights and
    in what it shows alone."""
    jobs = yaml.safe_load(rendered("release", VALUES, SETS[kind]))["jobs"]
    levels = {level for name in ("verify", "build", "test") for level in jobs[name]["permissions"].values()}
    assert levels == {"read"}
    full, small = reusable("verify"), reusable("verify-tag")
    assert small[True] == full[True]
    assert set(full["jobs"]["verify"]["permissions"].items()) - set(small["jobs"]["verify"]["permissions"].items()) == {
        ("checks", "write"),
        ("pull-requests", "write"),
    }
    shown = [step["with"] for step in small["jobs"]["verify"]["steps"] if _is_ours(step)]
    assert len(shown) == 2
    assert all((one["check-run"], one["review"], one["comment"]) == ("false", "false", "never") for one in shown)


def test_names_are_those_of_the_tables() -> None:
    """Templates use no placeholder and no block that pipeline/names.py does not explain, and each of these is used."""
    texts = [template(name) for name in TEMPLATES]
    assert frozenset().union(*map(placeholders, texts)) == set(PLACEHOLDERS)
    words = {word for text in texts for line in text.splitlines() if "#? if" in line for word in [line.split()[-1]]}
    assert words <= set(BLOCKS)
    assert set(BLOCKS) - words == {"login-ghcr"}  # the workflows' own default


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_value_that_is_missing_is_refused(name: str) -> None:
    """A template is never written with a placeholder left."""
    with pytest.raises(TemplateError, match="has no value"):
        rendered(name, {}, BLOCKS)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_commit_can_be_pinned(name: str) -> None:
    """With a full commit in place of a tag, every `uses` names one."""
    text = rendered(name, COMMIT, SETS["everything"])
    used = [line.split("uses:")[1].split()[0] for line in text.splitlines() if "uses:" in line]
    assert used
    assert all(len(uses.partition("@")[2]) == 40 for uses in used)


def test_names_in_groups_stay_apart() -> None:
    """No `-` joins two names that may hold one: `api` in `eu-production` is not `api-eu` in `production`."""
    for name in ("rollback", "promote", "health"):
        (group,) = _groups(reusable(name))
        assert "}}-${{" not in group


@pytest.mark.parametrize(("digest", "code"), [("", 1), ("sha256:" + "a" * 64, 0)])
def test_nothing_is_pushed_without_a_digest(digest: str, code: int) -> None:
    """An output that GitHub dropped, because it looks like a secret, does not become `whatever the artifact has`."""
    first = reusable("push")["jobs"]["push"]["steps"][1]
    assert first["env"] == {"DIGEST": "${{ inputs.digest }}"}
    environ = {"PATH": os.environ["PATH"], "DIGEST": digest}
    done = subprocess.run(["bash", "-e", "-c", first["run"]], env=environ, capture_output=True, check=False)
    assert done.returncode == code
