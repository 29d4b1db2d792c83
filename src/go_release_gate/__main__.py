"""`python -m go_release_gate` and the command `go-release-gate`."""

from __future__ import annotations

import gc
import os
import sys

from go_release_gate.cli.app import run


def main() -> int:
    """Run the command line of this process and return its exit code.

    The collector would look through what start-up makes a dozen times, all of it to stay: a tenth of a short run.
    """
    gc.disable()
    return run(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(main())
