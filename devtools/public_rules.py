"""The findings of the rules about images, builds and manifests on checkouts, counted: for docs/public-images.md.

$ python devtools/public_rules.py ../traefik ../harbor …
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from go_release_gate.rules.registry import RULES

_FAMILIES = ("dockerfile", "build", "manifest")


def main(paths: list[str]) -> int:
    """Print a row for each checkout, then the sum of each rule."""
    chosen = [rule.id for rule in RULES if rule.aspects[0].run.__module__.split(".")[-2] in _FAMILIES]
    total: Counter[str] = Counter()
    print("| repository | commit | findings |\n|---|---|---|")
    for path in paths:
        report = _report(path, ",".join(chosen))
        counts = Counter(str(one["rule"]) for one in report["findings"])
        total += counts
        told = ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items())) or "none"
        print(f"| {Path(path).resolve().name.replace('+', '/')} | {str(report['subject']['commit'])[:12]} | {told} |")
    print("\n| rule | findings |\n|---|--:|")
    for rule, count in total.most_common():
        print(f"| {rule} | {count} |")
    return 0


def _report(path: str, rules: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "go_release_gate",
        "check",
        "--offline",
        "--format",
        "json",
        "--select",
        rules,
        path,
    ]
    answer = subprocess.run(command, capture_output=True, check=False, text=True)
    if not answer.stdout:
        raise SystemExit(f"{path}: {answer.stderr.strip()}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
