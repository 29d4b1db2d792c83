"""The main job on the sample shop: judge it, mend a copy, judge the copy again.

    python devtools/demo.py [--color auto|always|never] [--keep DIRECTORY] [--write README.md]

The sample (examples/shop) has real public dependencies and planted faults; nothing in it is changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from marks import put

ROOT = Path(__file__).parents[1]
STEPS = (
    ("check", "Judge the shop as it is: three modules are not tidy."),
    ("check --fix", "Mend what can be mended safely, in dependency order."),
    ("check -q", "Judge again, and say only what is left."),
)


def main() -> int:
    """Run the steps in a copy of the sample; 0 when each ended as it should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--color", default="always" if sys.stdout.isatty() or "CI" in os.environ else "auto")
    parser.add_argument("--keep", type=Path, help="work in this directory and leave it there")
    parser.add_argument("--write", type=Path, help="put the log, without colour, between the demo marks of this file")
    arguments = parser.parse_args()
    if arguments.write:
        return write(arguments.write)
    with tempfile.TemporaryDirectory(prefix="shop-") as temporary:
        shop = (arguments.keep or Path(temporary)) / "shop"
        shutil.copytree(ROOT / "examples" / "shop", shop)
        codes = [step(words, said, shop, arguments.color) for words, said in STEPS]
    return 0 if codes == [1, 0, 0] else 1


def write(page: Path) -> int:
    """Run the demo and put its log into `page`."""
    done = subprocess.run([sys.executable, __file__, "--color", "never"], stdout=subprocess.PIPE, check=True, text=True)
    put(page, "demo", f"```console\n{done.stdout.strip()}\n```")
    return 0


def step(words: str, said: str, shop: Path, color: str) -> int:
    """Print what is done, run it in the copy, and give its exit code."""
    print(f"# {said}\n$ go-release-gate {words}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "go_release_gate", *words.split(), "--color", color],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )
    print(f"(exit code {done.returncode})\n", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
