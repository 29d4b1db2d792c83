"""An SBOM (CycloneDX 1.6, JSON) of what the program brings with it: requirements/runtime.txt, hashes and all.

    python devtools/release/lockbom.py --version 1.4.0 --epoch SECONDS [--lock FILE] --output FILE

Equal input gives equal bytes. The image has an SBOM of its own, of everything in it, beside its manifest. A lock names
the hash of every archive that may be installed for a version, so each component has several.
https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "go-release-gate"
LOCK = Path("requirements/runtime.txt")
_HEAD = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))?(?: \\)?")
_HASH = re.compile(r" +--hash=sha256:(?P<hash>[0-9a-f]{64})(?: \\)?")
_VIA = re.compile(r" +# (?:via\s*|  )(?P<name>\S.*)?")


@dataclass(frozen=True, slots=True)
class Locked:
    """A requirement of the lock; `via` names what needs it, the project's own file among them."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read(text: str) -> list[Locked]:
    """The requirements of a lock that uv has written. Raises ValueError for a line of another kind."""
    return [_entry(block) for block in re.split(r"(?m)^(?=[a-z0-9])", text) if block.strip()]


def _entry(block: str) -> Locked:
    first, *rest = block.rstrip("\n").splitlines()
    head = _HEAD.fullmatch(first)
    if not head:
        raise ValueError(f"{first!r} is no pinned requirement")
    hashes, via = [], []
    for line in rest:
        if found := _HASH.fullmatch(line):
            hashes.append(found["hash"])
        elif found := _VIA.fullmatch(line):
            via += [found["name"]] if found["name"] else []
        else:
            raise ValueError(f"{line!r} is neither a hash nor a reason")
    if not hashes:
        raise ValueError(f"{head['name']} has no hash")
    return Locked(head["name"], head["version"], head["marker"] or "", tuple(hashes), tuple(via))


def bom(entries: list[Locked], version: str, epoch: int) -> dict[str, Any]:
    """The document."""
    own = f"pkg:pypi/{NAME}@{version}"
    purls = {entry.name: entry.purl for entry in entries}
    seed = "\n".join([own, *(f"{entry.purl} {' '.join(entry.hashes)}" for entry in entries)])
    time = dt.datetime.fromtimestamp(epoch, dt.UTC)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, seed)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": own, "name": NAME, "version": version, "purl": own},
        },
        "components": [_component(entry) for entry in entries],
        "dependencies": list(_dependencies(entries, own, purls)),
    }


def _component(entry: Locked) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": entry.purl,
        "name": entry.name,
        "version": entry.version,
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": value} for value in entry.hashes],
        "purl": entry.purl,
    }
    if entry.marker:
        component["properties"] = [{"name": f"{NAME}:marker", "value": entry.marker}]
    return component


def _dependencies(entries: list[Locked], own: str, purls: dict[str, str]) -> Iterator[dict[str, Any]]:
    needs: dict[str, list[str]] = {own: [], **{entry.purl: [] for entry in entries}}
    for entry in entries:
        for reason in entry.via:
            by_project = reason.startswith(f"{NAME} ") or reason.endswith("pyproject.toml)")
            needs[own if by_project else purls[reason.partition("[")[0]]].append(entry.purl)
    for reference, wanted in needs.items():
        yield {"ref": reference, "dependsOn": sorted(set(wanted))}


def main(argv: list[str]) -> int:
    """Write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--epoch", type=int, required=True)
    parser.add_argument("--lock", type=Path, default=LOCK)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(argv)
    document = bom(read(args.lock.read_text("utf-8")), args.version, args.epoch)
    args.output.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
