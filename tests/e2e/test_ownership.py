"""What a step leaves behind belongs to the runner's user, and the checkout is as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.containerstep import PROXY_PLACE, WorkDirectory
from support.moduleproxy import ModuleProxy
from support.samplemodules import clean_module, untidy_module

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("module", [clean_module, untidy_module], ids=["clean", "faulty"])
def test_checkout_is_untouched(
    image: str,
    work: WorkDirectory,
    proxy: ModuleProxy,
    go_settings: dict[str, str],
    module: Callable[[ModuleProxy], dict[str, str]],
) -> None:
    """Owner, mode and bytes of everything in the workspace are the same before and after."""
    work.write(module(proxy))
    work.own()
    before = work.listing()
    result = work.run(image, env=go_settings, mounts={proxy.files: PROXY_PLACE})
    assert result.code in (0, 1), result.stdout + result.stderr
    assert work.listing() == before


def test_fixed_files_belong_to_the_runner(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """With `fix`, the mended files keep the owner that the checkout has."""
    work.write(untidy_module(proxy))
    work.own()
    result = work.run(image, {"fix": "true"}, go_settings, {proxy.files: PROXY_PLACE})
    assert result.code == 0, result.stdout + result.stderr
    assert "// indirect" not in (work.workspace / "go.mod").read_text()
    assert {entry[0] for entry in work.listing().values()} == {work.user}


def test_caches_can_be_kept_and_deleted_by_their_owner(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """The default module cache lies below RUNNER_TEMP, filled, and the runner's user can remove all of it."""
    work.write(clean_module(proxy))
    work.own()
    result = work.run(image, env=go_settings, mounts={proxy.files: PROXY_PLACE})
    assert result.code == 0, result.stdout + result.stderr
    caches = work.temp / "go-release-gate"
    assert list(caches.rglob("greet.go")), "the module cache is not below RUNNER_TEMP/go-release-gate"
    assert {place.lstat().st_uid for place in caches.rglob("*")} == {work.user}
    left = work.shell(image, "rm -rf /caches/*; ls /caches", f"--user={work.user}", f"--volume={caches}:/caches")
    assert left == ""


def test_caches_named_by_the_workflow_are_used(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """GOMODCACHE and GOCACHE of the job win, and a second run finds what the first has left."""
    named = {"GOMODCACHE": "/github/runner_temp/kept/mod", "GOCACHE": "/github/runner_temp/kept/build"}
    work.write(clean_module(proxy))
    work.own()
    first = work.run(image, env=go_settings | named, mounts={proxy.files: PROXY_PLACE})
    second = work.run(image, env={**go_settings, **named, "GOPROXY": "off"})
    assert (first.code, second.code) == (0, 0), second.stdout + second.stderr
    assert list((work.temp / "kept/mod").rglob("greet.go"))
    assert not (work.temp / "go-release-gate").exists()


def test_nothing_is_left_in_the_shared_home(
    image: str, work: WorkDirectory, proxy: ModuleProxy, go_settings: dict[str, str]
) -> None:
    """/github/home is shared with later steps: neither git's nor Go's settings are written there."""
    work.write(clean_module(proxy))
    work.own()
    work.run(image, env=go_settings, mounts={proxy.files: PROXY_PLACE})
    assert list((work.temp / "_github_home").rglob("*")) == []
