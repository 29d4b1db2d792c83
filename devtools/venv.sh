#!/bin/sh
# venv.sh DIR: a virtual environment in DIR with the hash-locked development requirements, and with a Go toolchain
# where the machine has none. PYTHON3 names the interpreter (3.11 or newer).
set -eu
dir=$1
"${PYTHON3:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
"${PYTHON3:-python3}" -m venv "$dir"
install() {
  "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$1"
}
install requirements/dev.txt
command -v go >/dev/null 2>&1 || install requirements/go.txt
