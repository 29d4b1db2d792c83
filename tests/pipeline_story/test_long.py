"""The long chapters: stages that are red, an approval that comes too late, a failure found later, two levels back."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from pipeline_story.machine import service
from pipeline_story.machine.acting import Ran
from pipeline_story.machine.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]
APPROVAL = """\
  approval:
    name: approval
    needs: staging-health
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: |
          touch /caches/parked
          until [ -e /caches/approved ]; do sleep 0.2; done

  production:
"""


def with_approval(world: World) -> None:
    """act knows no reviewers: a job that waits for a file stands in for those of the environment production."""
    path = world.clone / ".github/workflows/release.yml"
    text = path.read_text("utf-8")
    changed = text.replace("  production:\n", APPROVAL).replace("      - staging-health\n", "      - approval\n")
    assert changed.count("approval") == text.count("approval") + 3
    path.with_name("approved-release.yml").write_text(changed, "utf-8")


@pytest.mark.parametrize(("version", "stage"), [("0.1.0", "verify"), ("0.2.0", "test"), ("0.3.0", "build")])
def test_a_red_stage_leaves_nothing(world: World, version: str, stage: str) -> None:
    """Whatever is found before push, the registry stays empty, and nothing is recorded."""
    faults: dict[str, dict[str, str | None]] = {
        "verify": dict(service.UNTIDY),
        "test": {"go.sum": None, **service.UNTESTED},
        "build": {"main_test.go": service.TEST, **service.unbuildable(world.go_image)},
    }
    ran = world.release(version, faults[stage])

    assert ran.ended("failure") == [stage], ran.log
    assert world.tags() == []
    assert not world.has_ledger()


def test_an_image_with_a_secret_leaves_nothing(world: World) -> None:
    """The image is built and judged before anything else sees it: this one holds a login."""
    recipe = service.files(world.go_image)["Dockerfile"]
    with_login = recipe.replace("USER 65532:65532\n", "COPY .pgpass /.pgpass\nUSER 65532:65532\n")
    ran = world.release("0.4.0", {"Dockerfile": with_login, ".pgpass": "db:5432:shop:shop:letmein\n"})

    assert ran.ended("failure") == ["build"], ran.log
    assert "secret-in-image" in ran.log
    assert world.tags() == []


def test_an_exchanged_image_leaves_nothing(world: World) -> None:
    """Between test and push somebody puts another image in the place of the one that was tested: push refuses it."""
    shutil.copy(next(world.runner.folder.glob("run-2/artifacts/image-*/image.tar")), world.caches / "other.tar")
    hook = world.caches / "after-download"
    hook.write_text('#!/bin/sh\n[ "$GITHUB_JOB" != push ] || cp /caches/other.tar "$1/image.tar"\n')
    hook.chmod(0o755)
    ran = world.release("0.5.0", {".pgpass": None, **service.files(world.go_image)})
    hook.unlink()

    assert ran.ended("failure") == ["push"], ran.log
    assert ran.exit_of("push") == [5]
    assert world.tags() == []
    assert not world.has_ledger()


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.2.0"])
def test_good_releases(world: World, version: str) -> None:
    """Three releases that stay good."""
    ran = world.release(version, {"main.go": service.main(f"nowhere-{version}")})

    assert ran.code == 0, ran.log
    assert world.cluster.runs("production") == (0, f"shop {version} in production")


def test_a_bad_release_is_taken_back_by_itself(world: World) -> None:
    """1.3.0 is well in staging and fails in production: 1.2.0 runs there again, and nothing new comes by itself."""
    ran = world.release("1.3.0", {"main.go": service.main("production")})

    assert ran.ended("failure") == ["production health"], ran.log
    assert world.cluster.runs("staging") == (0, "shop 1.3.0 in staging")
    assert world.cluster.runs("production") == (0, "shop 1.2.0 in production")
    assert world.place("production")["held"]


def test_an_approval_that_comes_too_late(world: World) -> None:
    """The hold is lifted, and 1.4.0 parked at production's approval. Meanwhile somebody takes production two levels
    back, by the button. Then 1.4.0 is approved: its promotion reads the hold and is refused with exit 5."""
    world.gate("release", "unhold", "--env", "production", "--reason", "mended in 1.4.0")
    with_approval(world)
    files = {"main.go": service.main()}
    ended: list[Ran] = []
    parked = threading.Thread(target=lambda: ended.append(world.release("1.4.0", files, "approved-release")))
    parked.start()
    wait_for(world.caches / "parked", parked)

    pressed = world.button("rollback", environment="production", to="-2", reason="1.1.0 is ill, too")
    assert pressed.code == 0, pressed.log
    assert world.cluster.runs("production") == (0, "shop 1.0.0 in production")

    (world.caches / "approved").touch()
    parked.join()
    [ran] = ended
    assert ran.ended("failure") == ["production"], ran.log
    assert ran.exit_of("production") == [5]
    assert world.cluster.runs("staging") == (0, "shop 1.4.0 in staging")
    assert world.cluster.runs("production") == (0, "shop 1.0.0 in production")
    place = world.place("production")
    assert (place["version"], bool(place["held"])) == ("1.0.0", True)


def test_the_watch(world: World) -> None:
    """It asks every environment. What a rollback brought is not rolled back by itself: a person has to look."""
    well = world.button("watch")
    assert (well.code, len(well.ended("success"))) == (0, 2), well.log

    world.cluster.ill.add("production")
    ill = world.button("watch")
    world.cluster.ill.clear()

    assert (len(ill.ended("success")), len(ill.ended("failure"))) == (1, 1), ill.log
    assert world.cluster.runs("production") == (0, "shop 1.0.0 in production")
    assert world.place("production")["verdict"] == "fail"


def wait_for(path: Path, thread: threading.Thread) -> None:
    """Until a file is there, while somebody works on it."""
    while not path.exists():
        assert thread.is_alive(), "it ended before it was parked"
        time.sleep(0.05)
