"""workflow-templates/: what GitHub asks of starter workflows, in an organisation and in the public collection."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "workflow-templates"
STARTERS = sorted(path.stem for path in FOLDER.glob("*.yml"))
FIRST = {"Continuous integration", "Deployment", "Automation"}  # categories that are folders of the public collection

sys.path.insert(0, str(ROOT / "devtools"))
import starter_workflows  # noqa: E402 - devtools is no package


def said(name: str) -> dict[str, object]:
    """The properties of a starter workflow."""
    document: dict[str, object] = json.loads((FOLDER / f"{name}.properties.json").read_text("utf-8"))
    return document


def test_workflows_and_properties_come_in_pairs() -> None:
    """Each workflow has properties, and no properties are left over; all five are there."""
    assert sorted(path.name.removesuffix(".properties.json") for path in FOLDER.glob("*.properties.json")) == STARTERS
    assert STARTERS == ["annotate", "pull-request", "release", "rollback", "watch"]


@pytest.mark.parametrize("name", STARTERS)
def test_properties_are_whole(name: str) -> None:
    """Name, description, an icon that lies beside it, and categories, of which the first is one of the collection's."""
    properties = said(name)
    assert properties["name"]
    assert properties["description"]
    assert (FOLDER / f"{properties['iconName']}.svg").is_file()
    categories = properties["categories"]
    assert isinstance(categories, list)
    assert categories[0] in FIRST
    assert not FIRST & set(categories[1:])


def test_names_are_unique() -> None:
    """No two are called alike, neither in the list of templates nor as workflows."""
    assert len({said(name)["name"] for name in STARTERS}) == len(STARTERS)
    workflows = [yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))["name"] for name in STARTERS]
    assert sorted(workflows) == STARTERS


def test_the_default_branch_is_github_s_placeholder() -> None:
    """GitHub puts the repository's own branch in when somebody takes the workflow."""
    assert "branches: [$default-branch]" in (FOLDER / "pull-request.yml").read_text("utf-8")


def test_the_second_stage_follows_the_first() -> None:
    """annotate waits for pull-request by its name, and checks nothing out."""
    annotate = yaml.safe_load((FOLDER / "annotate.yml").read_text("utf-8"))
    assert annotate[True]["workflow_run"]["workflows"] == ["pull-request"]  # YAML 1.1 reads `on` as true
    callee = (ROOT / ".github/workflows/annotate.yml").read_text("utf-8")
    assert "checkout" not in callee.partition("\njobs:")[2]


def test_the_public_collection_can_take_them() -> None:
    """Converted, each lies in the folder of its first category, its properties and its icon in folders of their own,
    with a creator where deployments ask for one and without the organisation's file patterns."""
    files = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    public = starter_workflows.public_layout(files)
    assert "icons/go-release-gate.svg" in public
    folders = {"ci": 1, "deployments": 2, "automation": 2}
    for folder, count in folders.items():
        assert sum(path.startswith(f"{folder}/") and path.endswith(".yml") for path in public) == count
    for path, text in public.items():
        if path.endswith(".properties.json"):
            properties = json.loads(text)
            assert "filePatterns" not in properties
            assert ("creator" in properties) is path.startswith("deployments/")
            assert path.replace("properties/", "").replace(".properties.json", ".yml") in public
