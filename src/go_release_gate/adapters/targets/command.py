"""A program that the configuration names moves what runs, and another one tells what does.

Both are started without a shell, in the checkout. Exit codes of `run`: 0 done, 75 (EX_TEMPFAIL) somebody else was
faster, 77 (EX_NOPERM) refused; both of these promise that nothing was changed. Anything else: it is not known.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from go_release_gate.adapters.process import Completed
from go_release_gate.adapters.programs import find
from go_release_gate.adapters.targets.output import last_words
from go_release_gate.adapters.targets.surroundings import Surroundings
from go_release_gate.config.releases import Command
from go_release_gate.config.releases import Target as Settings
from go_release_gate.errors import GateError, RaceError, RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.move import Effect, Move, Observed

RACE, REFUSED = 75, 77  # sysexits.h
OUTPUT_LIMIT = 1 << 20
_DIGEST = re.compile(r"(?:\S+@)?(sha256:[0-9a-f]{64})")
_HOLE = re.compile(r"\{(image|digest|service|environment|version)\}")


def command_target(settings: Settings, surroundings: Surroundings) -> CommandTarget:
    """The target that the configuration describes. Raises UsageError: `run` is missing, or cannot be split."""
    return CommandTarget(settings, surroundings)


class CommandTarget:
    """What `run` moves and `observe` looks at. Raises UsageError: no `run`, or quotes that do not close."""

    kind = "command"

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._run = _words(settings.run, "run")
        self._observe = _words(settings.observe, "observe")
        if not self._run:
            raise UsageError("a target of kind command has no `run`", "give the command that changes it")
        self._timeout = settings.timeout
        self._surroundings = surroundings
        self.name = settings.name or self._run[0]

    def observe(self, service: str, environment: str) -> Observed:
        """What `observe` prints as its first line: a digest, or an image by digest; nothing at all: nothing runs yet.

        Raises:
            UnavailableError: it cannot be started, fails, or does not end in time.
        """
        if not self._observe:
            return Observed(unknown="no `observe` is configured that tells what runs")
        answer = self._started(self._observe, {"service": service, "environment": environment})
        if answer.returncode != 0 or answer.timed_out:
            raise _unclear(self._observe, answer)
        lines = answer.stdout.decode("utf-8", "replace").strip().splitlines()
        if not lines:
            return Observed()
        found = _DIGEST.fullmatch(lines[0].strip())
        if found:
            return Observed(found[1])
        return Observed(unknown=f"`observe` printed {last_words(lines[0].encode())!r}, expected a digest (sha256:…)")

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """The command that would run; it does not, and whether it would succeed is not known."""
        if self._observe and self.observe(move.service, move.environment).digest == move.after:
            return ()
        words = _filled(self._run, _values(move))
        _program(words[0], self._surroundings)  # what is not there is told before an intent is written for it
        return (Effect(f"run {shlex.join(words)} (at most {self._timeout:g} s)"),)

    def apply(self, move: Move) -> str:
        """Run the command, and look whether it took where `observe` tells.

        Raises:
            RaceError: exit code 75. RefusedError: exit code 77. UnavailableError: any other, no end in time, or
                another digest runs afterwards.
        """
        if self._observe and self.observe(move.service, move.environment).digest == move.after:
            return f"{move.after} runs already"
        answer = self._started(self._run, _values(move))
        for line in (*answer.stdout.splitlines(), *answer.stderr.splitlines()):
            self._surroundings.heard(line.decode("utf-8", "replace"))
        if answer.timed_out or answer.returncode != 0:
            raise _failed(self._run, answer)
        seen = self.observe(move.service, move.environment) if self._observe else Observed(unknown="not asked")
        if not seen.unknown and seen.digest != move.after:
            raise UnavailableError(
                f"{self._run[0]} ended well, and {seen.digest or 'nothing'} runs instead of {move.after}",
                "look at what it does; it may need more time",
            )
        doubt = f"; whether it took is not known: {seen.unknown}" if self._observe and seen.unknown else ""
        return f"{self._run[0]} ended well after {answer.seconds:.1f} s{doubt}"

    def _started(self, words: Sequence[str], values: dict[str, str]) -> Completed:
        own = {f"GO_RELEASE_GATE_{name.upper()}": value for name, value in values.items()}
        argv = _filled(words, values)
        return self._surroundings.runner.run(
            [_program(argv[0], self._surroundings), *argv[1:]],
            cwd=self._surroundings.checkout,
            env={**self._surroundings.variables, **own},
            timeout=self._timeout,
            output_limit=OUTPUT_LIMIT,
        )


def _words(command: Command, key: str) -> tuple[str, ...]:
    """The command as an argument list; a single text is split as a shell splits words, and nothing else of a shell."""
    try:
        return tuple(shlex.split(command)) if isinstance(command, str) else tuple(command)
    except ValueError as error:
        raise UsageError(f"`{key}` of a target of kind command cannot be split: {error}") from error


def _values(move: Move) -> dict[str, str]:
    values = {
        "image": move.reference,
        "digest": move.after,
        "service": move.service,
        "environment": move.environment,
        "version": move.version,
    }
    for name, value in values.items():
        if value.startswith("-"):
            raise RefusedError(
                f"the {name} {value!r} would be read as an option", "record the release under another name"
            )
    return values


def _filled(words: Sequence[str], values: dict[str, str]) -> list[str]:
    """Each argument with its values put in, once: what a value holds is not looked at again, and never split."""

    def put(hole: re.Match[str]) -> str:
        return values.get(hole[1], hole[0])

    return [_HOLE.sub(put, word) for word in words]


def _program(name: str, surroundings: Surroundings) -> str:
    """A bare name is looked for on PATH outside the checkout; a path counts from the checkout."""
    if "/" in name:
        if not (surroundings.checkout / name).exists():
            raise UnavailableError(f"{name} was not found", "see the target's `run`")
        return name
    found = find(name, surroundings.variables, surroundings.checkout)
    if found is None:
        raise UnavailableError(f"{name} was not found on PATH", "install it, or name its path")
    return str(found)


def _failed(words: Sequence[str], answer: Completed) -> GateError:
    text = last_words(answer.stderr or answer.stdout)
    told = f": {text}" if text else ""
    if not answer.timed_out and answer.returncode == RACE:
        return RaceError(f"{words[0]} says that somebody else was faster{told}", "plan again")
    if not answer.timed_out and answer.returncode == REFUSED:
        return RefusedError(f"{words[0]} refuses{told}")
    return _unclear(words, answer)


def _unclear(words: Sequence[str], answer: Completed) -> UnavailableError:
    text = last_words(answer.stderr or answer.stdout)
    if answer.timed_out:
        return UnavailableError(f"{words[0]} did not end in {answer.seconds:.1f} s; its last words: {text or 'none'}")
    return UnavailableError(f"{words[0]} ended with exit code {answer.returncode}: {text or 'it printed nothing'}")
