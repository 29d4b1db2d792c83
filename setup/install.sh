#!/bin/bash
# install.sh: put the command go-release-gate of this checkout on the job's PATH, with its locked requirements in a
# virtual environment below RUNNER_TEMP. Whatever index pip is configured for serves them: only their hashes count.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$RUNNER_TEMP/go-release-gate-tool
python=${PYTHON3:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "::error::go-release-gate: $python is missing or older than 3.11; set PYTHON3, or run actions/setup-python first"
  exit 3
fi

if [ ! -e "$home/.ready" ]; then
  "$python" -m venv --clear "$home/venv"
  "$home/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: -r "$root/requirements/runtime.txt"
  mkdir -p "$home/bin"
  printf '#!/bin/sh\nexec "%s" -I "%s" "$@"\n' "$home/venv/bin/python" "$root/entrypoint.py" >"$home/bin/go-release-gate"
  chmod 755 "$home/bin/go-release-gate"
  touch "$home/.ready"
fi
echo "$home/bin" >>"$GITHUB_PATH"
