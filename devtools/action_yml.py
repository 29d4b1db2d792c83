"""action.yml, made from the list of inputs and outputs.

    python devtools/action_yml.py [--check]

Without --check the file is written; with it nothing is, and the exit code is 1 when the file is out of step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "action.yml"
HEADER = """\
# Written by devtools/action_yml.py from src/go_release_gate/config/inputs.py: change it there.
name: go-release-gate
description: Judges every Go module of a repository before its release - tidy, verified, vendor in step, policies kept
author: the go-release-gate authors
branding:
  icon: check-circle
  color: blue
"""
FOOTER = """\
runs:
  using: docker
  image: Dockerfile
"""


def render() -> str:
    """The whole file."""
    from go_release_gate.config.inputs import INPUTS, OUTPUTS

    inputs = ((item.name, item.description, item.fallback, item.default) for item in INPUTS if item.in_action)
    outputs = ((item.name, item.description) for item in OUTPUTS)
    lines = ["inputs:", *_inputs(inputs), "outputs:", *_outputs(outputs)]
    return HEADER + "".join(line + "\n" for line in lines) + FOOTER


def _inputs(items: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    for name, description, fallback, default in items:
        said = f"{description.rstrip('.')} (default: {fallback})." if fallback else description
        yield f"  {name}:"
        yield f"    description: {quoted(said)}"
        yield "    required: false"
        yield f"    default: {quoted(default)}"


def _outputs(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, description in items:
        yield f"  {name}:"
        yield f"    description: {quoted(description)}"


def quoted(text: str) -> str:
    """A YAML scalar in double quotes; `text` is one line of printable characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main(argv: list[str]) -> int:
    """Write or check the file."""
    sys.path.insert(0, str(ROOT / "src"))
    text = render()
    if "--check" in argv:
        is_same = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
        print("action.yml is in step" if is_same else "action.yml is out of step: run python devtools/action_yml.py")
        return 0 if is_same else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
