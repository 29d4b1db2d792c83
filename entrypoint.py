"""Start of the container: with arguments the command, without any (as the runner starts it) the workflow step."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run what was asked for; the exit code is the verdict's."""
    sys.path.insert(0, str(HERE / ("lib" if (HERE / "lib").is_dir() else "src")))
    if len(sys.argv) > 1:
        from go_release_gate.__main__ import main as command

        return command()
    import os

    from go_release_gate.action import main as step

    return step(os.environ)


if __name__ == "__main__":
    sys.exit(main())
