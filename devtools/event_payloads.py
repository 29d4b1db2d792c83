"""Make tests/data/events/*.json from the published examples of GitHub's webhooks.

    python devtools/event_payloads.py PACKAGE

PACKAGE is the unpacked npm package `@octokit/webhooks-examples` (MIT licence). Addresses are dropped, names become
those of the sample repository; everything else is as GitHub published it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "tests/data/events"
WANTED = {
    "pull_request": "synchronize",
    "pull_request_review": "submitted",
    "merge_group": "checks_requested",
    "push": None,
    "workflow_run": "completed",
    "workflow_dispatch": None,
    "repository_dispatch": "on-demand-test",
    "issue_comment": "created",
    "release": "published",
}
NAMES = {
    "Codertocat/Hello-World": "acme/shop",
    "octo-org/octo-repo": "acme/shop",
    "octocoders/hello-world-npm": "acme/shop",
    "Hello-World": "shop",
    "octo-repo": "shop",
    "hello-world-npm": "shop",
    "Codertocat": "acme",
    "octo-org": "acme",
    "octocoders": "acme",
}


def main() -> int:
    """Write one file per event; the first example of the wanted action counts."""
    package = Path(sys.argv[1])
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    events = json.loads((package / "api.github.com/index.json").read_text("utf-8"))
    examples = {event["name"]: event["examples"] for event in events}
    PLACE.mkdir(parents=True, exist_ok=True)
    for name, action in WANTED.items():
        payload = next(item for item in examples[name] if action is None or item.get("action") == action)
        document = {"source": f"@octokit/webhooks-examples {version}", "payload": trimmed(payload)}
        (PLACE / f"{name}.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", "utf-8")
    return 0


def trimmed(value: Any) -> Any:
    """Without addresses and node ids, with the sample's names."""
    if isinstance(value, dict):
        return {key: trimmed(item) for key, item in value.items() if not is_noise(key, item)}
    if isinstance(value, list):
        return [trimmed(item) for item in value]
    if isinstance(value, str):
        for old, new in NAMES.items():
            value = value.replace(old, new)
    return value


def is_noise(key: str, value: Any) -> bool:
    """Whether nobody would miss it: addresses, ids for another interface, pictures."""
    is_address = isinstance(value, str) and value.startswith(("http:", "https:", "git:", "git@", "ssh:"))
    return is_address or key in ("_links", "node_id") or key.endswith("_url")


if __name__ == "__main__":
    sys.exit(main())
