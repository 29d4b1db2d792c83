"""Who signed an entry, and what that signer may write."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from go_release_gate.adapters.ledger.signing import Keys, Outside, judge_of, principal_of, signer_of
from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.config.releases import LedgerSettings, Signer
from go_release_gate.errors import UnavailableError, UsageError
from go_release_gate.ledger.canonical import signed_bytes
from go_release_gate.ledger.chain import Judge
from go_release_gate.ledger.entry import Actor, Entry, Signature

ENTRY = Entry(7, "", "hold", "api", "production", datetime(2026, 11, 21, tzinfo=UTC), Actor("ann"))
SHARED = Keys(signing="ci:0123456789abcdef", shared={"ci": "0123456789abcdef"}, identity="ci")


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    """Programs run with a home of their own."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Outside(ProcessRunner(), {"PATH": "/usr/bin:/bin", "HOME": str(home), "GNUPGHOME": str(home)}, tmp_path)


def signed(entry: Entry, method: str, keys: Keys, outside: Outside) -> Entry:
    """The entry with its signature."""
    return replace(entry, signature=signer_of(LedgerSettings(sign=method), keys, outside)(entry))  # type: ignore[arg-type]


def judge(outside: Outside, *signers: Signer, keys: Keys = SHARED) -> Judge:
    """What judges by these signers."""
    made = judge_of(LedgerSettings(signers=signers), keys, outside)
    assert made is not None
    return made


@pytest.fixture
def ssh_key(tmp_path: Path) -> tuple[str, str]:
    """The texts of a fresh private and public key."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("no ssh-keygen on this machine")
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.read_text("utf-8"), path.with_suffix(".pub").read_text("utf-8")


def test_without_signers_nothing_is_judged(outside: Outside) -> None:
    """A configuration that names nobody makes no claim about signatures."""
    assert judge_of(LedgerSettings(), SHARED, outside) is None


def test_a_key_of_ssh_holds_for_its_entry_alone(outside: Outside, ssh_key: tuple[str, str]) -> None:
    """The signature holds; on another sequence number, environment or reason it does not."""
    private, public = ssh_key
    entry = signed(ENTRY, "ssh", Keys(signing=private), outside)
    say = judge(outside, Signer(public))

    assert say(entry) == ""
    for changed in (replace(entry, seq=8), replace(entry, environment="staging"), replace(entry, reason="calm")):
        assert "does not hold" in say(changed)


@pytest.mark.parametrize("method", ["hmac", "gpg", "cosign"])
def test_an_entry_does_not_choose_what_a_key_is_for(outside: Outside, ssh_key: tuple[str, str], method: str) -> None:
    """Who has no key writes another method beside a known one: it is a forgery, and nothing that could not be asked."""
    public = " ".join(ssh_key[1].split()[:2])
    for key in (public, public.upper(), "SHA256:abc"):
        forged = replace(ENTRY, signature=Signature(method, key, "0" * 64))  # type: ignore[arg-type]
        assert "is not among the signers" in judge(outside, Signer(public), Signer("SHA256:abc"))(forged)


def test_a_keyless_identity_is_no_id_of_a_shared_key(outside: Outside) -> None:
    """Nor the other way round: a signer with an issuer signs without keys, one without it never does."""
    keyless = Signer("ci", issuer="https://issuer.example.com")
    assert "is not among the signers" in judge(outside, keyless)(signed(ENTRY, "hmac", SHARED, outside))
    forged = replace(ENTRY, signature=Signature("cosign", "ci", "{}"))
    assert "is not among the signers" in judge(outside, Signer("ci"))(forged)


@pytest.mark.parametrize(
    ("signer", "reason"),
    [
        (Signer("ci"), ""),
        (Signer("ci", may=("hold",), environments=("production",), services=("api",)), ""),
        (Signer("ci", may=("promote",)), "may not write entries of kind hold"),
        (Signer("ci", environments=("staging",)), "may not write about production"),
        (Signer("ci", services=("web",)), "may not write about api"),
        (Signer("ci", identity="release-bot"), "the key belongs to release-bot"),
        (Signer("other"), "not among the signers"),
    ],
)
def test_rights_are_judged_on_reading(signer: Signer, reason: str, outside: Outside) -> None:
    """Kinds, environments, services and identity of a signer are policy, whatever the writer believed."""
    assert reason in judge(outside, signer)(signed(ENTRY, "hmac", SHARED, outside))
    assert bool(reason) is bool(judge(outside, signer)(signed(ENTRY, "hmac", SHARED, outside)))


def test_an_identity_that_nothing_bears_out_is_named(outside: Outside) -> None:
    """What an entry says of its signer is not signed: of the last entry anybody could rewrite it."""
    entry = signed(ENTRY, "hmac", SHARED, outside)
    assert entry.signature is not None
    forged = replace(entry, signature=replace(entry.signature, identity="mallory"))
    named = (Signer("ci", identity="release-bot"),)

    assert "mallory signed it" in judge(outside, Signer("ci"))(forged)
    assert "the key belongs to release-bot" in judge(outside, *named)(forged)
    for harmless in ("", "ci", "ann"):  # the key is verified, the actor is among the signed bytes
        assert judge(outside, Signer("ci"))(replace(entry, signature=replace(entry.signature, identity=harmless))) == ""
    bound = replace(entry, signature=replace(entry.signature, identity="release-bot"))
    found = [
        principal_of(signers, one)
        for signers in ((), (Signer("ci"),), named, (Signer("ci"), *named), (Signer("other"),))
        for one in (forged, bound, ENTRY)
    ]
    assert found == ["", "", "", "ci", "ci", "", "ci", "release-bot", "", "ci", "release-bot", "", "", "", ""]


def test_rights_of_one_key_add_up(outside: Outside) -> None:
    """A key that is listed twice has the rights of both lines."""
    say = judge(outside, Signer("ci", may=("promote",)), Signer("ci", environments=("production",)))

    assert say(signed(ENTRY, "hmac", SHARED, outside)) == ""


def test_an_unsigned_or_forged_entry_is_named(outside: Outside) -> None:
    """No signature, one by another secret and one of other bytes are each refused."""
    say = judge(outside, Signer("ci"))
    forged = signed(ENTRY, "hmac", replace(SHARED, signing="ci:another-secret-of-ours"), outside)

    assert say(ENTRY) == "it is not signed"
    assert "does not hold" in say(forged)
    assert "does not hold" in say(replace(signed(ENTRY, "hmac", SHARED, outside), reason="calm"))


def test_a_secret_that_is_not_here_is_unavailable(outside: Outside) -> None:
    """Who cannot verify does not say that it is well, nor that it is forged."""
    with pytest.raises(UnavailableError, match="cannot be verified"):
        judge(outside, Signer("ci"), keys=Keys())(signed(ENTRY, "hmac", SHARED, outside))


@pytest.mark.parametrize(("method", "key"), [("ssh", ""), ("ssh", "no key"), ("hmac", ""), ("hmac", "ci:short")])
def test_keys_that_cannot_sign_are_wrong_usage(method: str, key: str, outside: Outside) -> None:
    """A missing or malformed key is said before anything is written, and never shown."""
    with pytest.raises(UsageError) as caught:
        signed(ENTRY, method, Keys(signing=key), outside)
    assert not key or key not in caught.value.message


@pytest.mark.skipif(not shutil.which("gpg"), reason="no gpg on this machine")
def test_a_key_of_openpgp_holds(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> None:
    """gpg signs with the key of its home, and verifies by the fingerprint that the configuration names."""
    home = tmp_path_factory.getbasetemp() / "gpg"  # its agent's socket takes no long path
    home.mkdir(mode=0o700)
    outside = replace(outside, environment={**outside.environment, "HOME": str(home), "GNUPGHOME": str(home)})
    environment = dict(outside.environment)
    words = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "ann@example.com", "ed25519"]
    subprocess.run([*words, "sign", "never"], env=environment, check=True, capture_output=True)
    keys = Keys(programs={"gpg": Path("/usr/bin/gpg")})
    entry = signed(ENTRY, "gpg", keys, outside)
    assert entry.signature is not None

    say = judge(outside, Signer(entry.signature.key), keys=keys)

    assert say(entry) == ""
    assert "does not hold" in say(replace(entry, seq=8))
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)


@pytest.fixture(scope="module")
def gpg_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of gpg, on a path that is short enough for its agent's socket."""
    if not shutil.which("gpg"):
        pytest.skip("no gpg on this machine")
    with TemporaryDirectory(prefix="gpg", dir="/tmp") as folder:
        yield Path(folder)
        subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": folder}, check=False)


def gpg(home: Path, *words: str) -> str:
    """What gpg prints."""
    said = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", "", *words]
    return subprocess.run(said, check=True, capture_output=True, text=True).stdout


def new_key(home: Path, name: str, *words: str, before: Sequence[str] = ()) -> list[str]:
    """Fingerprints of a new key and of its subkeys."""
    gpg(home, *before, "--quick-generate-key", f"{name}@example.com", "ed25519", *words)
    rows = gpg(home, "--with-colons", "--list-keys", f"{name}@example.com").splitlines()
    return [row.split(":")[9] for row in rows if row.startswith("fpr:")]


def test_whose_key_gpg_signs_with_is_found_among_several_signers(outside: Outside, gpg_home: Path) -> None:
    """The entry names the identity that the configuration gives the key that signed, whoever else may sign."""
    ann, ben = (new_key(gpg_home, name, "sign", "never")[0] for name in ("ann", "ben"))
    outside = replace(outside, environment={**outside.environment, "GNUPGHOME": str(gpg_home)})
    signers = (Signer(ann, identity="ann", environments=("staging",)), Signer(ben, identity="ben"))
    settings = LedgerSettings(sign="gpg", signers=signers)

    def say(key: str) -> str:
        keys = Keys(gpg_key=key, programs={"gpg": Path("/usr/bin/gpg")})
        entry = replace(ENTRY, signature=signer_of(settings, keys, outside)(ENTRY))
        return judge(outside, *signers, keys=keys)(entry) or principal_of(signers, entry)

    assert say(ben) == "ben"
    assert say(ann) == "ann may not write about production"


def test_a_subkey_of_openpgp_signs_for_its_primary_key(outside: Outside, gpg_home: Path) -> None:
    """Signers are written with the fingerprint that `gpg --list-keys` shows, or with the subkey's own."""
    primary = new_key(gpg_home, "eve", "cert", "never")[0]
    gpg(gpg_home, "--quick-add-key", primary, "ed25519", "sign", "never")
    rows = gpg(gpg_home, "--with-colons", "--list-keys", primary).splitlines()
    subkey = [row.split(":")[9] for row in rows if row.startswith("fpr:")][1]
    outside = replace(outside, environment={**outside.environment, "GNUPGHOME": str(gpg_home)})
    keys = Keys(gpg_key=primary, programs={"gpg": Path("/usr/bin/gpg")})

    for name in (primary, subkey, primary.lower()):
        signers = (Signer(name, identity="eve"),)
        entry = replace(ENTRY, signature=signer_of(LedgerSettings(sign="gpg", signers=signers), keys, outside)(ENTRY))
        assert judge(outside, *signers, keys=keys)(entry) == ""


def test_a_key_of_openpgp_that_expired_or_was_revoked_signs_nothing_more(outside: Outside, gpg_home: Path) -> None:
    """What it signed in its time is believed, of a revoked one nothing; gpg itself calls all of it valid."""
    then = ["--faked-system-time", "20260101T000000"]
    key = new_key(gpg_home, "old", "sign", "1d", before=then)[0]
    outside = replace(outside, environment={**outside.environment, "GNUPGHOME": str(gpg_home)})
    keys = Keys(programs={"gpg": Path("/usr/bin/gpg")})
    say = judge(outside, Signer(key), keys=keys)

    def by_old(entry: Entry) -> Entry:
        data = outside.scratch / "data"
        data.write_bytes(signed_bytes(entry))
        return replace(
            entry, signature=Signature("gpg", key, gpg(gpg_home, *then, "-u", key, "-a", "-o-", "-b", str(data)))
        )

    in_time = by_old(replace(ENTRY, time=datetime(2026, 1, 1, 1, tzinfo=UTC)))
    assert say(in_time) == ""
    assert say(by_old(ENTRY)) == f"the key {key} had expired when it signed"
    revocation = gpg_home / "openpgp-revocs.d" / f"{key}.rev"
    revocation.write_text(revocation.read_text("utf-8").replace("\n:---", "\n---"), "utf-8")
    gpg(gpg_home, "--import", str(revocation))
    assert say(in_time) == f"the key {key} was revoked"
