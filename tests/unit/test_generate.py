"""Generated files are in step with the code they are made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_generated_files_are_in_step() -> None:
    """`devtools/generate.py --check` finds nothing to write; run it without --check when this fails."""
    done = subprocess.run(
        [sys.executable, "devtools/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (0, "")
