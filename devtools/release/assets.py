"""The files of a release: what belongs among them, their checksums, and whether a folder holds just those.

    python devtools/release/assets.py make --version 1.4.0 --commit C --digest sha256:... --base NAME=IMAGE... DIR
    python devtools/release/assets.py check --version 1.4.0 DIR

`make` leaves wheel, sdist, SBOM, release.json (commits, image, bases) and SHA256SUMS of these in DIR, the same bytes
for the same arguments. The signature of SHA256SUMS and the attestations are added by the workflow; `check` demands
them too, reads every checksum and finds what is missing or too much. Exit codes: 0 done, 5 refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import commits
import distributions
import lockbom
from checkout import Checkout, RefusedError, checked_version

SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sigstore.json"
_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<name>[A-Za-z0-9][\w.+-]*)")


def summed(version: str) -> tuple[str, ...]:
    """Names of the files that have a checksum."""
    package = f"go_release_gate-{packaged(version)}"
    return (
        f"go-release-gate-{version}.cdx.json",
        f"{package}-py3-none-any.whl",
        f"{package}.tar.gz",
        "release.json",
    )


def names(version: str) -> tuple[str, ...]:
    """Names of all files of a release."""
    return (*summed(version), SUMS, SIGNATURE, f"go-release-gate-{version}.intoto.jsonl")


def make(checkout: Checkout, version: str, built: str, image: tuple[str, dict[str, str]], folder: Path) -> None:
    """Leave the files in a folder that is made; what the workflow adds is missing still. Raises RefusedError.

    `image`: its digest, and the images it starts from, by the names that the workflow gives them.
    """
    digest, bases = image
    if folder.exists() and any(folder.iterdir()):
        raise RefusedError(f"{folder} is not empty: name a new folder")
    distributions.make(checkout, built, folder)
    lock = lockbom.read(checkout.text(built, str(lockbom.LOCK)))
    _write(folder / f"go-release-gate-{version}.cdx.json", lockbom.bom(lock, version, checkout.epoch(built)))
    stands = commits.make(checkout, version, built, digest)
    told = {"version": version, "image": f"{commits.IMAGE}@{digest}", "bases": bases, "commits": asdict(stands)}
    _write(folder / "release.json", told)
    lines = [f"{_sum(folder / name)}  {name}\n" for name in summed(version)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def check(version: str, folder: Path) -> None:
    """Raises RefusedError unless the folder holds the files of a release, and just those, with their checksums."""
    there, wanted = {path.name for path in folder.iterdir()}, set(names(version))
    if there != wanted:
        missing, more = sorted(wanted - there), sorted(there - wanted)
        raise RefusedError(f"the files of {version}: missing {missing or 'none'}, too much {more or 'none'}")
    lines = [_LINE.fullmatch(line) for line in (folder / SUMS).read_text("utf-8").splitlines()]
    sums = {found["name"]: found["sum"] for found in lines if found}
    if tuple(sums) != summed(version) or not all(lines):
        raise RefusedError(f"{SUMS} names {sorted(sums)}: expected {list(summed(version))}")
    for name, expected in sums.items():
        if _sum(folder / name) != expected:
            raise RefusedError(f"{name} has another checksum than {SUMS} tells")


def packaged(version: str) -> str:
    """A version in the form of Python's packages: 1.5.0-rc.1 is 1.5.0rc1. Raises RefusedError: it has none."""
    found = re.fullmatch(r"([0-9.]+)(?:-(alpha|beta|rc)\.?(\d+))?", checked_version(version))
    if not found:
        raise RefusedError(f"{version} has no form for Python's packages: expected -alpha.N, -beta.N or -rc.N")
    short = {"alpha": "a", "beta": "b", "rc": "rc", None: ""}
    return f"{found[1]}{short[found[2]]}{found[3] or ''}"


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Make or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("do", choices=("make", "check"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--digest", default="")
    parser.add_argument("--base", action="append", default=[])
    args = parser.parse_args(argv)
    checkout = Checkout(Path.cwd())
    try:
        if args.do == "make":
            bases = dict(item.split("=", 1) for item in args.base)
            make(checkout, args.version, checkout.commit(args.commit), (args.digest, bases), args.folder)
        else:
            check(args.version, args.folder)
    except RefusedError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
