#!/bin/sh
# with_go.sh COMMAND...: run COMMAND with a Go on PATH: the machine's own, else the one that `make venv` put into .venv.
set -eu
if ! command -v go >/dev/null 2>&1; then
  for bin in "$(dirname "$0")"/../.venv/lib/python3*/site-packages/go/bin; do
    PATH="$(cd "$bin" && pwd):$PATH"
  done
  export PATH
fi
exec "$@"
