"""A runner that runs nothing: it answers from a script and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.adapters.process import Completed
from go_release_gate.errors import UnavailableError


@dataclass(frozen=True)
class Call:
    """One call of the fake."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    stdin: bytes


@dataclass(frozen=True)
class Reply:
    """What a scripted program does: its output, its exit code, how long it takes, whether it repeats its input."""

    returncode: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    seconds: float = 0.0
    echoes: bool = False


Script = Callable[[Call], Reply | None]


@dataclass
class ScriptedRunner:
    """Answers each call with the first reply that a script gives for it; no reply: the program is not installed.

    Time limits, output limits and missing directories act as with the real runner, without waiting.
    """

    scripts: list[Script] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    is_closed: bool = False

    def on(self, start: Sequence[str], reply: Reply) -> ScriptedRunner:
        """Reply to calls whose arguments begin with `start`; earlier rules win."""
        wanted = tuple(start)
        self.scripts.append(lambda call: reply if call.argv[: len(wanted)] == wanted else None)
        return self

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        stdin: bytes = b"",
        output_limit: int = 64 << 20,
    ) -> Completed:
        """Answer from the script."""
        if self.is_closed:
            raise UnavailableError("the run is being ended; no process is started any more")
        call = Call(tuple(argv), cwd, dict(env), stdin)
        self.calls.append(call)
        if not cwd.is_dir():
            raise UnavailableError(f"the directory {str(cwd)!r} does not exist")
        reply = next((reply for script in self.scripts if (reply := script(call))), None)
        if reply is None:
            raise UnavailableError(f"{Path(argv[0]).name} was not found", "install it")
        stdout = reply.stdout + (stdin if reply.echoes else b"")
        is_cut = len(stdout) > output_limit or len(reply.stderr) > output_limit
        if reply.seconds > timeout:
            return Completed(-15, stdout[:output_limit], reply.stderr[:output_limit], timeout, True, is_cut)
        return Completed(
            reply.returncode, stdout[:output_limit], reply.stderr[:output_limit], reply.seconds, False, is_cut
        )

    def terminate_all(self) -> None:
        """Refuse every further call."""
        self.is_closed = True
