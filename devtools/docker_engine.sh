#!/bin/bash
# docker_engine.sh COMMAND...: run COMMAND with DOCKER_HOST set to a Docker engine: the one that DOCKER_HOST names or
# that answers at the usual socket, else one started for COMMAND alone, with everything it stores in a temporary
# directory, and ended after it. Exit code: COMMAND's; 69 when no engine can be had.
set -euo pipefail
docker=${DOCKER:-/usr/bin/docker}

if [ -x "$docker" ] && timeout 20 "$docker" version >/dev/null 2>&1; then
  exec "$@"
fi
if ! command -v dockerd >/dev/null; then
  echo "docker_engine: no Docker engine answers and dockerd is not installed" >&2
  exit 69
fi

state=$(mktemp -d "${TMPDIR:-/tmp}/docker-engine.XXXXXX")
export DOCKER_HOST="unix://$state/docker.sock"
dockerd --host "$DOCKER_HOST" --data-root "$state/data" --exec-root "$state/exec" --pidfile "$state/pid" \
  >"$state/log" 2>&1 &
engine=$!

# The engine leaves mounts behind (network namespaces, layers of a killed container): they go first. The exit code is
# COMMAND's, whatever the tidying up says.
trap 'kill "$engine" 2>/dev/null || true
  wait "$engine" || true
  grep -o " $state/[^ ]*" /proc/mounts | sort -r | xargs --no-run-if-empty umount || true
  rm -rf "$state" || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for _ in $(seq 60); do
  kill -0 "$engine" 2>/dev/null || break
  if timeout 20 "$docker" version >/dev/null 2>&1; then
    "$@" && code=0 || code=$?
    exit "$code"
  fi
  sleep 0.5
done
echo "docker_engine: the Docker engine did not start; its last words:" >&2
tail -n 15 "$state/log" >&2
exit 69
