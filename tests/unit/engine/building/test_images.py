"""Images of a build: which are built, on which events, and what their engine does not do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from go_release_gate.adapters.docker import BuildRefusedError, Docker
from go_release_gate.config.settings import ImageSettings, Settings
from go_release_gate.engine.building.image_orders import image_orders
from go_release_gate.engine.building.run import BuildRequest, BuildWishes, build
from go_release_gate.engine.building.stamp import Stamp
from go_release_gate.engine.building.with_images import ImageWishes
from go_release_gate.engine.context import Edges, Facts
from go_release_gate.engine.discover import discover
from go_release_gate.facts.built_images import ImageOrder
from go_release_gate.model.outcome import Verdict
from go_release_gate.model.subject import Subject
from go_release_gate.report.built import BuildReport
from support.images import Blob, Item, Store, layer
from support.programs import write_module

WORKFLOW = """on: {push: {tags: ['v*']}}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: deploy/Dockerfile
          platforms: linux/amd64,linux/arm64
          build-args: |
            EDITION=full
            WHEN=${{ steps.clock.outputs.now }}
          tags: ghcr.io/acme/shop:1
"""
SCRATCH = "FROM scratch\nCOPY main.go /\n"


class Engine:
    """Stands in for an engine: writes archives of the images it is given, one after the other."""

    version = "an engine"
    limits = ("it sets no times",)

    def __init__(self, *layers: Blob) -> None:
        self.layers = list(layers)
        self.roots: list[Path] = []

    def build(self, order: ImageOrder, root: Path, output: Path, *, epoch: int | None, fresh: bool = False) -> None:
        """Leave the next image in `output`; refuse where there is none."""
        assert epoch == 7
        self.roots.append(root)
        assert (root / order.dockerfile).is_file()
        assert fresh or len(self.layers) == 1
        if not self.layers:
            raise BuildRefusedError("ERROR: no space left")
        import tarfile
        from io import BytesIO

        store = Store()
        digest = store.image([self.layers.pop(0)], {"User": "65532"})
        with tarfile.open(output, "w") as archive:
            for name, data in store.files(("", digest)).items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, BytesIO(data))


def built(root: Path, edges: Edges, engine: object, *, trusted: bool = True, twice: bool = False) -> BuildReport:
    """Build the programs and images of `root`."""

    def found() -> Docker:
        return engine  # type: ignore[return-value]

    settings = replace(Settings(offline=True), trusted=trusted)
    wishes = ImageWishes(lambda _images: ((), {"a": "b"}), found)
    request = BuildRequest(root, settings, Subject(), BuildWishes(reproducible=twice), Stamp("", 7), images=wishes)
    return build(request, edges)


@pytest.fixture
def shop(root: Path) -> Path:
    """A module with a Dockerfile."""
    write_module(root)
    (root / "Dockerfile").write_text(SCRATCH)
    return root


def test_workflows_say_how_images_are_built(root: Path, edges: Edges) -> None:
    """Context, platforms and known arguments are those of the step; an unknown argument is told of."""
    write_module(root)
    for name, text in {"deploy/Dockerfile": SCRATCH, ".github/workflows/release.yml": WORKFLOW}.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
    settings = Settings(images=(ImageSettings("ghcr.io/acme/shop"),))
    (order,) = image_orders(Facts(discover(root)), settings, edges, lambda names: (names, {}))
    assert (order.dockerfile, order.context, order.platforms) == (
        "deploy/Dockerfile",
        ".",
        ("linux/amd64", "linux/arm64"),
    )
    assert (order.path, order.arguments, order.names) == (
        ".github/workflows/release.yml",
        {"EDITION": "full"},
        ("ghcr.io/acme/shop",),
    )
    assert "WHEN" in order.unknown[0]


def test_strangers_start_no_engine(shop: Path, edges: Edges) -> None:
    """A Dockerfile runs what it says: on an event that is not trusted nothing is built, and that is said."""

    def engine() -> Docker:
        raise AssertionError

    request = BuildRequest(
        shop, replace(Settings(), trusted=False), Subject(), images=ImageWishes(lambda _n: ((), {}), engine)
    )
    report = build(request, edges)
    assert report.images is None
    assert "no image was built: this event is not trusted" in report.check.notices


def test_an_image_is_read_and_told(shop: Path, edges: Edges) -> None:
    """Digest and platforms of what the engine left, and what the engine cannot do as a notice."""
    report = built(shop, edges, Engine(layer({"app": b"x"})))
    assert report.images is not None
    (image,) = report.images.images
    assert image.digest.startswith("sha256:")
    assert [one.platform for one in image.content.platforms] == ["linux/amd64"]
    assert image.is_reproduced is None
    assert "an engine: it sets no times" in report.check.notices


def test_the_second_build_is_of_a_copy_with_new_times(shop: Path, edges: Edges) -> None:
    """Built from elsewhere and compared; what differs is a finding."""
    first, second = (layer({"app": Item(b"x", pax={"mtime": time})}) for time in ("1", "2"))
    engine = Engine(first, second)
    report = built(shop, edges, engine, twice=True)
    assert engine.roots[0] == shop
    assert engine.roots[1] != shop
    assert report.images.images[0].is_reproduced is False
    assert "irreproducible-image" in [finding.rule for finding in report.check.findings]
    same = Engine(first, first)
    assert built(shop, edges, same, twice=True).images.images[0].is_reproduced is True


def test_an_engine_that_refuses_leaves_no_pass(shop: Path, edges: Edges) -> None:
    """What was asked for and not built could not be judged."""

    class Full(Engine):
        def build(self, *_arguments: object, **_more: object) -> None:
            raise BuildRefusedError("ERROR: no space left")

    report = built(shop, edges, Full())
    assert (report.check.verdict, report.check.complete) == (Verdict.UNAVAILABLE, False)
    assert report.images.images[0].failure == "ERROR: no space left"
