"""Measure reading a finished image of 200 MB against `crane export | tar -t` in the same run.

    python devtools/bench/inspecting.py [--write PAGE]

The image (layers of a Go tree and of programs that Go built, packed with gzip) is made anew and pushed to a registry on
the loopback. The runs are made in turn, so that a busy machine is busy for all of them; of each the fastest counts.
Needs docker-registry and, as CRANE or on the PATH, crane
(go install github.com/google/go-containerregistry/cmd/crane@v0.20.6). Exit code 1: slower than crane, or 200 MB of
memory are exceeded.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parents[1]), str(ROOT / "src"), str(ROOT / "tests")]
from marks import put  # noqa: E402 - the path must be set first

ROUNDS, UNPACKED, MEMORY = 9, 208 << 20, 200
READ = """
import sys
from go_release_gate.adapters.images.opening import open_image
from go_release_gate.adapters.registry.access import Access
from go_release_gate.adapters.registry.asking import Asker, Timing
from go_release_gate.adapters.registry.client import Registries
from go_release_gate.adapters.registry.logins import Logins
from go_release_gate.adapters.registry.wire import HttpWire
from go_release_gate.facts.images.read import read_image
registries = Registries(Access(Asker(HttpWire(), Timing()), Logins()))
image = read_image(open_image(sys.argv[1], registries))
assert not image.unreadable and not image.platforms[0].unreadable, image
assert image.platforms[0].binaries
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def main() -> int:
    """Measure, print (or write) the table, and say by the exit code whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="put the table between the marks `inspect` of this page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows, is_met = measured(Path(folder))
    print("\n".join(rows))
    if arguments.write:
        put(arguments.write, "inspect", "\n".join(rows))
    return 0 if is_met else 1


def measured(folder: Path) -> tuple[list[str], bool]:
    """The table, and whether the target is met."""
    running = importlib.import_module("support.dockerregistry").running

    with running(folder) as registry:
        name, layout, size, count = pushed(registry, folder)
        ours = [sys.executable, "-c", READ, name]
        at_disk = [sys.executable, "-c", READ, str(layout)]
        crane = f"{os.environ.get('CRANE', 'crane')} export --insecure {name} - | tar -t"
        runs = {"crane export \\| tar -t": ["bash", "-c", crane], "inspect, registry": ours, "inspect, layout": at_disk}
        found: dict[str, list[tuple[float, int]]] = {each: [] for each in runs}
        for _ in range(ROUNDS):
            for each, command in runs.items():
                found[each].append(run(command))
    seconds = {each: min(one for one, _ in told) for each, told in found.items()}
    memory = {each: max(one for _, one in told) for each, told in found.items()}
    first = next(iter(seconds.values()))
    rows = [
        f"An image of {size >> 20} MB unpacked, {count} entries:",
        "",
        "| run | seconds | of crane's | memory, MB |",
        "|---|--:|--:|--:|",
        *(f"| `{each}` | {told:.2f} | {told / first:.2f} | {memory[each] or ''} |" for each, told in seconds.items()),
    ]
    inspected = list(seconds)[1:]
    return rows, all(seconds[each] <= first and memory[each] < MEMORY for each in inspected)


def pushed(registry: Any, folder: Path) -> tuple[str, Path, int, int]:
    """The image at a registry and as a layout: both names, its unpacked bytes and its entries."""
    import io
    import tarfile

    images = importlib.import_module("support.images")

    go = Path(subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip())
    out = io.BytesIO()
    left, count = UNPACKED, 1
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in files(go):
            left -= path.stat().st_size + 512
            if left < (40 << 20):
                break
            count += 1
            tar.add(path, arcname=str(Path("opt") / path.relative_to(go)))
    program = next(path for path in (go / "bin" / "go",) if path.exists())
    layers = [
        images.layer(out.getvalue()),
        images.layer(
            {
                "app/server": images.Item(program.read_bytes(), 0o755),
                "app/again": images.Item(program.read_bytes() + b"\\0", 0o755),
            }
        ),
    ]
    store, digest = images.one_image(*layers, config={"Entrypoint": ["/app/server"]})
    for data in store.blobs.values():
        if data != store.blobs[digest]:
            registry.push_blob("acme/shop", data)
    registry.put("acme/shop", "v1", json.loads(store.blobs[digest]))
    layout = store.layout(folder / "layout", ("v1", digest))
    size = sum(len(images.unpack(each.data)) for each in layers)
    return f"{registry.domain}/acme/shop:v1", layout, size, count + 1


def files(root: Path) -> Iterator[Path]:
    """Files of a folder, in a fixed order."""
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())


def run(command: list[str]) -> tuple[float, int]:
    """Run to the end; seconds and, where the program tells it last, the peak of its memory in MB."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=True)
    seconds = time.perf_counter() - started
    last = done.stdout.split()[-1]
    return seconds, int(last) >> 10 if last.isdigit() else 0


if __name__ == "__main__":
    sys.exit(main())
