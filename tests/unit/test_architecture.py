"""The house keeps its directions: who may import whom, and what the start may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "go_release_gate"
NAME = "go_release_gate"

PURE = {"dockerfile", "workflow", "gocommand", "binary", "ledger", "shell", "oci", "gomod", "model", "errors"}
FACTS = {*PURE, "facts"}
MAY_IMPORT = {
    "errors": set[str](),
    "model": {"errors"},
    "gomod": {"model", "errors"},
    "oci": {"gomod", "model", "errors"},
    "shell": {"model", "errors"},
    "gocommand": {"shell", "gomod", "model", "errors"},
    "ledger": {"config", "oci", "gomod", "model", "errors"},
    "binary": {"gomod", "model", "errors"},
    "workflow": {"shell", "oci", "gomod", "model", "errors"},
    "dockerfile": {"shell", "oci", "gomod", "model", "errors"},
    "config": {"gomod", "model", "errors"},
    "facts": PURE,
    "adapters": {*FACTS, "gitops", "config"},
    "rules": FACTS,
    "report": {*FACTS, "adapters", "rules", "config"},
    "gitops": {"oci", "gomod", "model", "errors"},
    "release": {*FACTS, "gitops", "report", "adapters", "rules", "config"},
    "publish": {*FACTS, "report", "adapters", "rules", "config"},
    "engine": {*FACTS, "report", "adapters", "rules", "config"},
    "cli": {*FACTS, "gitops", "release", "publish", "engine", "report", "adapters", "rules", "config"},
}
FREE = {"__init__", "__main__", "action"}
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
