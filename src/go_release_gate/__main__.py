"""`python -m go_release_gate` and the command `go-release-gate`."""

from __future__ import annotations

import os
import sys

from go_release_gate.cli.app import run


def main() -> int:
    """Run the command line of this process and return its exit code."""
    return run(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(main())
