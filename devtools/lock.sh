#!/bin/sh
# lock.sh: recompile the hash-locked requirements from pyproject.toml with uv; versions already locked stay.
set -eu
compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml "$@"
}
compile -o requirements/runtime.txt
compile --group dev -o requirements/dev.txt
for group in go e2e release; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --group "$group" -o "requirements/$group.txt"
done
