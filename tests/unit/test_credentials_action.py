"""credentials/*.sh: lines for registries and modules, masks, a configuration of git."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "credentials"
OWNERS = {f"{kind}_{number}": "" for kind in ("OWNER", "TOKEN") for number in (1, 2, 3, 4)}

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="the scripts make their marks by openssl")


def run(script: str, tmp_path: Path, **variables: str) -> tuple[int, str, dict[str, str]]:
    """Exit code, what was printed, and outputs by name."""
    output = tmp_path / "output"
    output.touch()
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(output), **variables}
    done = subprocess.run([FOLDER / script], env=environ, capture_output=True, text=True, check=False, timeout=60)
    entries = re.findall(r"(\w+)<<([0-9a-f]{32})\n(.*?)\n\2\n", output.read_text(), re.DOTALL)
    return done.returncode, done.stdout + done.stderr, {name: text for name, _, text in entries}


def program(tmp_path: Path, name: str, prints: str) -> None:
    """A program that prints and leaves its arguments in a file."""
    path = tmp_path / name
    path.write_text(f'#!/bin/sh\necho "$*" >>"{tmp_path}/{name}.calls"\necho \'{prints}\'\n')
    path.chmod(0o755)


def login(tmp_path: Path, kind: str, image: str, **more: str) -> tuple[int, str, list[str]]:
    """Lines that a login gives."""
    given = {"LOGIN": kind, "IMAGE": image, "GIVEN": "", "ACTOR": "octocat", "JOB_TOKEN": "job-token", **more}
    code, said, outputs = run("registries.sh", tmp_path, **given)
    return code, said, outputs.get("lines", "").split("\n")


def test_ghcr_takes_the_jobs_token(tmp_path: Path) -> None:
    """The job's own token, and what was given besides comes first."""
    code, _, lines = login(tmp_path, "ghcr", "ghcr.io/acme/shop", GIVEN="a.example.com u:p")
    assert (code, lines) == (0, ["a.example.com u:p", "ghcr.io octocat:job-token"])


def test_amazon_is_asked_for_a_password(tmp_path: Path) -> None:
    """The password is masked, and stands for the image's registry."""
    program(tmp_path, "aws", "password-of-aws")
    registry = "1234.dkr.ecr.eu-west-1.amazonaws.com"
    code, said, lines = login(tmp_path, "aws", f"{registry}/shop", AWS_REGISTRY_REGION="eu-west-1")
    assert (code, lines[-1]) == (0, f"{registry} AWS:password-of-aws")
    assert "::add-mask::password-of-aws" in said
    assert (tmp_path / "aws.calls").read_text() == "ecr get-login-password --region eu-west-1\n"


def test_google_takes_an_access_token(tmp_path: Path) -> None:
    """The token of the step before."""
    code, said, lines = login(tmp_path, "google", "eu-docker.pkg.dev/acme/shop/api", GOOGLE_TOKEN="google-token")
    assert (code, lines[-1]) == (0, "eu-docker.pkg.dev oauth2accesstoken:google-token")
    assert "::add-mask::google-token" in said


def test_azure_trades_the_runs_identity(tmp_path: Path) -> None:
    """The run's OIDC token is traded for one of the registry that the image names; both are masked."""
    program(tmp_path, "curl", '{"value": "identity-token"}')
    program(tmp_path, "az", "registry-token")
    asked = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://id.example.com/?a=b", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "ask"}
    code, said, lines = login(
        tmp_path, "azure", "acme.azurecr.io/shop", AZURE_CLIENT="client", AZURE_TENANT="tenant", **asked
    )
    assert (code, lines[-1]) == (0, "acme.azurecr.io 00000000-0000-0000-0000-000000000000:registry-token")
    assert {"::add-mask::identity-token", "::add-mask::registry-token"} <= set(said.splitlines())
    assert "acr login --name acme --expose-token" in (tmp_path / "az.calls").read_text()


def test_azure_says_which_permission_is_missing(tmp_path: Path) -> None:
    """Without an address to ask for the run's identity nothing is tried."""
    code, said, _ = login(tmp_path, "azure", "acme.azurecr.io/shop")
    assert code == 2
    assert "id-token: write" in said


def test_an_unknown_login_is_refused(tmp_path: Path) -> None:
    """The message lists those there are."""
    code, said, _ = login(tmp_path, "gcp", "gcr.io/acme/shop")
    assert code == 2
    assert "ghcr, aws, google, azure, credentials, none" in said


def test_each_owner_has_its_token(tmp_path: Path) -> None:
    """Lines and git's configuration have one entry for each; what is derived is masked."""
    tokens = {**OWNERS, "OWNER_1": "acme", "TOKEN_1": "one", "OWNER_2": "partner", "TOKEN_2": "two"}
    code, said, outputs = run(
        "modules.sh", tmp_path, GIVEN="git.example.com u:p", HOST_URL="https://github.com", **tokens
    )
    assert code == 0
    assert outputs["lines"].split("\n") == ["git.example.com u:p", "github.com/acme one", "github.com/partner two"]
    basic = base64.b64encode(b"x-access-token:one").decode()
    assert f'[http "https://github.com/acme/"]\n\textraHeader = Authorization: Basic {basic}' in outputs["gitconfig"]
    assert f"::add-mask::{basic}" in said
    config = tmp_path / "gitconfig"
    config.write_text(outputs["gitconfig"])
    got = subprocess.run(
        ["git", "config", "--file", config, "--get-urlmatch", "http.extraHeader", "https://github.com/partner/lib"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert got.stdout.strip() == f"Authorization: Basic {base64.b64encode(b'x-access-token:two').decode()}"


def test_without_anything_there_is_nothing(tmp_path: Path) -> None:
    """On a fork's pull request all are empty."""
    code, _, outputs = run("modules.sh", tmp_path, GIVEN="", HOST_URL="https://github.com", **OWNERS)
    assert code == 0
    assert outputs["lines"].strip() == outputs["gitconfig"].strip() == ""
