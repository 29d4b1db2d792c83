"""The `prepare` command: generates what a repository does not commit, in a copy that is judged in the tree's stead."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.facts.removal import remove_tree

if TYPE_CHECKING:
    from go_release_gate.adapters.process import Runner

TIMEOUT_S = 1800.0
SAID_LINES = 3


@contextmanager
def prepared(
    root: Path, command: Sequence[str], *, runner: Runner, env: Mapping[str, str], scratch: Path
) -> Iterator[Path]:
    """Copy the checkout, run `command` at the copy's root, and give the copy; `root` itself is never written to.

    Only for trusted events: the command is the repository's own code.

    Args:
        env: the environment of the user, not the narrow one of Go: generators need their own tools.

    Raises:
        UsageError: the command ended with an error. UnavailableError: no space, or no end within half an hour.
    """
    copy = scratch / "prepared" / root.name
    try:
        try:
            shutil.copytree(root, copy, symlinks=True)
        except (OSError, shutil.Error) as error:
            raise UnavailableError(f"the checkout cannot be copied for `prepare`: {_first(error)}") from error
        run_command(copy, command, runner=runner, env=env)
        yield copy
    finally:
        if copy.exists():
            remove_tree(str(copy))


def run_command(copy: Path, command: Sequence[str], *, runner: Runner, env: Mapping[str, str]) -> None:
    """Run `command` in a copy of the repository. Raises as `prepared`."""
    done = runner.run(list(command), cwd=copy, env=env, timeout=TIMEOUT_S)
    if done.timed_out:
        raise UnavailableError(f"`prepare` did not end within {TIMEOUT_S:g} s", "run it by hand to see where it waits")
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-SAID_LINES:]
        raise UsageError(f"`prepare` ended with exit code {done.returncode}: {' / '.join(said)}", "mend the command")


def _first(error: Exception) -> str:
    """The first reason of an error that may carry thousands."""
    reasons = error.args[0] if error.args else ""
    return str(reasons[0][-1] if isinstance(reasons, list) and reasons else error)
