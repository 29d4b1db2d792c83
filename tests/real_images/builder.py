"""Images by BuildKit: every platform at once, the commit's time in all of it, attestations, as layout or pushed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from real_images.service import MACHINES

EPOCH = "1767225600"
NAME = "ghcr.io/acme/shop:1.4.2"
ATTESTED = ("sbom", "provenance")


@dataclass(frozen=True)
class Builder:
    """BuildKit's daemon at a socket; `scanner`: the image that makes its SBOMs."""

    socket: Path
    scanner: str

    def layout(self, context: Path, target: Path, attested: Sequence[str] = ATTESTED, name: str = NAME) -> Path:
        """Build an OCI layout, as one archive."""
        named = f",name={name}" if name else ""
        self._build(context, f"type=oci,dest={target},rewrite-timestamp=true{named}", attested)
        return target

    def push(self, context: Path, name: str, attested: Sequence[str] = ATTESTED) -> str:
        """Build and push; gives the name."""
        output = f"type=image,name={name},push=true,rewrite-timestamp=true,registry.insecure=true"
        self._build(context, output, attested)
        return name

    def _build(self, context: Path, output: str, attested: Sequence[str]) -> None:
        told = {
            "platform": ",".join(f"linux/{machine}" for machine in MACHINES),
            "build-arg:SOURCE_DATE_EPOCH": EPOCH,
            **({"attest:provenance": "mode=max"} if "provenance" in attested else {}),
            **({"attest:sbom": f"generator={self.scanner}"} if "sbom" in attested else {}),
        }
        argv = [
            os.environ["BUILDCTL"], "--addr", f"unix://{self.socket}", "build", "--progress", "plain",
            "--frontend", "dockerfile.v0", "--local", f"context={context}", "--local", f"dockerfile={context}",
            *(word for key, value in told.items() for word in ("--opt", f"{key}={value}")), "--output", output,
        ]  # fmt: skip
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
