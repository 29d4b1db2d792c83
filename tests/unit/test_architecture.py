"""The house keeps its directions: who may import whom, and what the start may load."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "go_release_gate"
NAME = "go_release_gate"

PURE = {"gotest", "dockerfile", "workflow", "gocommand", "binary", "ledger", "shell", "oci", "gomod", "model", "errors"}
FACTS = {*PURE, "facts"}
MAY_IMPORT = {
    "errors": set[str](),
    "model": {"errors"},
    "gomod": {"model", "errors"},
    "oci": {"gomod", "model", "errors"},
    "shell": {"model", "errors"},
    "gotest": {"gomod", "model", "errors"},
    "gocommand": {"shell", "gomod", "model", "errors"},
    "ledger": {"config", "oci", "gomod", "model", "errors"},
    "binary": {"gomod", "model", "errors"},
    "workflow": {"shell", "oci", "gomod", "model", "errors"},
    "dockerfile": {"shell", "oci", "gomod", "model", "errors"},
    "config": {"gomod", "model", "errors"},
    "facts": PURE,
    "pipeline": {*FACTS, "config"},
    "adapters": {*FACTS, "gitops", "config"},
    "rules": FACTS,
    "report": {*FACTS, "pipeline", "adapters", "rules", "config"},
    "gitops": {"oci", "gomod", "model", "errors"},
    "release": {*FACTS, "gitops", "report", "adapters", "rules", "config"},
    "publish": {*FACTS, "report", "adapters", "rules", "config"},
    "engine": {*FACTS, "pipeline", "report", "adapters", "rules", "config"},
    "cli": {*FACTS, "pipeline", "gitops", "release", "publish", "engine", "report", "adapters", "rules", "config"},
}
FREE = {"__init__", "__main__", "action"}
OF_IMAGES = (
    "binary",
    "dockerfile",
    "gitops",
    "gocommand",
    "ledger",
    "oci",
    "release",
    "shell",
    "workflow",
    "config.releases",
    "config.validate",
    "engine.release_facts",
    "facts.dockerfiles",
    "facts.go_calls",
    "facts.image_builds",
    "facts.image_content",
    "facts.image_uses",
    "facts.images",
    "facts.workflows",
    "facts.workloads",
    "rules.registry",
)
HEAVY = ("github", "jsonschema", "rich", "yaml", "ruamel", "requests", "concurrent.futures", "asyncio")


def room(path: Path) -> str:
    """The room a file lies in."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Rooms a file imports when it is loaded or used; names for the type checker alone are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    names = [
        name
        for node in ast.walk(tree)
        if node not in for_types
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    ]
    return {name.split(".")[1] for name in names if name.startswith(f"{NAME}.")}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_one_way(path: Path) -> None:
    """No file imports from a room that lies before its own in the flow."""
    here = room(path)
    if here in FREE:
        return
    foreign = imports(path) - {here, "errors"}

    assert foreign <= MAY_IMPORT[here], f"{path.relative_to(SOURCE)} imports {sorted(foreign - MAY_IMPORT[here])}"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_pieces_stay_small(path: Path) -> None:
    """A file has at most 400 lines and a function at most 50."""
    text = path.read_text("utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert text.count("\n") <= 400
    assert [n.name for n in functions if (n.end_lineno or 0) - n.lineno + 1 > 50] == []


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["check", "--no-such-option"]])
def test_start_is_light(words: list[str]) -> None:
    """Version, help and usage errors load none of the heavy libraries."""
    program = (
        "import sys\nfrom go_release_gate.__main__ import main\nsys.argv[1:] = " + repr(words) + "\n"
        "try:\n    code = main()\nexcept SystemExit as stop:\n    code = stop.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SOURCE.parent)},
    )

    assert done.stderr.splitlines()[-1] == "[]"


def loaded(words: list[str], place: Path) -> list[str]:
    """The modules of the house that one run of the command loads; it must pass."""
    program = (
        "import sys\nfrom go_release_gate.__main__ import main\n"
        f"sys.argv[1:] = {words!r}\ncode = main()\n"
        "print(code, *(name for name in sys.modules if name.startswith('go_release_gate.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent), "GOFLAGS": "", "GOWORK": "off"},
    )
    code, *names = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return [name.removeprefix(f"{NAME}.") for name in names]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A module with one program and nothing else."""
    (tmp_path / "go.mod").write_text("module example.com/shop\n\ngo 1.23\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    return tmp_path


def test_a_module_alone_loads_nothing_of_images(shop: Path) -> None:
    """A check without Dockerfile, workflow and manifest loads no reader of them and no rule about them."""
    found = loaded(["check", "--offline", "-q"], shop)

    assert "rules.of_modules" in found
    assert [name for name in found if name.startswith(OF_IMAGES)] == []


def test_a_dockerfile_brings_its_rules(shop: Path) -> None:
    """The list above is one of modules that a check does load where there is something to judge."""
    (shop / "Dockerfile").write_text('FROM scratch\nCOPY shop /shop\nUSER 65532:65532\nENTRYPOINT ["/shop"]\n')
    found = loaded(["check", "--offline", "-q"], shop)

    never = {"binary.read", "gitops", "ledger", "release", "config.releases", "config.validate", "facts.images"}
    assert [one for one in OF_IMAGES if one not in found and one not in never] == []


def test_a_build_loads_no_rule_that_it_does_not_run(shop: Path) -> None:
    """A build without Dockerfiles loads the rules about programs alone, and no reader of what else they judge."""
    found = loaded(["build", "--offline", "-q"], shop)

    assert "rules.of_builds" in found
    never = ("rules.registry", "rules.of_modules", "engine.run", "dockerfile", "workflow", "oci", "gotest")
    assert [name for name in found if name.startswith(never)] == []
