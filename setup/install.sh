#!/bin/bash
# install.sh: put the command go-release-gate of this checkout on the job's PATH. Its locked requirements lie beside it
# below RUNNER_TEMP, in no environment of anybody else, as they lie in the container. Whatever index pip is configured
# for serves them: only their hashes count.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$RUNNER_TEMP/go-release-gate-tool
python=${PYTHON3:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "::error::go-release-gate: $python is missing or older than 3.11; set PYTHON3, or run actions/setup-python first"
  exit 3
fi

if [ ! -e "$home/.ready" ]; then
  rm -rf "$home"
  mkdir -p "$home/bin"
  "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --require-hashes --no-deps \
    --only-binary :all: --target "$home/lib" -r "$root/requirements/runtime.txt"
  cp -R "$root/src/go_release_gate" "$home/lib/go_release_gate"
  cp "$root/entrypoint.py" "$home/entrypoint.py"
  program=$("$python" -c 'import sys; print(sys.executable)')
  printf '#!/bin/sh\nexec "%s" -I "%s" "$@"\n' "$program" "$home/entrypoint.py" >"$home/bin/go-release-gate"
  chmod 755 "$home/bin/go-release-gate"
  touch "$home/.ready"
fi
echo "$home/bin" >>"$GITHUB_PATH"
