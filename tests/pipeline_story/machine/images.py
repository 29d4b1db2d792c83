"""Images that the story starts from, put into a registry of their own: Go, and a generator of SBOMs."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from go_release_gate.oci import digest as digests
from support.dockerregistry import CONFIG, LAYER, MANIFEST, RealRegistry

SCANNER = Path(__file__).with_name("scanner.go.txt")
WANTED = ("VERSION", "go.env", "bin/go", "pkg/include", "pkg/tool", "src")
UNWANTED = ("src/cmd/",)


def push_go(registry: RealRegistry) -> str:
    """Push an image that holds a Go and nothing else, no shell either; its reference."""
    root = Path(subprocess.run(["go", "env", "GOROOT"], check=True, capture_output=True, text=True).stdout.strip())
    files = {f"usr/local/go/{path.relative_to(root)}": path for path in _go_files(root)}
    settings = {"Env": ["PATH=/usr/local/go/bin", "GOCACHE=/tmp/cache", "GOTOOLCHAIN=local", "HOME=/tmp"]}
    return _push(registry, "library/golang", "1.26", files, settings)


def push_scanner(registry: RealRegistry, folder: Path) -> str:
    """Build and push the generator of SBOMs; its reference."""
    (folder / "scanner.go").write_text(SCANNER.read_text("utf-8"), "utf-8")
    program = folder / "scanner"
    argv = ["go", "build", "-o", str(program), "scanner.go"]
    subprocess.run(argv, cwd=folder, check=True, env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": ""})
    return _push(registry, "library/scanner", "1", {"scanner": program}, {"Entrypoint": ["/scanner"]})


def _go_files(root: Path) -> Iterator[Path]:
    """What a build of a program without C takes."""
    for name in WANTED:
        place = root / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            inside = str(path.relative_to(root))
            is_tested = inside.endswith("_test.go") or "/testdata/" in inside
            if path.is_file() and not is_tested and not inside.startswith(UNWANTED):
                yield path


def _push(
    registry: RealRegistry, path: str, tag: str, files: Mapping[str, Path], settings: Mapping[str, object]
) -> str:
    layer = _layer(files)
    config = {
        "architecture": "amd64", "os": "linux", "config": dict(settings),
        "rootfs": {"type": "layers", "diff_ids": [digests.of(layer)]},
    }  # fmt: skip
    described = [
        {**registry.push_blob(path, content), "mediaType": kind}
        for content, kind in ((json.dumps(config).encode(), CONFIG), (layer, LAYER))
    ]
    registry.put(
        path, tag, {"schemaVersion": 2, "mediaType": MANIFEST, "config": described[0], "layers": described[1:]}
    )
    return f"{registry.domain}/{path}:{tag}"


def _layer(files: Mapping[str, Path]) -> bytes:
    """A layer of these files, and an empty `/tmp`."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as archive:
        temporary = tarfile.TarInfo("tmp")
        temporary.type, temporary.mode = tarfile.DIRTYPE, 0o1777
        archive.addfile(temporary)
        for name, path in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = path.stat().st_size, path.stat().st_mode & 0o777
            with path.open("rb") as content:
                archive.addfile(info, content)
    return text.getvalue()
