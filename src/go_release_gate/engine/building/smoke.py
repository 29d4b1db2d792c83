"""A program is started once, in a sandbox: no network, an empty directory, bounded in time and memory.

Starting it runs the repository's code: the caller asks for it on trusted events only.
"""

from __future__ import annotations

import resource
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.engine.building.compile import Compiled
from go_release_gate.errors import UnavailableError
from go_release_gate.facts.built import BuiltProgram, SmokeRun
from go_release_gate.model.outcome import ErrorClass, ModuleError

TIMEOUT = 10.0  # seconds; it is to print its version
OUTPUT = 64 << 10  # bytes
LIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_FSIZE: 16 << 20,
    resource.RLIMIT_AS: 4 << 30,  # Go reserves far more addresses than it uses
}
MEMORY = "256MiB"
SHOWN = 200  # characters of its first line


def started(
    programs: Sequence[BuiltProgram],
    compiled: Sequence[Compiled],
    *,
    host: str,
    scratch: Path,
    owner: tuple[int, int] | None,
) -> tuple[BuiltProgram, ...]:
    """Each program of this platform with what came of starting it; the others as they are."""
    runner = ProcessRunner(user=owner[0] if owner else None, group=owner[1] if owner else None, limits=LIMITS)
    shelter: Sequence[str] | None = None
    found: list[BuiltProgram] = []
    for program, one in zip(programs, compiled, strict=True):
        order = program.order
        if not one.file or not order.smoke or "/".join(order.platform.split("/")[:2]) != host:
            found.append(program)
            continue
        shelter = _shelter(runner) if shelter is None else shelter
        found.append(_started(program, one.file, runner, shelter, scratch))
    return tuple(found)


def _started(
    program: BuiltProgram, file: Path, runner: ProcessRunner, shelter: Sequence[str], scratch: Path
) -> BuiltProgram:
    if not shelter:
        hint = "allow unprivileged user namespaces (util-linux's unshare), or leave --smoke away"
        message = f"{program.order.name} was not started: nothing here can keep the network from it"
        return replace(program, error=ModuleError(ErrorClass.INTERNAL, message, hint))
    place = scratch / "smoke"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)  # it may run as another user; the directory above admits that one alone
    command = (str(file), *program.order.smoke)
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(place), "TMPDIR": str(place), "GOMEMLIMIT": MEMORY}
    try:
        answer = runner.run([*shelter, *command], cwd=place, env=variables, timeout=TIMEOUT, output_limit=OUTPUT)
    except UnavailableError as error:
        return replace(program, error=ModuleError(ErrorClass.INTERNAL, error.message, error.hint))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    said = (answer.stdout or answer.stderr).decode("utf-8", "replace").strip().splitlines()
    first = said[0][:SHOWN] if said else ""
    problem = f"it did not end within {TIMEOUT:g} s" if answer.timed_out else ""
    if not problem and answer.returncode != 0:
        problem = f"it ended with exit code {answer.returncode}"
    return replace(program, smoke=SmokeRun((file.name, *program.order.smoke), problem, first))


def _shelter(runner: ProcessRunner) -> Sequence[str]:
    """The words in front of a command that take the network from it; none where this machine cannot."""
    program = next((path for path in ("/usr/bin/unshare", "/bin/unshare") if Path(path).is_file()), "")
    for words in ([program, "--net", "--map-root-user"], [program, "--net"]):
        try:
            if program and runner.run([*words, "/bin/true"], cwd=Path("/"), env={}, timeout=TIMEOUT).returncode == 0:
                return words
        except UnavailableError:
            return ()
    return ()
