"""A starter workflow that GitHub would not offer, or not as it should.

## What it finds

In `workflow-templates`, the folder of an organisation's starter workflows: a properties file without its workflow and a
workflow without its properties; JSON that is none; `name`, `description` or `iconName` that is missing, empty or no
text; a name that two templates have; an icon without its file; `categories` that are no list of texts, or have their
general category behind a language; a `filePatterns` entry that is no regular expression.

## Why

GitHub leaves such a template out, or shows it without icon in the wrong place, and says nothing about it.

## Fix

As the message says.

## Limits

Only the organisation's layout, files side by side; not that of actions/starter-workflows. What the workflow itself says
is for the other rules once it is installed.

## References

- https://docs.github.com/en/actions/how-tos/reuse-automations/create-workflow-templates
- https://github.com/actions/starter-workflows/blob/main/script/validate-data/index.ts
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from go_release_gate.facts.starter_templates import FOLDER, StarterTemplates
from go_release_gate.model.finding import Location, Target
from go_release_gate.model.severity import Severity
from go_release_gate.rules.base import Draft, Rule

RULE = Rule(
    id="invalid-starter-template",
    summary="a starter workflow that GitHub would not offer, or not as it should",
    severity=Severity.WARNING,
    since="0.1",
    needs=(StarterTemplates,),
)

PROPERTIES = ".properties.json"
WORKFLOWS = (".yml", ".yaml")
GENERAL = ("Automation", "Continuous integration", "Deployment", "Pages", "Security", "Agentic Workflows")
OCTICON = "octicon "


@RULE.check
def check(templates: StarterTemplates) -> Iterator[Draft]:
    """One draft per thing that is wrong with a template."""
    for name in sorted(templates.names):
        stem, dot, _ = name.rpartition(".")
        if name.endswith(WORKFLOWS) and dot and f"{stem}{PROPERTIES}" not in templates.names:
            yield _draft(name, 1, f"{stem}{PROPERTIES} is missing beside it: GitHub does not offer it", "pair")
    taken: dict[str, str] = {}
    for name, data in sorted(templates.properties.items()):
        stem = name.removesuffix(PROPERTIES)
        if not any(f"{stem}{ending}" in templates.names for ending in WORKFLOWS):
            yield _draft(name, 1, f"{stem}.yml is missing beside it", "pair")
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            yield _draft(name, getattr(error, "lineno", 1), "no JSON: the template is left out", "json")
            continue
        if not isinstance(document, dict):
            yield _draft(name, 1, "no JSON object: the template is left out", "json")
            continue
        for key, said in _flaws(document, templates, taken, name):
            yield _draft(name, _line(data, key), said, f"{key} {said}")


def _flaws(
    document: Mapping[str, Any], templates: StarterTemplates, taken: dict[str, str], name: str
) -> Iterator[tuple[str, str]]:
    for key in ("name", "description", "iconName"):
        if not isinstance(document.get(key), str) or not document[key].strip():
            yield key, f"`{key}` must be a text that says something"
    title = document.get("name")
    if isinstance(title, str) and title.strip():
        first = taken.setdefault(title.strip().casefold(), name)
        if first != name:
            yield "name", f"the name {title!r} is that of {first}, too"
    icon = document.get("iconName")
    if isinstance(icon, str) and icon.strip() and not icon.startswith(OCTICON) and f"{icon}.svg" not in templates.names:
        yield "iconName", f"the icon {icon!r} has no file {icon}.svg here; octicons are written as 'octicon NAME'"
    yield from _lists(document)


def _lists(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("categories", "filePatterns"):
        found = document.get(key)
        if found is not None and not (isinstance(found, list) and all(isinstance(one, str) and one for one in found)):
            yield key, f"`{key}` must be a list of texts"
        elif found and key == "categories":
            late = next((one for one in found[1:] if one in GENERAL and found[0] not in GENERAL), "")
            if late:
                yield key, f"the general category {late!r} must be the first, before languages"
        elif found:
            for pattern in found:
                try:
                    re.compile(pattern[:1000])
                except (re.error, RecursionError, OverflowError):
                    yield key, f"the file pattern {pattern!r} is no regular expression"


def _line(data: bytes, key: str) -> int:
    at = data.find(json.dumps(key).encode())
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 1


def _draft(name: str, line: int, message: str, key: str) -> Draft:
    path = f"{FOLDER}/{name}"
    return Draft(Location(path, line), message, key, target=Target("workflow", path))
