"""Where releases run: an environment is a tag of the image, and its address tells how a container of that does."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from support.containerstep import DOCKER


class Cluster:
    """Answers `url/ENVIRONMENT` with 200 where the image at the tag ENVIRONMENT, pulled and run, exits with 0.

    Args:
        image: the image's name. folder: for the engine's login, `authorization` is user:password as base64.
    """

    def __init__(self, image: str, folder: Path, authorization: str) -> None:
        folder.mkdir()
        logins = {"auths": {image.partition("/")[0]: {"auth": authorization}}}
        (folder / "config.json").write_text(json.dumps(logins), "utf-8")
        self._image, self._config = image, folder
        self.ill: set[str] = set()
        handler = type("ClusterHandler", (_Handler,), {"cluster": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def runs(self, environment: str) -> tuple[int, str]:
        """Exit code and words of the release that an environment has."""
        argv = [
            DOCKER, "run", "--rm", "--pull", "always", "--env", f"ENVIRONMENT={environment}",
            "--network", "none", f"{self._image}:{environment}",
        ]  # fmt: skip
        env = {**os.environ, "DOCKER_CONFIG": str(self._config)}
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False, env=env)
        return done.returncode, done.stdout.strip()

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    cluster: Cluster

    def do_GET(self) -> None:
        """Well or not."""
        code, said = self.cluster.runs(self.path.lstrip("/"))
        body = f"{said}\n".encode()
        self.send_response(200 if code == 0 and self.path.lstrip("/") not in self.cluster.ill else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""
