"""`python -m go_release_gate` and the command `go-release-gate`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from go_release_gate.cli.app import run


def main() -> int:
    """Run the command line of this process and return its exit code.

    The collector would look through what start-up makes a dozen times, all of it to stay: a tenth of a short run.
    """
    gc.disable()
    if sys.argv[1:] == ["step"]:  # what the container does as an action, for a job that runs in it or has it on PATH
        from go_release_gate.action import main as step

        return step(os.environ)
    return run(sys.argv[1:], os.environ)


def command() -> NoReturn:
    """Run the command line and end this process at once: taking every module down by itself costs a short run another
    tenth. What cannot be flushed is left to the usual end, which says so.
    """
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    command()
