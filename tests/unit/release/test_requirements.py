"""What must hold before a digest is deployed; cosign and gh are small programs here that note how they were called."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.process import ProcessRunner
from go_release_gate.config.releases import Requirement
from go_release_gate.errors import RefusedError, UnavailableError, UsageError
from go_release_gate.ledger.entry import Image
from go_release_gate.ledger.move import Move
from go_release_gate.release.requirements import Outside, RestoreStep, check_requirements

DIGEST = f"sha256:{hashlib.sha256(b'image').hexdigest()}"
IMAGE = Image(DIGEST, "application/vnd.oci.image.index.v1+json", locations=("registry.example.com/api",))
IDENTITY = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main"
ISSUER = "https://token.actions.githubusercontent.com"
MOVE = Move("api", "production", IMAGE)


def program(tmp_path: Path, name: str, code: int) -> Path:
    """A program that writes its words to `name`.json and exits."""
    path = tmp_path / name
    notes = f"{path}.json"
    path.write_text(
        f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv[1:], open({notes!r}, 'w'))\n"
        f"sys.stderr.write('Error: no matching signatures\\n::error::x')\nsys.exit({code})\n",
        "utf-8",
    )
    path.chmod(0o755)
    return path


def outside(tmp_path: Path, **programs: int) -> Outside:
    """With programs that exit so."""
    found = {name: program(tmp_path, name, code) for name, code in programs.items()}
    return Outside(ProcessRunner(), tmp_path, {}, {"ONLY": "this"}, found)


def words(tmp_path: Path, name: str) -> list[str]:
    """What the program was called with."""
    found: list[str] = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
    return found


def test_nothing_asked_is_nothing_done(tmp_path: Path) -> None:
    """Without requirements only the content counts."""
    assert check_requirements(Requirement(), IMAGE, outside(tmp_path)) == {}
    with pytest.raises(RefusedError, match="cannot be pulled whole: a layer is gone"):
        check_requirements(Requirement(), IMAGE, outside(tmp_path), lambda _image: "a layer is gone")


def test_a_signature_is_verified_by_digest_and_identity(tmp_path: Path) -> None:
    """Cosign is asked about the digest, with the identity and issuer that must have signed."""
    required = Requirement(signature=True, identity=IDENTITY, issuer=ISSUER)
    evidence = check_requirements(required, IMAGE, outside(tmp_path, cosign=0))
    assert evidence == {"signature": f"cosign: {IDENTITY}"}
    assert words(tmp_path, "cosign") == [
        "verify",
        f"--certificate-identity={IDENTITY}",
        f"--certificate-oidc-issuer={ISSUER}",
        "--output=json",
        f"registry.example.com/api@{DIGEST}",
    ]
    with pytest.raises(RefusedError, match=r"cosign does not accept sha256:.* \(exit 12\)") as caught:
        check_requirements(required, IMAGE, outside(tmp_path, cosign=12))
    assert "\n" not in str(caught.value)
    with pytest.raises(UnavailableError, match="cosign is not on this machine"):
        check_requirements(required, IMAGE, outside(tmp_path))


def test_a_signature_of_anybody_is_not_asked_for(tmp_path: Path) -> None:
    """Without identity and issuer a signature proves nothing."""
    with pytest.raises(UsageError, match="anybody can sign"):
        check_requirements(Requirement(signature=True, identity=IDENTITY), IMAGE, outside(tmp_path, cosign=0))


def test_an_attestation_is_verified_by_gh(tmp_path: Path) -> None:
    """The repository whose workflows attested is named."""
    required = Requirement(attestation="acme/shop")
    assert check_requirements(required, IMAGE, outside(tmp_path, gh=0)) == {"attestation": "gh: acme/shop"}
    assert words(tmp_path, "gh") == [
        "attestation", "verify", f"oci://registry.example.com/api@{DIGEST}", "--repo", "acme/shop"
    ]  # fmt: skip
    with pytest.raises(RefusedError, match="gh does not accept"):
        check_requirements(required, IMAGE, outside(tmp_path, gh=1))
    with pytest.raises(UnavailableError, match="gh is not on this machine"):
        check_requirements(required, IMAGE, outside(tmp_path))


def test_what_lies_nowhere_is_not_verified(tmp_path: Path) -> None:
    """Without a location there is nothing to ask about."""
    with pytest.raises(RefusedError, match="no location"):
        check_requirements(Requirement(attestation="a/b"), replace(IMAGE, locations=()), outside(tmp_path, gh=0))


def test_release_files_are_held_against_their_sums(tmp_path: Path) -> None:
    """A file that is another refuses the deployment."""
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "sums").write_text(f"{hashlib.sha256(b'content').hexdigest()}  a\n", "utf-8")
    assert list(check_requirements(Requirement(checksums="sums"), IMAGE, outside(tmp_path))) == ["checksums"]
    (tmp_path / "a").write_bytes(b"other")
    with pytest.raises(RefusedError, match="a is not what sums says"):
        check_requirements(Requirement(checksums="sums"), IMAGE, outside(tmp_path))


def step(tmp_path: Path, code: str, snapshot: str = "backup/2026-11-21", patience: float = 20.0) -> RestoreStep:
    """A hook in Python."""
    command = (sys.executable, "-c", code, "{snapshot}", "{digest}")
    return RestoreStep(command, outside(tmp_path), lambda _digest: snapshot, patience)


def test_a_snapshot_is_restored_as_a_step(tmp_path: Path) -> None:
    """The reference stays one word; running twice is the same."""
    made = step(tmp_path, "import sys; open('restored', 'w').write(' '.join(sys.argv[1:]))")
    (effect,) = made.plan(MOVE)
    assert effect.what.startswith("restore backup/2026-11-21: ")
    assert not (tmp_path / "restored").exists()
    assert made.apply(MOVE) == made.apply(MOVE) == "restored backup/2026-11-21"
    assert (tmp_path / "restored").read_text("utf-8") == f"backup/2026-11-21 {DIGEST}"
    assert made.observe("api", "production").unknown


def test_a_release_without_snapshot_restores_nothing(tmp_path: Path) -> None:
    """There is no step to show, and the hook does not run."""
    made = step(tmp_path, "raise SystemExit(1)", "")
    assert made.plan(MOVE) == ()
    assert made.apply(MOVE) == "no snapshot belongs to this release"


def test_a_hook_that_fails_stops_the_move(tmp_path: Path) -> None:
    """Exit 1 is a refusal, no end in time leaves the intent open; a reference that is an option is not filled in."""
    with pytest.raises(RefusedError, match=r"was not restored \(exit 1: no space\)"):
        step(tmp_path, "import sys; sys.exit('no space')").apply(MOVE)
    with pytest.raises(UnavailableError, match="did not end"):
        step(tmp_path, "import time; time.sleep(60)", patience=0.2).apply(MOVE)
    with pytest.raises(UsageError, match="unexpected characters"):
        step(tmp_path, "pass", "--force").plan(MOVE)
