#!/bin/bash
# install.sh: put the command go-release-gate of this checkout on the job's PATH. Its locked requirements lie beside it
# below RUNNER_TEMP, in no environment of anybody else, as they lie in the container. Whatever index pip is configured
# for serves them: only their hashes count. Works with bash 3.2, which macOS has.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$RUNNER_TEMP/go-release-gate-tool

complain() {
  echo "::error::go-release-gate: $1"
  exit 3
}

if [ "${RUNNER_OS:-}" = Windows ]; then
  complain "it does not run on Windows (it relies on locks, links and process groups of POSIX); use a Linux or macOS job"
fi
if [ "${RUNNER_OS:-}" = macOS ] && [ "${RUNNER_ARCH:-}" = X64 ]; then
  complain "a locked requirement has no wheel for Macs with Intel's processors; use a macOS job on arm64, or a Linux job"
fi

python=
for name in "${PYTHON3:-python3}" "${PYTHON3:-python}"; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  complain "${PYTHON3:-python3} is missing or older than 3.11; set PYTHON3, or run actions/setup-python first"
fi

if [ ! -e "$home/.ready" ]; then
  if ! "$python" -m pip --version >/dev/null 2>&1; then
    complain "$python has no pip; install it, or run actions/setup-python first"
  fi
  rm -rf "$home"
  mkdir -p "$home/bin"
  # Settings of a developer's machine that do not go together with --target.
  PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 "$python" -m pip install --quiet --disable-pip-version-check \
    --root-user-action=ignore --require-hashes --no-deps --only-binary :all: --target "$home/lib" \
    -r "$root/requirements/runtime.txt"
  cp -R "$root/src/go_release_gate" "$home/lib/go_release_gate"
  cp "$root/entrypoint.py" "$home/entrypoint.py"
  program=$("$python" -c 'import sys; print(sys.executable)')
  printf '#!/bin/sh\nexec "%s" -I "%s" "$@"\n' "$program" "$home/entrypoint.py" >"$home/bin/go-release-gate"
  chmod 755 "$home/bin/go-release-gate"
  touch "$home/.ready"
fi
echo "$home/bin" >>"$GITHUB_PATH"
