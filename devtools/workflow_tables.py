"""The tables of docs/guides/pipeline.md: what each reusable workflow takes and gives, read from its YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import tag_workflow

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/guides/pipeline.md"
NAMES = ("verify", "verify-tag", "test", "build", "files", "push", "promote", "rollback", "health", "annotate")
SAME_AS = {"verify-tag": "verify"}
SHARED = ("runner", "on-host", "ca-bundle", "https-proxy", "no-proxy", "ref", "config")
"""Inputs that mean the same everywhere; they have a table of their own."""


def blocks() -> dict[str, dict[str, str]]:
    """Path → name of a block → its text."""
    documents = {name: _document(name) for name in NAMES}
    return {PAGE: {"workflows": "\n".join(line for name in NAMES for line in _section(name, documents[name]))}}


def _document(name: str) -> dict[Any, Any]:
    path = f".github/workflows/{name}.yml"
    text = tag_workflow.files().get(path) or (ROOT / path).read_text("utf-8")
    document: dict[Any, Any] = yaml.safe_load(text)
    return document


def _section(name: str, document: Mapping[Any, Any]) -> Iterator[str]:
    call = document[True]["workflow_call"]  # YAML 1.1 reads `on` as true
    rights = {right: level for job in document["jobs"].values() for right, level in job["permissions"].items()}
    yield from (f"### {name}", "", f"Takes {', '.join(f'`{right}: {rights[right]}`' for right in sorted(rights))}.", "")
    if name in SAME_AS:
        yield from (f"Inputs, secrets and outputs are those of [{SAME_AS[name]}](#{SAME_AS[name]}).", "")
        return
    yield from ("| input | means | default |", "|---|---|---|")
    for key, said in call["inputs"].items():
        if key not in SHARED:
            yield f"| `{key}` | {said['description']} | {_default(said)} |"
    shared = ", ".join(f"`{key}`" for key in SHARED if key in call["inputs"])
    yield from ("", f"Also {shared}.", "")
    if "secrets" in call:
        yield from ("| secret | means |", "|---|---|")
        yield from (f"| `{key}` | {said['description']} |" for key, said in call["secrets"].items())
        yield ""
    yield from ("| output | is |", "|---|---|")
    yield from (f"| `{key}` | {said['description']} |" for key, said in call["outputs"].items())
    yield ""


def _default(said: Mapping[str, Any]) -> str:
    if said.get("required"):
        return "required"
    value = said["default"]
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value == "" else "<br>".join(f"`{line}`" for line in str(value).strip().splitlines())
