"""The keys of a run, from secrets and programs; whose they are is the configuration's word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from go_release_gate.adapters.ledger.signing import Keys
from go_release_gate.adapters.programs import find
from go_release_gate.config.environment import secret
from go_release_gate.config.releases import LedgerSettings

PROGRAMS = {"gpg": "gpg", "cosign": "cosign"}


def keys_of(environ: Mapping[str, str], settings: LedgerSettings, checkout: Path, actor: str) -> Keys:
    """What entries are signed and judged with; nothing is read of the checkout."""
    text, password = secret(environ, "signing-key"), secret(environ, "signing-password")
    lines = [line.strip() for line in text.splitlines() if line.strip()] if "-----BEGIN" not in text else []
    shared = {name: word for line in lines for name, found, word in [line.partition(":")] if found}
    found = {name: find(program, environ, checkout) for name, program in PROGRAMS.items()}
    signing = text if not lines else lines[0]
    if signing and not lines and not signing.endswith("\n"):
        signing += "\n"  # a secret's final newline is often lost, and OpenSSH's form wants it
    return Keys(
        signing=signing,
        password=password,
        shared=shared,
        gpg_key=signing.strip() if settings.sign == "gpg" else "",
        identity=_keyless(environ, actor) if settings.sign == "cosign" else _identity(settings, signing, password),
        programs={name: path for name, path in found.items() if path},
    )


def _keyless(environ: Mapping[str, str], actor: str) -> str:
    """Whom a certificate will name: in a workflow that, else the person who logs in."""
    ref = environ.get("GITHUB_WORKFLOW_REF", "")
    return f"{environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{ref}" if ref else actor


def _identity(settings: LedgerSettings, signing: str, password: str) -> str:
    """Who the configuration says the signing key belongs to; empty: it does not say, or only gpg knows the key."""
    name = _key_name(settings.sign, signing, password)
    return next((one.identity for one in settings.signers if _is_key(one.key, name)), "") if name else ""


def _key_name(method: str, signing: str, password: str) -> str:
    from go_release_gate.adapters.ledger import sshsig

    if method == "hmac":
        return signing.partition(":")[0]
    if method != "ssh" or not signing:
        return ""
    try:
        return sshsig.read(sshsig.sign(signing.encode(), b"", password.encode() or None)).fingerprint
    except sshsig.SignatureError:
        return ""  # told when something is to be signed


def _is_key(written: str, name: str) -> bool:
    from go_release_gate.adapters.ledger import sshsig

    try:
        return written == name or sshsig.fingerprint(sshsig.key_bytes(written)) == name
    except sshsig.SignatureError:
        return False
