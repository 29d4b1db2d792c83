"""What our edit of a kustomization means is what `kustomize edit set image` means, by `kustomize build`.

`tests/data/gitops/kustomize-observed.json` holds what kustomize answered; with `kustomize` on PATH it is asked anew:

    go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
    python -m pytest tests/unit/gitops/test_kustomize_meaning.py
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.gitops.moving import edited
from go_release_gate.gitops.use import Wish

FILE = Path(__file__).parents[2] / "data" / "gitops" / "kustomize-observed.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"]
NAMES = [case["name"] for case in CASES]
NEW = f"sha256:{'b' * 64}"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: api}}\nspec: {{containers: [{{name: api, image: '{}'}}]}}\n"


def ours(case: dict[str, Any]) -> str:
    """Our edit of a case's kustomization."""
    wish = Wish(("ghcr.io/acme/shop",), NEW, case["version"], by_tag=case["by_tag"])
    return edited({"kustomization.yaml": case["before"].encode()}, wish).files["kustomization.yaml"].decode()


def built(program: str, folder: Path, case: dict[str, Any], kustomization: str, set_image: str = "") -> list[str]:
    """The images that `kustomize build` shows, after `edit set image` where one is to be set."""
    folder.mkdir()
    (folder / "pod.yaml").write_text(POD.format(case["pod"]))
    (folder / "kustomization.yaml").write_text(kustomization)
    if set_image:
        subprocess.run([program, "edit", "set", "image", set_image], cwd=folder, check=True, capture_output=True)
    answer = subprocess.run([program, "build", "."], cwd=folder, check=True, capture_output=True, text=True)
    return re.findall(r"image: (\S+)", answer.stdout)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_our_edit_is_the_one_that_was_built(case: dict[str, Any]) -> None:
    """What kustomize was asked about is what comes out today."""
    assert ours(case) == case["after"]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_image_is_the_one_that_kustomize_sets(case: dict[str, Any]) -> None:
    """Repository and digest are the same; we keep a tag beside the digest where one stood, and it is the version's."""
    (mine,), (theirs,) = case["built"], case["set_and_built"]
    if "@" in theirs:
        assert re.sub(r":[^/@]+@", "@", mine) == theirs
    else:
        assert mine == theirs
    assert NEW in mine or case["by_tag"]


@pytest.mark.skipif(not shutil.which("kustomize"), reason="no kustomize on this machine")
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_kustomize_still_says_so(case: dict[str, Any], tmp_path: Path) -> None:
    """What is recorded is what this kustomize answers."""
    program = shutil.which("kustomize") or ""

    assert built(program, tmp_path / "ours", case, ours(case)) == case["built"]
    assert built(program, tmp_path / "theirs", case, case["before"], case["set"]) == case["set_and_built"]
