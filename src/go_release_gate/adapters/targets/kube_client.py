"""The real `kubectl`: started with an argument list, its answers read as JSON, its errors told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from go_release_gate.adapters.process import Completed, Runner
from go_release_gate.adapters.targets.output import last_words
from go_release_gate.errors import GateError, RefusedError, UnavailableError, UsageError

ANSWER_TIMEOUT = 30.0  # seconds for one request
OUTPUT_LIMIT = 16 << 20

_FORBIDDEN = re.compile(r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]*)"')
_UNREACHABLE = re.compile(
    r"connection to the server .* was refused|unable to connect to the server|i/o timeout|TLS handshake timeout|"
    r"context deadline exceeded|ServiceUnavailable|no such host|Unauthorized|must be logged in",
    re.IGNORECASE,
)
_CONFLICT = re.compile(
    r"\(Conflict\)|the server rejected our request|testing (value|path) .* (failed|test)", re.IGNORECASE
)
_LOGGED = re.compile(rb"^[EWIF]\d{4} .*\n?", re.MULTILINE)  # kubectl's own log, beside its messages
_CONFIGURED = re.compile(
    r"context .* does not exist|context was not found|no configuration has been provided", re.IGNORECASE
)


class NotThereError(RefusedError):
    """The server knows no such object."""


class ConflictError(RefusedError):
    """The object is not as the request demands; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """One `kubectl`, for one cluster and namespace.

    Attributes:
        program: its path. variables: its environment; KUBECONFIG and what a pod is given pass.
        folder: where it runs, outside the checkout. context, namespace: empty: what its configuration says.
    """

    runner: Runner
    program: Path
    variables: Mapping[str, str]
    folder: Path
    context: str = ""
    namespace: str = ""
    request_timeout: float = ANSWER_TIMEOUT
    _own: Mapping[str, str] = field(default_factory=lambda: {"LC_ALL": "C", "KUBERC": "off"})

    def run(self, *words: str, timeout: float = 0.0) -> Completed:
        """Run it and give whatever comes. `timeout`: for a command that waits; 0: one request."""
        chosen = [
            *([f"--context={self.context}"] if self.context else []),
            *([f"--namespace={self.namespace}"] if self.namespace else []),
            *([] if timeout else [f"--request-timeout={self.request_timeout:g}s"]),
        ]
        return self.runner.run(
            [str(self.program), *words, *chosen],
            cwd=self.folder,
            env={**self.variables, **self._own},
            timeout=timeout or self.request_timeout * 2,
            output_limit=OUTPUT_LIMIT,
        )

    def asked(self, *words: str) -> dict[str, Any]:
        """The JSON object that a command prints.

        Raises:
            NotThereError, ConflictError, RefusedError (a right is missing), UnavailableError, UsageError.
        """
        answer = self.run(*words, "--output=json")
        if answer.returncode != 0 or answer.timed_out:
            raise error_of(answer, f"kubectl {words[0]}")
        try:
            document = json.loads(answer.stdout)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise UnavailableError(f"kubectl {words[0]} printed no JSON object: {last_words(answer.stdout)!r}")
        return document

    def may(self, verb: str, resource: str) -> bool:
        """Whether the server lets us (`kubectl auth can-i`). Raises UnavailableError where it does not say."""
        answer = self.run("auth", "can-i", verb, resource)
        word = answer.stdout.strip().partition(b"\n")[0].strip()
        if answer.timed_out or word not in {b"yes", b"no"}:
            raise error_of(answer, "kubectl auth can-i")
        return word == b"yes"


def error_of(answer: Completed, what: str) -> GateError:
    """What a failed command means."""
    text = last_words(_LOGGED.sub(b"", answer.stderr) or answer.stdout)
    if answer.timed_out:
        return UnavailableError(
            f"{what} gave no answer in {answer.seconds:.0f} s", "is the cluster reachable from here?"
        )
    return _refusal(text, what) or _absence(text, what, answer.returncode)


def _refusal(text: str, what: str) -> GateError | None:
    """The server, or kubectl's configuration, says no."""
    if "(NotFound)" in text:
        return NotThereError(text)
    if "(Forbidden)" in text or "is forbidden:" in text:
        return RefusedError(_forbidden(text), "grant the right with a Role, or use other credentials")
    if _CONFLICT.search(text):
        return ConflictError(text)
    if "(Invalid)" in text or "is invalid" in text:
        return RefusedError(f"the cluster refuses the change: {text}")
    if _CONFIGURED.search(text):
        return UsageError(f"{what}: {text}", "see `kubectl config get-contexts`, and KUBECONFIG")
    return None


def _absence(text: str, what: str, code: int) -> GateError:
    if _UNREACHABLE.search(text):
        return UnavailableError(f"the cluster cannot be asked: {text}", "check KUBECONFIG and the credentials in it")
    return UnavailableError(f"{what} failed with exit code {code}: {text or 'it printed nothing'}")


def _forbidden(text: str) -> str:
    found = _FORBIDDEN.search(text)
    if not found:
        return f"the cluster forbids it: {text}"
    return f"{found['user']} may not {found['verb']} {found['resource']} in the cluster"
