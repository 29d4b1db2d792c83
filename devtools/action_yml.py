"""action.yml and setup/action.yml, made from the list of inputs and outputs; written by devtools/generate.py."""

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
SETUP_HEADER = """\
# Written by `python devtools/generate.py` from src/go_release_gate/config/inputs.py: change it there.
# The same step without a container: the command is put on PATH, and then run with the same inputs and outputs. With
# `verb: none` it is only put there.
name: setup go-release-gate
description: The step and the command go-release-gate on the runner itself, for runners without Docker
author: the go-release-gate authors
"""
SETUP_STEPS = """\
runs:
  using: composite
  steps:
    - shell: bash
      run: '"$GITHUB_ACTION_PATH/install.sh"'
    - id: step
      if: inputs.verb != 'none'
      shell: bash
      run: exec go-release-gate step  # no shell stays behind with the variables of the step
      env:
"""


def files() -> dict[str, str]:
    """Path relative to the root → the whole text it should have."""
    return {"action.yml": render(), "setup/action.yml": render_setup()}


def render() -> str:
    """The container action."""
    outputs = ((item.name, item.description) for item in OUTPUTS)
    lines = ["inputs:", *_inputs(_declared()), "outputs:", *_outputs(outputs)]
    return HEADER + "".join(line + "\n" for line in lines) + FOOTER


def render_setup() -> str:
    """The composite action, whose step reads what the runner gives a container: INPUT_ and the name in upper case."""
    lines = ["inputs:", *_inputs(_declared()), "outputs:"]
    for item in OUTPUTS:
        lines += _outputs([(item.name, item.description)])
        lines.append(f"    value: ${{{{ steps.step.outputs.{item.name} }}}}")
    given = [f"        INPUT_{name.upper()}: ${{{{ inputs.{name} }}}}" for name, *_ in _declared()]
    return SETUP_HEADER + "".join(line + "\n" for line in lines) + SETUP_STEPS + "".join(f"{line}\n" for line in given)


def _declared() -> list[tuple[str, str, str, str]]:
    return [(item.name, item.description, item.fallback, item.default) for item in INPUTS if item.in_action]


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
