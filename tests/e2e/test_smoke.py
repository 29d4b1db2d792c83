"""The image runs as a step over a clean and a faulty repository."""

from __future__ import annotations

import json
import subprocess

import pytest

from go_release_gate import __version__
from support.containerstep import DOCKER, PROXY_PLACE, WorkDirectory
from support.moduleproxy import ModuleProxy
from support.samplemodules import clean_module, untidy_module, vendored_module

pytestmark = pytest.mark.e2e


def test_image_runs_the_command(image: str) -> None:
    """With arguments the image is the command."""
    done = subprocess.run([DOCKER, "run", "--rm", image, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"go-release-gate {__version__}\n"


def test_clean_repository_passes(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """A tidy module: exit code 0, every output in its form, a summary that says so."""
    work.write(clean_module(proxy))
    work.own()
    result = work.run(image, env=go_settings, mounts={proxy.files: PROXY_PLACE})
    assert result.code == 0, result.stdout + result.stderr
    assert (result.outputs["verdict"], result.outputs["complete"], result.outputs["findings"]) == ("pass", "true", "0")
    modules = json.loads(result.outputs["modules"])
    assert [(module["dir"], module["path"], module["tidy"], module["verify"]) for module in modules] == [
        (".", "example.com/shop", "pass", "pass")
    ]
    assert "pass" in result.summary.lower()


def test_faulty_repository_fails(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """An untidy module: exit code 1, an annotation at the line, the finding in the outputs; nothing else is said to
    be wrong."""
    work.write({f"services/api/{name}": text for name, text in untidy_module(proxy).items()})
    work.own()
    result = work.run(image, env=go_settings, mounts={proxy.files: PROXY_PLACE})
    assert result.code == 1, result.stdout + result.stderr
    assert result.outputs["verdict"] == "fail"
    assert int(result.outputs["findings"]) > 0
    annotations = [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert any("file=services/api/go.mod,line=5" in line and "untidy-module" in line for line in annotations)
    assert "untidy-module" in result.summary


def test_vendor_is_compared(image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]) -> None:
    """A vendor directory in step passes; one edited file in it fails. Vendoring afresh works for a lesser user too."""
    work.write(vendored_module(proxy))
    work.own()
    mounts = {proxy.files: PROXY_PLACE}
    result = work.run(image, env=go_settings, mounts=mounts)
    assert result.code == 0, result.stdout + result.stderr
    assert json.loads(result.outputs["modules"])[0]["vendor"] == "pass"
    work.write({"vendor/example.com/greet/greet.go": "package greet\n\nfunc Hello() { panic(1) }\n"})
    edited = work.run(image, env=go_settings, mounts=mounts)
    assert edited.code == 1, edited.stdout + edited.stderr
    assert "modified-vendor" in edited.stdout
