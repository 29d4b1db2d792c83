#!/bin/bash
# story.sh [PYTEST ARGUMENTS]: run the pipeline's workflows as a repository would, from a pull request to a rollback, under
# act and the engine that DOCKER_HOST names (see docker_engine.sh). Needs root, docker-registry and runc.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
docker=${DOCKER:-/usr/bin/docker}
buildkit=$("$here/buildkit.sh")

export GO_IMAGE=${GO_IMAGE:-} PYTHON_IMAGE=${PYTHON_IMAGE:-} DOCKER=$docker
if [ -z "$GO_IMAGE" ] || [ -z "$PYTHON_IMAGE" ]; then
  "$here/base_image.sh" go-release-gate-base
  GO_IMAGE=go-release-gate-base-go
  PYTHON_IMAGE=go-release-gate-base-python
fi
export STORY_RUNNER_IMAGE=go-release-gate-runner:story STORY_BUILDKITD=$buildkit/buildkitd
DOCKER_BUILDKIT=1 "$docker" build --quiet --tag "$STORY_RUNNER_IMAGE" --build-arg "GO_IMAGE=$GO_IMAGE" \
  --file "$here/../tests/pipeline_story/machine/runner.Dockerfile" "$buildkit" >/dev/null

if [ $# -eq 0 ]; then set -- tests/pipeline_story; fi
exec "$here/e2e.sh" "$@"
