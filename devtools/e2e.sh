#!/bin/bash
# e2e.sh [PYTEST ARGUMENTS]: build the image and test it, under the engine that DOCKER_HOST names
# (see docker_engine.sh). GO_IMAGE and PYTHON_IMAGE name its bases; without them local ones are made.
set -euo pipefail
docker=${DOCKER:-/usr/bin/docker}
export GO_IMAGE=${GO_IMAGE:-} PYTHON_IMAGE=${PYTHON_IMAGE:-}

if [ -z "$GO_IMAGE" ] || [ -z "$PYTHON_IMAGE" ]; then
  devtools/base_image.sh go-release-gate-base
  GO_IMAGE=go-release-gate-base-go
  PYTHON_IMAGE=go-release-gate-base-python
fi
export E2E_IMAGE=go-release-gate:e2e DOCKER=$docker
log=$(mktemp)
trap 'rm -f "$log"' EXIT
DOCKER_BUILDKIT=1 "$docker" build --tag "$E2E_IMAGE" --build-arg "GO_IMAGE=$GO_IMAGE" \
  --build-arg "PYTHON_IMAGE=$PYTHON_IMAGE" . >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }

if [ $# -eq 0 ]; then set -- tests/e2e; fi
.venv/bin/python -m pytest -q -m e2e "$@"
