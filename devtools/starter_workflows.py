"""workflow-templates/: the templates of `init` as starter workflows of an organisation (see devtools/generate.py).

An organisation's `.github` repository keeps workflow, properties and icon side by side:
https://docs.github.com/actions/how-tos/reuse-automations/create-workflow-templates
The public collection keeps properties and icons in folders of their own: `public_layout` gives that form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from go_release_gate.pipeline.names import TEMPLATES
from go_release_gate.pipeline.rendering import rendered

FOLDER = "workflow-templates"
ICON = "go-release-gate"
VALUES = {
    "ACTION": "acme/go-release-gate",
    "REF": "v1",
    "DEFAULT_BRANCH": "DEFAULT-BRANCH",
    "SERVICE": "api",
    "SERVICES": "[api]",
    "ENVIRONMENTS": "[staging, production]",
    "STAGING": "staging",
    "PRODUCTION": "production",
    "IMAGE": "ghcr.io/acme/api",
    "DOCKERFILE": "Dockerfile",
    "CONTEXT": ".",
    "PLATFORMS": "linux/amd64,linux/arm64",
    "TAG_FILTER": "v*",
}
BLOCKS = frozenset({"production", "health", "login-ghcr"})
PROPERTIES: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "pull-request": (
        "Gate Go pull requests",
        "Judge and test every Go module. Findings are shown on pull requests; one job to require.",
        ("Continuous integration", "Go"),
        ("go.mod$", "go.work$"),
    ),
    "annotate": (
        "Show findings on pull requests from forks",
        "Show what the pull-request workflow found where its own token can only read.",
        ("Automation", "Go"),
        ("go.mod$", "go.work$"),
    ),
    "release": (
        "Release a Go service",
        "Take a pushed tag to production: verify, build, test, push, record, promote.",
        ("Deployment", "Go", "Dockerfile"),
        ("Dockerfile$", "go.mod$"),
    ),
    "rollback": (
        "Roll back a Go service",
        "Take an environment back to a good release by a button or a signed request, and hold it there.",
        ("Deployment", "Go"),
        (".go-release-gate.yml$",),
    ),
    "watch": (
        "Watch a Go service",
        "Ask the probes of each environment, write the verdict down, and roll back where that is configured.",
        ("Automation", "Go"),
        (".go-release-gate.yml$",),
    ),
}
"""Template → name, description, categories (the folder of the public collection first), file patterns."""

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="go-release-gate">
  <rect width="64" height="64" rx="12" fill="#0969da"/>
  <path d="M14 52V16h6v36zM44 52V16h6v36z" fill="#fff"/>
  <path d="M20 22h24v5H20zM20 41h24v5H20z" fill="#fff" opacity=".55"/>
  <path d="m24 34 6 6 11-13" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
"""
_PUBLIC_FOLDERS = {"Continuous integration": "ci", "Deployment": "deployments", "Automation": "automation"}


def files() -> dict[str, str]:
    """Path relative to the root → the whole text it should have."""
    wanted = {f"{FOLDER}/{ICON}.svg": _SVG}
    for name in TEMPLATES:
        wanted[f"{FOLDER}/{name}.yml"] = starter(name)
        wanted[f"{FOLDER}/{name}.properties.json"] = json.dumps(properties(name), indent=2) + "\n"
    return wanted


def starter(name: str) -> str:
    """A template with example values, and GitHub's own placeholder for the default branch."""
    return rendered(name, VALUES, BLOCKS).replace("DEFAULT-BRANCH", "$default-branch")


def properties(name: str) -> dict[str, object]:
    """What the properties file of a template says."""
    title, description, categories, patterns = PROPERTIES[name]
    return {
        "name": title,
        "description": description,
        "iconName": ICON,
        "categories": list(categories),
        "filePatterns": list(patterns),
    }


def public_layout(folder: Mapping[str, str]) -> dict[str, str]:
    """The same files as the public collection lays them out, which has no file patterns, and wants to know who made a
    deployment."""
    moved = {f"icons/{path}": text for path, text in folder.items() if path.endswith(".svg")}
    for path in sorted(path for path in folder if path.endswith(".yml")):
        name = path.removesuffix(".yml")
        said = json.loads(folder[f"{name}.properties.json"])
        where = _PUBLIC_FOLDERS[said["categories"][0]]
        said.pop("filePatterns", None)
        if where == "deployments":
            said["creator"] = "go-release-gate"
        moved[f"{where}/{path}"] = folder[path]
        moved[f"{where}/properties/{name}.properties.json"] = json.dumps(said, indent=2) + "\n"
    return moved
