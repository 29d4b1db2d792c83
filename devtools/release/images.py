"""Images that a release is made of, as their registries have them now.

    python devtools/release/images.py bases                                  what the Dockerfile starts from, by digest
    python devtools/release/images.py released --version 1.4.0 --commit C    the release's image, if it is there already

`bases` asks for the digests of the images that the Dockerfile names, so that a build can be given them. `released` is
for a run that follows one that was stopped: an image with the version's tag is used as it is, with the bases its
labels tell, and refused if another commit was built. Printed are NAME=VALUE lines; a value is empty for an image
that is not there. The logins are those of Docker's configuration. Exit codes: 0 answered, 1 no answer, 5 refused.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(Path(__file__).resolve().parent)]
from checkout import RefusedError, checked_version  # noqa: E402 - the path must be set first
from commits import IMAGE  # noqa: E402

from go_release_gate.adapters.registry.closure import describe  # noqa: E402
from go_release_gate.adapters.registry.connecting import Connecting, connect  # noqa: E402
from go_release_gate.adapters.registry.errors import AbsentError  # noqa: E402
from go_release_gate.errors import GateError  # noqa: E402
from go_release_gate.oci.reference import parse  # noqa: E402

if TYPE_CHECKING:
    from go_release_gate.adapters.registry.client import Registries

BASES = {"go-image": "GO_IMAGE", "python-image": "PYTHON_IMAGE"}
LABEL = "go-release-gate.base."
REVISION = "org.opencontainers.image.revision"


def bases(registries: Registries, dockerfile: str) -> dict[str, str]:
    """Output → the image that an argument of the Dockerfile names, with the digest it has now."""
    found = {}
    for output, argument in BASES.items():
        named = re.search(rf"(?m)^ARG {argument}=(\S+)$", dockerfile)
        if not named:
            raise RefusedError(f"the Dockerfile has no `ARG {argument}=IMAGE`")
        found[output] = f"{named[1]}@{registries.look(parse(named[1])).digest}"
    return found


def released(registries: Registries, image: str, version: str, commit: str) -> dict[str, str]:
    """The image with the version's tag and its bases; all empty where there is none. Raises RefusedError."""
    reference = parse(f"{image}:{checked_version(version)}")
    try:
        digest = registries.look(reference).digest
    except AbsentError:
        return {"digest": "", **dict.fromkeys(BASES, "")}
    labels = _labels(registries, f"{image}@{digest}")
    if labels.get(REVISION) != commit:
        raise RefusedError(
            f"{image}:{version} was built from {labels.get(REVISION)}, not from {commit}: "
            "press Re-run in the run of that commit, or release the next version"
        )
    return {"digest": digest, **{name: labels.get(LABEL + name, "") for name in BASES}}


def _labels(registries: Registries, reference: str) -> Mapping[str, str]:
    """Labels of the first platform; those that a build is given are the same on all."""
    at = parse(reference)
    platform = next(child for child in describe(registries, at).children if child.platform != "unknown/unknown")
    manifest = json.loads(registries.manifest(parse(f"{at.name}@{platform.digest}")).content)
    config: dict[str, Any] = json.loads(registries.blob(at, manifest["config"]["digest"]))
    labels: Mapping[str, str] = (config.get("config") or {}).get("Labels") or {}
    return labels


def main(argv: list[str]) -> int:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("bases", "released"))
    parser.add_argument("--image", default=IMAGE)
    parser.add_argument("--version", default="")
    parser.add_argument("--commit", default="")
    args = parser.parse_args(argv)
    try:
        registries = connect(os.environ, Connecting(ROOT))
        if args.what == "bases":
            found = bases(registries, (ROOT / "Dockerfile").read_text("utf-8"))
        else:
            found = released(registries, args.image, args.version, args.commit)
    except (RefusedError, GateError) as error:
        print(f"images: {error}", file=sys.stderr)
        return 5 if isinstance(error, RefusedError) else 1
    print("\n".join(f"{name}={value}" for name, value in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
