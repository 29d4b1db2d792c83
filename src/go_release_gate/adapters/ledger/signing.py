"""Entries are signed, and signatures judged: who signed, and whether that signer may write such an entry.

The sequence number, the service and the environment are among the signed bytes, so that no signature holds elsewhere.
The signature's own part is not: what it says of a key and of a person counts as far as the configuration bears it out.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from go_release_gate.adapters.ledger import sshsig
from go_release_gate.adapters.process import Runner
from go_release_gate.config.releases import LedgerSettings, Signer
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.canonical import signed_bytes
from go_release_gate.ledger.chain import Judge
from go_release_gate.ledger.entry import Entry, Signature

_OPENPGP = re.compile(r"[0-9A-F]{16,64}")
TIMEOUT = 60.0  # seconds of one call of gpg or cosign


@dataclass(frozen=True, slots=True)
class Keys:
    """What signing works with.

    Attributes:
        signing: private key of OpenSSH (its text), or `ID:SECRET` for a shared key; empty: none given.
        password: of the private key.
        shared: id → secret, for verifying shared keys; the signing one is among them.
        gpg_key: key that gpg signs with, as `--local-user` takes it; empty: its own default.
        identity: who signs, as the configuration has it; empty: it does not say.
        programs: name → path of gpg and cosign where they are.
    """

    signing: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    shared: Mapping[str, str] = field(default_factory=dict, repr=False)
    gpg_key: str = ""
    identity: str = ""
    programs: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outside:
    """How gpg and cosign are started."""

    runner: Runner
    environment: Mapping[str, str]
    scratch: Path

    def run(self, program: Path, words: Sequence[str], stdin: bytes = b"") -> tuple[int, bytes, str]:
        """Exit code, standard output, and what was said on the other stream."""
        done = self.runner.run(
            [str(program), *words], cwd=self.scratch, env=self.environment, timeout=TIMEOUT, stdin=stdin
        )
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def signer_of(settings: LedgerSettings, keys: Keys, outside: Outside) -> Callable[[Entry], Signature | None]:
    """What signs entries as `ledger.sign` says. Raises UsageError where the key for it is not given."""
    if settings.sign == "none":
        return lambda _entry: None
    if settings.sign in ("ssh", "hmac") and not keys.signing:
        raise UsageError(
            f"ledger.sign is {settings.sign}, and no key is given",
            "give it as the input `signing-key`, or in GO_RELEASE_GATE_SIGNING_KEY",
        )
    if settings.sign == "gpg":
        return lambda entry: _by_gpg(signed_bytes(entry), keys, outside, settings.signers)
    make = {"ssh": _by_ssh, "hmac": _by_hmac, "cosign": _by_cosign}[settings.sign]
    return lambda entry: make(signed_bytes(entry), keys, outside)


def judge_of(settings: LedgerSettings, keys: Keys, outside: Outside) -> Judge | None:
    """What judges signatures by `ledger.signers`; None where the configuration names no signer."""
    if not settings.signers:
        return None

    def judge(entry: Entry) -> str:
        if entry.signature is None:
            return "it is not signed"
        signed = signed_bytes(entry)
        try:
            refusals = [_refusal(entry, signed, signer, keys, outside) for signer in _known(settings, entry.signature)]
        except UnavailableError as error:
            raise UnavailableError(f"entry {entry.seq} of the ledger: {error.message}", error.hint) from None
        if not refusals:
            return f"its key {entry.signature.key} is not among the signers of the configuration"
        return "" if "" in refusals else refusals[0]

    return judge


def principal_of(signers: Sequence[Signer], entry: Entry) -> str:
    """Who signed an entry that was believed: whom the configuration gives the key to, else the key.

    Empty: it is not signed, or there are no signers, so that nobody has verified it.
    """
    signature = entry.signature
    found = [signer for signer in signers if signature and _names(signer, signature)]
    if signature is None or not found:
        return ""
    return next((one.identity for one in found if one.identity == signature.identity), "") or signature.key


def _known(settings: LedgerSettings, signature: Signature) -> list[Signer]:
    """The signers whose key the signature names; each entry of the configuration is one set of rights."""
    return [signer for signer in settings.signers if _names(signer, signature)]


def _names(signer: Signer, signature: Signature) -> bool:
    """Whether a signature names the signer's key, by the method that this kind of key is for.

    What an entry says of its method is anybody's word: it must not choose what a key is taken for.
    """
    if signature.method == "ssh":
        return _ssh_name(signer.key) == signature.key
    if signature.method == "gpg":
        return _is_openpgp(signer.key, signature.key)
    is_other = bool(_ssh_name(signer.key)) or bool(signer.issuer) != (signature.method == "cosign")
    return signer.key == signature.key and not is_other


def _is_openpgp(written: str, fingerprint: str) -> bool:
    """Whether a key as the configuration writes it is the one with this fingerprint."""
    key = written.replace(" ", "").upper().removeprefix("0X")
    return bool(_OPENPGP.fullmatch(key)) and fingerprint.endswith(key)


def _ssh_name(key: str) -> str:
    """The fingerprint of a key of SSH, written as a public key or as that; empty: it is of another kind."""
    if key.startswith("SHA256:"):
        return key
    try:
        return sshsig.fingerprint(sshsig.key_bytes(key)) if " " in key else ""
    except sshsig.SignatureError:
        return ""


def _refusal(entry: Entry, signed: bytes, signer: Signer, keys: Keys, outside: Outside) -> str:
    signature = entry.signature
    assert signature is not None  # noqa: S101 - the caller has looked
    if signer.may and entry.kind not in signer.may:
        return f"{signer.identity or signer.key} may not write entries of kind {entry.kind}"
    if entry.environment and signer.environments and entry.environment not in signer.environments:
        return f"{signer.identity or signer.key} may not write about {entry.environment}"
    if signer.services and entry.service not in signer.services:
        return f"{signer.identity or signer.key} may not write about {entry.service}"
    if signer.identity and signature.identity != signer.identity:
        return f"it says {signature.identity or 'nobody'} signed it, the key belongs to {signer.identity}"
    if not signer.identity and signature.identity not in ("", signature.key, entry.actor.name):
        return (
            f"it says {signature.identity} signed it, and the key {signature.key} has no identity in the configuration"
        )
    checks: dict[str, Callable[[Signature, bytes, Signer, Keys, Outside], str]] = {
        "ssh": _ssh_fault,
        "hmac": _hmac_fault,
        "gpg": partial(_gpg_fault, entry.time),
        "cosign": _cosign_fault,
    }
    return checks[signature.method](signature, signed, signer, keys, outside)


def _by_ssh(data: bytes, keys: Keys, _outside: Outside) -> Signature:
    try:
        text = sshsig.sign(keys.signing.encode(), data, keys.password.encode() or None)
    except sshsig.SignatureError as error:
        raise UsageError(f"the entry cannot be signed: {error}", "see the input `signing-key`") from None
    return Signature("ssh", sshsig.read(text).fingerprint, text, keys.identity)


def _ssh_fault(signature: Signature, data: bytes, _signer: Signer, _keys: Keys, _outside: Outside) -> str:
    try:
        found = sshsig.verify(signature.value, data)
    except sshsig.SignatureError as error:
        return f"its signature: {error}"
    return "" if found.fingerprint == signature.key else "its signature was made by another key than it names"


def _by_hmac(data: bytes, keys: Keys, _outside: Outside) -> Signature:
    name, found, secret = keys.signing.strip().partition(":")
    if not found or not name or len(secret) < 16:
        raise UsageError("a shared key is written `ID:SECRET`, with at least 16 characters of secret")
    return Signature("hmac", name, _mac(secret, data), keys.identity)


def _hmac_fault(signature: Signature, data: bytes, _signer: Signer, keys: Keys, _outside: Outside) -> str:
    secret = keys.shared.get(signature.key)
    if not secret:
        raise UnavailableError(
            f"the shared key {signature.key} is not given, so that its signatures cannot be verified",
            "give `signing-key`, or verify where it is known",
        )
    is_right = hmac.compare_digest(_mac(secret, data).encode(), signature.value.encode())
    return "" if is_right else "its signature does not hold for these bytes"


def _mac(secret: str, data: bytes) -> str:
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def _by_gpg(data: bytes, keys: Keys, outside: Outside, signers: Sequence[Signer]) -> Signature:
    """Signed by a key of gpg, often a subkey of the one that a signer is written with: it goes by that one's name."""
    gpg = _program("gpg", keys)
    words = ["--batch", "--status-fd", "2", "--armor", "--detach-sign"]
    code, made, said = outside.run(gpg, [*words, *(["--local-user", keys.gpg_key] if keys.gpg_key else [])], data)
    key = next((line.split()[-1] for line in said.splitlines() if line.startswith("[GNUPG:] SIG_CREATED ")), "")
    if code or not key:
        raise RefusedError("gpg did not sign the entry", "look with `gpg --list-secret-keys`")
    text = made.decode("ascii", "replace")
    names = [key, *_fingerprints(_gpg_rows(text, data, keys, outside))]
    known = ((name, one.identity) for one in signers for name in names if _is_openpgp(one.key, name))
    name, identity = next(known, (key, ""))
    return Signature("gpg", name, text, identity)


def _gpg_fault(
    written: datetime, signature: Signature, data: bytes, _signer: Signer, keys: Keys, outside: Outside
) -> str:
    """Why a signature of OpenPGP does not hold. What a key signed before it expired is believed; gpg tells no more."""
    rows = _gpg_rows(signature.value, data, keys, outside)
    said = {row[0]: row[1:] for row in rows}
    if "NO_PUBKEY" in said:
        raise UnavailableError(f"gpg does not know the key {signature.key}", "import it with `gpg --import`")
    if signature.key not in _fingerprints(rows):
        return "its signature does not hold for these bytes"
    if "REVKEYSIG" in said or "KEYREVOKED" in said:  # gpg calls it valid all the same
        return f"the key {signature.key} was revoked"
    ended = [int(row[1]) for row in rows if row[0] == "KEYEXPIRED" and row[1:] and row[1].isdecimal()]
    if "EXPKEYSIG" in said and written.timestamp() >= max(ended, default=0):
        return f"the key {signature.key} had expired when it signed"
    return ""


def _gpg_rows(signature: str, data: bytes, keys: Keys, outside: Outside) -> list[list[str]]:
    """The words of each line of status by which gpg judges a signature."""
    gpg = _program("gpg", keys)
    with TemporaryDirectory(dir=outside.scratch) as folder:
        path = Path(folder) / "signature.asc"
        path.write_text(signature, "utf-8")
        _, _, said = outside.run(gpg, ["--batch", "--status-fd", "2", "--verify", str(path), "-"], data)
    return [line.split()[1:] for line in said.splitlines() if line.startswith("[GNUPG:] ")]


def _fingerprints(rows: Sequence[Sequence[str]]) -> list[str]:
    """Of the keys by which a signature holds: the one that made it, and the primary key it belongs to."""
    return [word for row in rows if row[0] == "VALIDSIG" for word in (row[1], row[-1])]


def _by_cosign(data: bytes, keys: Keys, outside: Outside) -> Signature:
    cosign = _program("cosign", keys)
    with TemporaryDirectory(dir=outside.scratch) as folder:
        bundle, blob = Path(folder) / "bundle.json", Path(folder) / "entry.json"
        blob.write_bytes(data)
        code, _, said = outside.run(cosign, ["sign-blob", "--yes", "--bundle", str(bundle), str(blob)])
        if code or not bundle.is_file():
            raise RefusedError(f"cosign did not sign the entry: {_last(said)}", "it takes `id-token: write` in a job")
        return Signature("cosign", keys.identity, bundle.read_text("utf-8"), keys.identity)


def _cosign_fault(signature: Signature, data: bytes, signer: Signer, keys: Keys, outside: Outside) -> str:
    cosign = _program("cosign", keys)
    with TemporaryDirectory(dir=outside.scratch) as folder:
        bundle, blob = Path(folder) / "bundle.json", Path(folder) / "entry.json"
        blob.write_bytes(data)
        bundle.write_text(signature.value, "utf-8")
        words = ["verify-blob", "--bundle", str(bundle), "--certificate-identity", signer.key]
        code, _, said = outside.run(cosign, [*words, "--certificate-oidc-issuer", signer.issuer, str(blob)])
    return f"cosign does not accept its signature: {_last(said)}" if code else ""


def _program(name: str, keys: Keys) -> Path:
    found = keys.programs.get(name)
    if found is None:
        raise UnavailableError(f"{name} is not on this machine, and entries are signed with it", f"install {name}")
    return found


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"
