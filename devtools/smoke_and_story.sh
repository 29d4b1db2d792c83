#!/bin/bash
# smoke_and_story.sh SECONDS: the container smoke, then the short form of the pipeline's story. A story that does not end
# in these seconds is left out, and says so; one that fails, fails. Under the engine that DOCKER_HOST names.
set -euo pipefail
seconds=$1
devtools/base_image.sh go-release-gate-base
export GO_IMAGE=go-release-gate-base-go PYTHON_IMAGE=go-release-gate-base-python
devtools/e2e.sh tests/e2e/test_smoke.py

seconds=$((seconds - SECONDS))
if [ "$seconds" -lt 120 ]; then
  echo "story: left out, $seconds s are too little; \`make story\` runs it"
  exit 0
fi
make .venv/.ready-e2e
code=0
timeout --kill-after=20 "$seconds" devtools/story.sh tests/pipeline_story/test_short.py || code=$?
if [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
  echo "story: left out, it did not end in $seconds s on this machine; \`make story\` runs it"
  exit 0
fi
exit "$code"
