#!/bin/sh
# with_temp.sh COMMAND...: run COMMAND with a temporary directory of its own, and remove that after it, however deep it
# has become. Other users may pass through it: tests run children as somebody else.
set -u
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 711 "$TMPDIR"
"$@"
