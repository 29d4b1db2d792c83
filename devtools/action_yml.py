"""action.yml, made from the list of inputs and outputs; written by devtools/generate.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from go_release_gate.config.inputs import INPUTS, OUTPUTS

HEADER = """\
# Written by `python devtools/generate.py` from src/go_release_gate/config/inputs.py: change it there.
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


def files() -> dict[str, str]:
    """Path relative to the root → the whole text it should have."""
    return {"action.yml": render()}


def render() -> str:
    """The whole file."""
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
