"""Measure `tags --ref` for 50 images in a repository with 2,000 git tags against one `git for-each-ref`.

    python devtools/bench/tags.py [--write PAGE]

The runs are made in turn, so that a busy machine is busy for all of them; of each the median counts. Exit code 1:
the target (under 1.5 x the listing + 150 ms) is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parents[1])]
from marks import put  # noqa: E402 - the path must be set first

IMAGES, TAGS, ROUNDS = 50, 2000, 15
ALLOWANCE = 0.150  # seconds beside one and a half listings
ENTRIES = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}\ntype=semver,pattern={{major}}.{{minor}}"
STRICT = "policy: strict\nimages:\n  - image: ghcr.io/acme/shop\n"
COMMIT = "commit refs/heads/main\ncommitter a <a@example.com> 1750000000 +0000\ndata 1\nx\n"


def main() -> int:
    """Measure, print (or write) the table, and say by the exit code whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table between the marks `tags` of this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        medians = measured(Path(folder))
    limit = 1.5 * medians["git for-each-ref"] + ALLOWANCE
    rows = ["| run | ms | of the limit |", "|---|--:|--:|"]
    rows += [f"| `{name}` | {seconds * 1000:.0f} | {share(seconds, limit)} |" for name, seconds in medians.items()]
    rows += [f"| 1.5 x `git for-each-ref` + 150 ms | {limit * 1000:.0f} | 1.00 |"]
    print("\n".join(rows))
    if arguments.write:
        put(arguments.write, "tags", "\n".join(rows))
    return 0 if max(medians.values()) < limit else 1


def share(seconds: float, limit: float) -> str:
    """A part of the limit."""
    return f"{seconds / limit:.2f}"


def measured(folder: Path) -> dict[str, float]:
    """What is run → median of its seconds."""
    plain, strict = repository(folder / "plain"), repository(folder / "strict")
    (strict / ".go-release-gate.yml").write_text(STRICT)
    runs: dict[str, Callable[[], None]] = {
        "git for-each-ref": lambda: run(plain, "git", "for-each-ref"),
        "python -c pass": lambda: run(plain, sys.executable, "-c", "pass"),
        "tags --ref v9.19.10": lambda: names(plain),
        "tags --ref v9.19.10, policy: strict": lambda: names(strict),
    }
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, one in runs.items():
            started = time.perf_counter()
            one()
            found[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def repository(place: Path) -> Path:
    """A repository with 2,000 releases in ten major lines."""
    run(place.parent, "git", "init", "-q", "-b", "main", str(place))
    versions = [f"v{at // 200}.{at // 10 % 20}.{at % 10}" for at in range(TAGS)]
    stream = COMMIT + "".join(f"reset refs/tags/{version}\nfrom refs/heads/main\n\n" for version in versions)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=place, input=stream.encode(), check=True)
    return place


def names(place: Path) -> None:
    """Names of a patch of the newest line: every moving name has to be judged."""
    images = "\n".join(f"ghcr.io/acme/service-{number}" for number in range(IMAGES))
    words = ("tags", "--ref=v9.19.10", f"--images={images}", f"--tags={ENTRIES}")
    run(place, sys.executable, "-m", "go_release_gate", *words)


def run(place: Path, *command: str) -> None:
    """Run to the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "INPUT_"))}
    environ = {**kept, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(command, cwd=place, env=environ, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
