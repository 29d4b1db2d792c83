"""A real registry: Debian's docker-registry, on a port of the loopback of its own choice, with images in memory."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from go_release_gate.oci import digest as digests

USER, PASSWORD = "reader", "right"
HASHED = "$2b$04$ACnTyIg89oJqNLDNAIg4Yur9vn6aJDJ5jzm5KCui0RucfBUs.bLqi"  # bcrypt of "right"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
MARK = "/mark"
_REQUEST = re.compile(r'"([A-Z]+) (\S+) HTTP/1')
_LISTENING = re.compile(r"listening on (127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class RealRegistry:
    """A running registry; `authorization` is the header that pushes, `log` what it says of each request."""

    domain: str
    authorization: str = ""
    log: Path = Path(os.devnull)

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of each request that it answered, as its own access log has them."""
        before = len(self._logged())
        connection = http.client.HTTPConnection(self.domain, timeout=20)
        connection.request("GET", MARK)
        connection.getresponse().read()
        connection.close()
        # a line is written when its answer is out, so that the last ones may be a moment late
        while MARK not in [path for _, path in self._logged()[before:]]:
            time.sleep(0.002)
        return [(method, path) for method, path in self._logged() if path != MARK]

    def _logged(self) -> list[tuple[str, str]]:
        return _REQUEST.findall(self.log.read_text("utf-8"))

    def writes(self) -> list[tuple[str, str]]:
        """The requests that change something."""
        return [(method, path) for method, path in self.requests() if method not in ("GET", "HEAD")]

    def push(self, path: str, tag: str, text: str = "one") -> str:
        """Push an image that holds `text` alone, and give its manifest's digest."""
        config, layer = (self.push_blob(path, content) for content in (b"{}", text.encode()))
        layers = [{**layer, "mediaType": "application/vnd.oci.image.layer.v1.tar"}]
        config = {**config, "mediaType": "application/vnd.oci.image.config.v1+json"}
        return self.put(path, tag, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers})

    def push_index(self, path: str, tag: str, media_type: str, *digests_: str) -> str:
        """Push an index of manifests that are there, and give its digest."""
        platform = {"architecture": "amd64", "os": "linux"}
        inner = MANIFEST if media_type == INDEX else "application/vnd.docker.distribution.manifest.v2+json"
        manifests = [{"mediaType": inner, "size": 2, "digest": each, "platform": platform} for each in digests_]
        return self.put(path, tag, {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests})

    def push_platforms(self, path: str, tag: str, *platforms: str) -> str:
        """Push an image with a manifest for each platform (`linux/arm64`), and give the index's digest."""
        manifests = []
        for each in platforms:
            system, _, machine = each.partition("/")
            platform = {"os": system, "architecture": machine}
            config = {**self.push_blob(path, json.dumps(platform).encode()), "mediaType": CONFIG}
            layer = {**self.push_blob(path, f"{tag} for {each}".encode()), "mediaType": LAYER}
            body = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
            digest = digests.of(json.dumps(body).encode())
            self.put(path, digest, body)
            size = len(json.dumps(body))
            manifests.append({"mediaType": MANIFEST, "digest": digest, "size": size, "platform": platform})
        return self.put(path, tag, {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})

    def put(self, path: str, tag: str, manifest: dict[str, Any]) -> str:
        """Put a manifest at a tag and give its digest."""
        body = json.dumps(manifest).encode()
        self._call("PUT", f"/v2/{path}/manifests/{tag}", body, manifest["mediaType"])
        return digests.of(body)

    def push_blob(self, path: str, content: bytes) -> dict[str, Any]:
        """Push a blob, and give what a manifest says of it."""
        place = self._call("POST", f"/v2/{path}/blobs/uploads/", b"", "application/octet-stream")
        target = place.removeprefix(f"http://{self.domain}")
        digest = digests.of(content)
        self._call(
            "PUT", f"{target}{'&' if '?' in target else '?'}digest={digest}", content, "application/octet-stream"
        )
        return {"digest": digest, "size": len(content)}

    def _call(self, method: str, path: str, body: bytes, media_type: str) -> str:
        connection = http.client.HTTPConnection(self.domain, timeout=20)
        sent = {"Content-Type": media_type} | ({"Authorization": self.authorization} if self.authorization else {})
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status in (201, 202), (answer.status, said)
        return answer.headers.get("Location", "")


@contextmanager
def running(
    folder: Path,
    auth: dict[str, Any] | None = None,
    authorization: str = "",
    *,
    storage: Path | None = None,
    validates: bool = False,
) -> Iterator[RealRegistry]:
    """Run a registry while this holds, which deletes manifests. Skips where there is none.

    Args:
        folder: for its configuration and its log.
        auth: that section of its configuration. authorization: the header that pushes.
        storage: where it keeps images; by default in memory.
        validates: whether it refuses manifests whose parts are not there.
    """
    program = _program()
    settings = {
        "version": "0.1",
        "log": {"level": "info"},
        "storage": {
            **({"filesystem": {"rootdirectory": str(storage)}} if storage else {"inmemory": {}}),
            "delete": {"enabled": True},
        },
        "http": {"addr": "127.0.0.1:0", "secret": "x" * 16},
        **({} if validates else {"validation": {"disabled": True}}),
        **({"auth": auth} if auth else {}),
    }
    config, log = folder / "registry.yml", folder / "registry.log"
    config.write_text(json.dumps(settings))  # JSON is YAML
    env = {"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none"}
    argv = [program, "serve", str(config)]
    with (
        log.open("wb") as requests,
        subprocess.Popen(argv, stdout=requests, stderr=subprocess.PIPE, text=True, env=env) as process,
    ):
        try:
            assert process.stderr is not None
            found = next((match for line in process.stderr if (match := _LISTENING.search(line))), None)
            assert found, "the registry did not start"
            # what it goes on to say must not fill the pipe
            with subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL) as drain:
                try:
                    yield RealRegistry(found[1], authorization, log)
                finally:
                    process.terminate()
                    drain.wait(10)
        finally:
            process.kill()


def collect_garbage(folder: Path) -> str:
    """Let the registry of this folder take away what no tag names, as its operators do; gives what it said."""
    argv = [_program(), "garbage-collect", "--delete-untagged", str(folder / "registry.yml")]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def _program() -> str:
    program = shutil.which("docker-registry")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("docker-registry is not installed; .ci/run installs it")
        pytest.skip("docker-registry is not installed (apt-get install docker-registry)")
    return program


def with_passwords(folder: Path) -> dict[str, Any]:
    """The section `auth` of a registry with one user."""
    file = folder / "htpasswd"
    file.write_text(f"{USER}:{HASHED}\n")
    return {"htpasswd": {"realm": "a realm, with a comma", "path": str(file)}}


def basic(user: str = USER, password: str = PASSWORD) -> str:
    """A basic authentication header."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
