"""A BuildKit daemon of the story's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0


@contextmanager
def running(folder: Path, plain_registry: str) -> Iterator[Path]:
    """Run the daemon while this holds; gives the folder with its `socket`.

    Args:
        folder: for what it stores; a short path, as it holds a socket. plain_registry: asked over plain http.
    """
    (folder / "run").mkdir()
    config = folder / "buildkitd.toml"
    config.write_text(f'[registry."{plain_registry}"]\nhttp = true\n')
    argv = [
        os.environ["STORY_BUILDKITD"], "--config", str(config), "--root", str(folder / "root"),
        "--addr", f"unix://{folder}/run/socket", "--oci-worker-net=host", "--containerd-worker=false",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log, subprocess.Popen(argv, stdout=log, stderr=log) as process:
        try:
            _wait(process, folder)
            yield folder / "run"
        finally:
            process.terminate()
            process.wait(30)
            shutil.rmtree(folder / "root", ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not (folder / "run/socket").exists():
        assert process.poll() is None, (folder / "log").read_text()[-2000:]
        assert time.monotonic() < end, (folder / "log").read_text()[-2000:]
        time.sleep(0.005)
