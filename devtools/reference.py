"""docs/reference and the configuration's schema file, from the declared verbs, inputs, outputs and settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from go_release_gate.cli import options
from go_release_gate.config.inputs import INPUTS, OUTPUTS, Input, Kind
from go_release_gate.config.schema import config_schema
from go_release_gate.rules.registry import RULES

_BLOCK = "<!-- begin generated {0}: python devtools/generate.py -->\n\n<!-- end generated {0} -->\n"

START = {
    "docs/reference/cli.md": (
        "# Command line\n\nEvery verb with its options, as `--help` shows them.\n\n" + _BLOCK.format("verbs")
    ),
    "docs/reference/config.md": (
        "# Configuration file\n\n"
        "`.go-release-gate.yml` at the root of the repository, read as YAML 1.2. Unknown keys are errors.\n"
        "Flags and environment win over the file. On a pull request the base commit's file counts; the pull\n"
        "request's own can only tighten it. `go-release-gate config --effective` shows what is in force and why.\n\n"
        + _BLOCK.format("keys")
    ),
    "docs/reference/inputs.md": (
        "# Inputs\n\nOne list for the workflow step, the command line and the environment. A list takes one entry\n"
        "per line or commas, `#` starts a comment; a boolean is `true` or `false`; an empty input is one that is not\n"
        "given.\n\n"
        + _BLOCK.format("inputs")
    ),
    "docs/reference/outputs.md": "# Outputs of the workflow step\n\nAll are strings.\n\n" + _BLOCK.format("outputs"),
    "docs/reference/exit-codes.md": "# Exit codes\n\n" + _BLOCK.format("codes"),
}  # fmt: skip

CODES = (
    (0, "pass", "judged, nothing at or above `--fail-on`"),
    (1, "fail", "judged, findings at or above `--fail-on`; a verdict on health that is `fail`; a ledger with a fault"),
    (2, "-", "wrong usage or configuration; no module found"),
    (3, "unavailable", "could not judge (network, credentials, Go, space, time limit), and no finding fails"),
    (4, "-", "somebody else was faster, or a plan is no longer true; nothing was changed"),
    (5, "-", "refused: a hold, a policy, nothing to go back to, a tag that is taken, a changed tree"),
    (130, "-", "interrupted (128 and the signal's number); nothing was changed"),
)


def files() -> dict[str, str]:
    """Files that are generated as a whole."""
    schema = config_schema([rule.id for rule in RULES])
    return {"src/go_release_gate/config/schema.json": json.dumps(schema, indent=2) + "\n"}


def blocks() -> dict[str, dict[str, str]]:
    """Path → name of a block → its text."""
    return {
        "docs/reference/cli.md": {"verbs": "\n".join(map(_verb, (*options.VERBS, *options.RELEASE_ACTIONS)))},
        "docs/reference/config.md": {"keys": _keys()},
        "docs/reference/inputs.md": {"inputs": _inputs()},
        "docs/reference/outputs.md": {
            "outputs": _table(("output", "holds"), ((f"`{one.name}`", one.description) for one in OUTPUTS))
        },
        "docs/reference/exit-codes.md": {
            "codes": _table(("code", "verdict", "meaning"), ((str(code), word, text) for code, word, text in CODES))
        },
    }  # fmt: skip


def _verb(verb: options.Verb) -> str:
    """The help of a verb, at a fixed width whatever the terminal."""
    parser = options.build_parser(verb, width=100)
    return f"## {verb.name}\n\n```text\n{parser.format_help().rstrip()}\n```\n"


def _inputs() -> str:
    rows = [
        (
            f"`{item.name}`",
            f"`--{item.name}`" if item.is_option else "-",
            f"`{item.variables()[1]}`",
            f"`{item.key}`" if item.key else "-",
            _about(item),
        )
        for item in INPUTS
        if item.in_action or "check" in item.verbs
    ]
    return _table(("input", "option", "variable", "key in the file", "does"), rows)


def _about(item: Input) -> str:
    words = [item.description]
    if item.choices:
        words.append(f"One of {', '.join(item.choices)}.")
    if item.fallback:
        words.append(f"Default: {item.fallback}.")
    if item.kind is Kind.SECRET:
        words.append("Secret: never an option, masked everywhere.")
    return " ".join(words)


def _keys() -> str:
    schema = config_schema([])
    rows = [row for key, item in schema["properties"].items() for row in _key_rows(key, item)]
    return _table(("key", "value", "means"), rows)


def _key_rows(key: str, item: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    rows = [(f"`{key}`", _value(item), str(item["description"]))]
    for inner, schema in item.get("properties", {}).items():
        rows += _key_rows(f"{key}.{inner}", schema)
    if "properties" in item.get("items", {}):
        rows += [
            row
            for inner, schema in item["items"]["properties"].items()
            for row in _key_rows(f"{key}[].{inner}", schema)
        ]
    return rows


def _value(item: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "enum" in item:
        return ", ".join(f"`{word}`" for word in item["enum"])
    if "anyOf" in item:
        return " or ".join(_value(option) for option in item["anyOf"])
    if item.get("type") == "array":
        return f"list of {_value(item['items'])}"
    if item.get("type") == "object" and "propertyNames" in item:
        return f"{_value(item['propertyNames'])} → {_value(item['additionalProperties'])}"
    if "properties" in item:
        return "keys " + ", ".join(f"`{key}`" for key in item["properties"])
    kind = str(item["type"])
    return {"string": "text", "integer": "number"}.get(kind, kind)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    texts = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([texts[0], "|" + "---|" * len(lines[0]), *texts[1:]])
