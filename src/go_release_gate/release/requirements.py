"""What must hold before a digest is deployed, and the snapshot that is restored with it.

The checks change nothing and come before a plan is shown or applied. Restoring has an effect, so it is the first step
of applying, behind the intent: a run that is resumed restores again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from go_release_gate.adapters.health.reading import filled, words_of
from go_release_gate.adapters.process import Runner
from go_release_gate.adapters.sumfile import verify_sums
from go_release_gate.config.releases import Requirement
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Effect, Move, Observed
from go_release_gate.report.neutral import log_text

PATIENCE = 120.0  # seconds of one call of cosign or gh
RESTORE_PATIENCE = 600.0
OUTPUT_LIMIT = 64 << 10


@dataclass(frozen=True, slots=True)
class Outside:
    """How programs are started.

    Attributes:
        environment: of cosign and gh, with their logins. hook_environment: of the restore command.
        programs: name → path of cosign and gh, where they are on this machine.
    """

    runner: Runner
    root: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    hook_environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    programs: Mapping[str, Path] = field(default_factory=dict)


def check_requirements(
    requirement: Requirement, image: Image, outside: Outside, missing: Callable[[Image], str] = lambda _image: ""
) -> dict[str, str]:
    """Evidence that all holds that is asked for: name → short text.

    Args:
        missing: the first part of the image that is not in the registry, empty: it is whole; raises UnavailableError
            where that cannot be asked.

    Raises:
        RefusedError: something does not hold. UnavailableError: it cannot be looked at, a program is absent.
            UsageError: the configuration asks for what cannot be verified.
    """
    evidence: dict[str, str] = {}
    if absent := missing(image):
        raise RefusedError(f"{image.digest[:19]} cannot be pulled whole: {log_text(absent)}", "push it again")
    if requirement.signature:
        evidence["signature"] = _by_cosign(requirement, image, outside)
    if requirement.attestation:
        evidence["attestation"] = _by_gh(requirement, image, outside)
    if requirement.checksums:
        evidence["checksums"] = verify_sums(outside.root, requirement.checksums)
    return evidence


def _by_cosign(requirement: Requirement, image: Image, outside: Outside) -> str:
    """https://github.com/sigstore/cosign/blob/main/doc/cosign_verify.md."""
    if not requirement.identity or not requirement.issuer:
        raise UsageError("require.signature needs `identity` and `issuer`: anybody can sign with some certificate")
    words = [
        "verify",
        f"--certificate-identity={requirement.identity}",
        f"--certificate-oidc-issuer={requirement.issuer}",
        "--output=json",
        _reference(image),
    ]
    _demand("cosign", words, image, outside)
    return f"cosign: {requirement.identity}"


def _by_gh(requirement: Requirement, image: Image, outside: Outside) -> str:
    """https://cli.github.com/manual/gh_attestation_verify."""
    words = ["attestation", "verify", f"oci://{_reference(image)}", "--repo", requirement.attestation]
    words += ["--cert-identity", requirement.identity] if requirement.identity else []
    words += ["--cert-oidc-issuer", requirement.issuer] if requirement.issuer else []
    _demand("gh", words, image, outside)
    return f"gh: {requirement.attestation}"


def _demand(name: str, words: Sequence[str], image: Image, outside: Outside) -> None:
    """Run a verifier; whatever it does not accept is refused, for its codes do not tell doubt from denial for sure."""
    program = outside.programs.get(name)
    if program is None:
        raise UnavailableError(
            f"{name} is not on this machine, and the environment requires what it verifies", f"install {name}"
        )
    done = outside.runner.run(
        [str(program), *words], cwd=outside.root, env=outside.environment, timeout=PATIENCE, output_limit=OUTPUT_LIMIT
    )
    if done.timed_out:
        raise UnavailableError(f"{name} did not end within {PATIENCE:g} s")
    if done.returncode:
        raise RefusedError(f"{name} does not accept {image.digest[:19]} (exit {done.returncode}): {_last(done.stderr)}")


def _reference(image: Image) -> str:
    if not image.locations:
        raise RefusedError(f"{image.digest[:19]} has no location in the ledger, so nothing of it can be verified")
    return f"{image.locations[0]}@{image.digest}"


def _last(data: bytes) -> str:
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    return log_text(lines[-1], 300) if lines else "it says nothing"


@dataclass(frozen=True, slots=True)
class RestoreStep:
    """Restoring the snapshot of a release, as the first of an environment's targets.

    Args:
        command: the hook; `{snapshot}`, `{service}`, `{environment}` and `{digest}` are filled in. It must be able to
            run twice.
        snapshot_of: the reference of the snapshot that belongs to a digest, empty: none.
    """

    command: str | Sequence[str]
    outside: Outside
    snapshot_of: Callable[[str], str]
    patience: float = RESTORE_PATIENCE
    name: str = "snapshot"
    kind: str = "restore"

    def observe(self, service: str, environment: str) -> Observed:  # noqa: ARG002 - as the protocol has it
        """A snapshot shows no digest, so it is no drift."""
        return Observed(unknown="a snapshot tells no digest")

    def plan(self, move: Move) -> tuple[Effect, ...]:
        """The command as it would run; nothing where the release has no snapshot."""
        snapshot = self.snapshot_of(move.after)
        return (Effect(log_text(f"restore {snapshot}: {' '.join(self._words(move, snapshot))}")),) if snapshot else ()

    def apply(self, move: Move) -> str:
        """Run the hook. Raises RefusedError where it does not exit 0, UnavailableError where it does not end."""
        snapshot = self.snapshot_of(move.after)
        if not snapshot:
            return "no snapshot belongs to this release"
        words = self._words(move, snapshot)
        done = self.outside.runner.run(
            words,
            cwd=self.outside.root,
            env=self.outside.hook_environment,
            timeout=self.patience,
            output_limit=OUTPUT_LIMIT,
        )
        if done.timed_out:
            raise UnavailableError(f"restoring {log_text(snapshot, 100)} did not end within {self.patience:g} s")
        if done.returncode:
            why = f"exit {done.returncode}: {_last(done.stderr)}"
            raise RefusedError(f"{log_text(snapshot, 100)} was not restored ({why})")
        return f"restored {log_text(snapshot, 100)}"

    def _words(self, move: Move, snapshot: str) -> list[str]:
        values = {"snapshot": snapshot, "service": move.service, "environment": move.environment, "digest": move.after}
        return [filled(word, values) for word in words_of(self.command)]
