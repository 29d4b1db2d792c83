"""Wheel and sdist of a commit, the same bytes wherever they are made.

    python devtools/release/distributions.py [--commit HEAD] --output DIR

They are made from what git has of the commit, not from the working tree, at the commit's time, twice in two folders;
nothing is left when the two differ. The build backend is what runs this: `pip install --require-hashes -r
requirements/release.txt`. Exit codes: 0 made, 5 refused.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from checkout import Checkout, RefusedError

BACKEND = "import hatchling.build as b, sys; b.build_sdist(sys.argv[1]); b.build_wheel(sys.argv[1])"


def make(checkout: Checkout, commit: str, output: Path) -> list[Path]:
    """Both files of a commit in `output`, which is made. Raises RefusedError when two builds differ, or none works."""
    with tempfile.TemporaryDirectory(prefix="distributions-") as folder:
        first, second = (_built(checkout, commit, Path(folder) / name) for name in ("one", "second/deeper"))
        if [path.name for path in first] != [path.name for path in second]:
            raise RefusedError(f"two builds made different files: {first} and {second}")
        for one, other in zip(first, second, strict=True):
            if one.read_bytes() != other.read_bytes():
                raise RefusedError(f"{one.name} has other bytes when it is made in another folder; nothing is left")
        output.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy(path, output / path.name)) for path in first]


def _built(checkout: Checkout, commit: str, folder: Path) -> list[Path]:
    source, made = folder / "source", folder / "made"
    made.mkdir(parents=True)
    with checkout.archive(commit) as files:
        files.extractall(source, filter="data")
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(checkout.epoch(commit)), "PYTHONDONTWRITEBYTECODE": "1"}
    environ.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, "-c", BACKEND, str(made)], cwd=source, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise RefusedError(f"the build failed: {said[-1]}")
    return sorted(made.iterdir())


def main(argv: list[str]) -> int:
    """Make them and name them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(argv)
    checkout = Checkout(Path.cwd())
    try:
        made = make(checkout, checkout.commit(args.commit), args.output)
    except RefusedError as error:
        print(f"distributions: {error}", file=sys.stderr)
        return 5
    print("\n".join(map(str, made)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
