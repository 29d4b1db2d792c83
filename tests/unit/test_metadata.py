"""action.yml, inputs, workflows, documents, Dockerfile and locks say the same thing."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from go_release_gate.action import SECRETS
from go_release_gate.adapters.github.runner import OUTPUTS as WRITTEN
from go_release_gate.config.inputs import INPUTS, OUTPUTS, Kind

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/go_release_gate"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WORKFLOWS = [*sorted((ROOT / ".github/workflows").glob("*.yml")), *sorted((ROOT / "workflow-templates").glob("*.yml"))]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
KEBAB = re.compile(r"[a-z]+(-[a-z]+)*")
PIN = re.compile(r"(?m)^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;\\]+)")


def action() -> dict[str, Any]:
    """The parsed action.yml."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return document


def test_action_inputs_are_described_and_optional() -> None:
    """Each input has a kebab-case name, a description of one line and a quoted default, and none is required."""
    inputs = action()["inputs"]
    assert list(inputs) == [item.name for item in INPUTS if item.in_action]
    for name, entry in inputs.items():
        assert KEBAB.fullmatch(name)
        assert entry["required"] is False
        assert isinstance(entry["default"], str)
        assert entry["description"].endswith(".")
        assert "\n" not in entry["description"]


def test_action_outputs_are_written() -> None:
    """Each declared output is one that the step writes every time."""
    outputs = action()["outputs"]
    assert list(outputs) == [item.name for item in OUTPUTS]
    assert set(outputs) <= set(WRITTEN)
    assert all(entry["description"].endswith(".") for entry in outputs.values())


def test_action_can_be_listed() -> None:
    """Name, description, author and a branding that the marketplace knows; the container is built from our file."""
    document = action()
    assert document["name"] == "go-release-gate"
    assert 0 < len(document["description"]) <= 125
    assert document["author"]
    colours = {"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"}
    assert document["branding"]["color"] in colours
    assert KEBAB.fullmatch(document["branding"]["icon"])
    assert document["runs"] == {"using": "docker", "image": "Dockerfile"}


def test_every_secret_is_masked() -> None:
    """The step masks each input that is a secret, declared in action.yml or not."""
    assert set(SECRETS) == {item.name for item in INPUTS if item.kind is Kind.SECRET}


@pytest.mark.parametrize("name", [item.name for item in INPUTS if item.in_action and item.kind is Kind.SECRET])
def test_secret_inputs_are_read_somewhere(name: str) -> None:
    """A secret that nothing reads would be asked of users for nothing; the mask alone is no use of it."""
    readers = [path for path in SOURCE.rglob("*.py") if path.name not in ("inputs.py", "action.py")]
    assert any(f'"{name}"' in path.read_text("utf-8") for path in readers)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_real_inputs_and_outputs(path: Path) -> None:
    """In every example, `with:` holds declared inputs of the action and `outputs.NAME` declared outputs."""
    for block in re.findall(r"```ya?ml\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for step in _steps(yaml.safe_load(block.replace("…", "x"))):
            if "go-release-gate@" not in str(step.get("uses")):
                continue
            assert set(step.get("with") or {}) <= {item.name for item in INPUTS if item.in_action}
            named = set(re.findall(rf"steps\.{step.get('id')}\.outputs\.([a-z-]+)", block))
            assert named <= {item.name for item in OUTPUTS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_pictures_are_there_light_and_told_in_words(path: Path) -> None:
    """Each picture of a document lies in the repository, in a dark form too, is small, and its text has the result."""
    text = path.read_text("utf-8")
    for tag in re.findall(r"<img [^>]*>", text):
        source, told = (re.search(rf'{name}="([^"]*)"', tag)[1] for name in ("src", "alt"))  # type: ignore[index]
        dark = source.replace(".png", "-dark.png")
        assert f'srcset="{dark}"' in text
        assert re.search(r"error|pass|fail", told, re.IGNORECASE)
        for name in (source, dark):
            assert (path.parent / name).stat().st_size < 200_000


def _steps(node: Any) -> list[dict[str, Any]]:
    """Every mapping with a `uses` in a document, at any depth."""
    if isinstance(node, list):
        return [step for item in node for step in _steps(item)]
    if isinstance(node, dict):
        below = [step for item in node.values() for step in _steps(item)]
        return [node, *below] if "uses" in node else below
    return []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_pin_actions_and_grant_nothing(path: Path) -> None:
    """Every action is this one or named by a full commit hash with its version; the top level grants no right."""
    text = path.read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {}
    ours = r"acme/go-release-gate(/(setup|credentials|\.github/workflows/[a-z-]+\.yml))?@v\d  # .*"
    for line in re.findall(r"(?m)^\s*(?:- )?uses: (.*)$", text):
        assert re.fullmatch(rf"\./.*|[\w./-]+@[0-9a-f]{{40}}  # v\d+\.\d+\.\d+|{ours}", line), line


TEMPLATES = sorted((ROOT / "workflow-templates").glob("*.yml"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_are_described_and_say_what_is_read(path: Path) -> None:
    """Each starter workflow has its description, and gives the action inputs that it has."""
    described = json.loads(path.with_suffix(".properties.json").read_text("utf-8"))
    assert {"name", "description", "iconName", "categories"} <= set(described)
    for step in _steps(yaml.safe_load(path.read_text("utf-8"))):
        if "go-release-gate@" in step["uses"]:
            assert set(step.get("with") or {}) <= {item.name for item in INPUTS if item.in_action}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_are_hashed_and_free_of_addresses(path: Path) -> None:
    """Every requirement is pinned and hashed; no line names a URL, so that any mirror can serve them."""
    text = path.read_text("utf-8")
    entries = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert entries
    assert all("==" in entry.splitlines()[0] and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_locks_agree() -> None:
    """What is tested is what the container installs, and every direct dependency is locked."""
    runtime, dev = ({m["name"]: m["version"] for m in PIN.finditer((ROOT / f"requirements/{name}.txt").read_text())}
                    for name in ("runtime", "dev"))  # fmt: skip
    assert {name: dev[name] for name in runtime} == runtime
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {re.match(r"[\w.-]+", item)[0].lower().replace(".", "-") for item in wanted} <= set(runtime)  # type: ignore[index]


def test_container_keeps_the_runners_rules() -> None:
    """No USER, an entry point in exec form with an absolute path, bases behind arguments, wheels by hash alone."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    instructions = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    assert not re.search(r"(?m)^(USER|WORKDIR|VOLUME)\b", instructions)
    assert re.findall(r"(?m)^FROM (\S+)", instructions) == ["${GO_IMAGE}", "${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]
    assert 'ENTRYPOINT ["python", "-I", "/opt/go-release-gate/entrypoint.py"]' in instructions
    installs = re.findall(r"pip install.*", instructions)
    assert len(installs) == 1
    assert all(flag in installs[0] for flag in ("--require-hashes", "--only-binary :all:", "--no-deps"))


def test_entry_point_is_small() -> None:
    """entrypoint.py has at most 30 lines: it starts and decides nothing."""
    assert (ROOT / "entrypoint.py").read_text("utf-8").count("\n") <= 30


def test_version_is_written_once() -> None:
    """pyproject.toml takes the version from the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert "version" not in project
