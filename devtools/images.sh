#!/bin/bash
# images.sh [PYTEST ARGUMENTS]: build images with the engine that DOCKER_HOST names (see docker_engine.sh) and with BuildKit,
# and hold what the gate says of them against crane and readelf. Needs root, docker-registry, runc, binutils.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(dirname "$here")/.cache/bin
crane=v0.20.6

export CRANE=$bin/crane-$crane STORY_BUILDKITD BUILDCTL DOCKER=${DOCKER:-/usr/bin/docker}
if [ ! -x "$CRANE" ]; then
  mkdir -p "$bin"
  GOBIN=$bin CGO_ENABLED=0 GOFLAGS=-buildvcs=false go install "github.com/google/go-containerregistry/cmd/crane@$crane"
  mv "$bin/crane" "$CRANE"
fi
buildkit=$("$here/buildkit.sh")
STORY_BUILDKITD=$buildkit/buildkitd BUILDCTL=$buildkit/buildctl

if [ $# -eq 0 ]; then set -- tests/real_images; fi
"$(dirname "$here")/.venv/bin/python" -m pytest -q -m e2e "$@"
