#!/bin/sh
# base_image.sh NAME: make local images NAME-python and NAME-go that stand in for the official Python and Go images,
# where no image registry can be reached. Needs root, debootstrap, a Go on PATH and DOCKER_HOST.
#
# The Debian in them trusts the certificate authorities of this machine, so that a build behind a company proxy works.
# The bootstrapped system is kept as .cache/base-SUITE.tar and made anew when that file is removed.
set -eu
name=$1
suite=${BASE_SUITE:-trixie}
cache=${BASE_CACHE:-.cache}
docker=${DOCKER:-/usr/bin/docker}
archive=$cache/base-$suite.tar

bootstrap() {
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT INT TERM
  debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates "$suite" "$root/system" >"$cache/base.log" 2>&1 || {
    tail -n 20 "$cache/base.log" >&2
    return 1
  }
  ln -s /usr/bin/python3 "$root/system/usr/local/bin/python"
  cp /etc/ssl/certs/ca-certificates.crt "$root/system/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root/system/var/cache/apt/archives" "$root/system/var/lib/apt/lists"
  tar -C "$root/system" -cf "$archive.part" .
  mv "$archive.part" "$archive"
}

mkdir -p "$cache"
[ -e "$archive" ] || bootstrap
"$docker" import --change 'ENV LANG=C.UTF-8' "$archive" "$name-python" >/dev/null
tar -C "$(go env GOROOT)" --exclude=.git --exclude='__*__*' --exclude='*.egg-info' -c --transform 's,^\.,usr/local/go,' . |
  "$docker" import - "$name-go-files" >/dev/null
printf 'FROM %s-go-files AS files\nFROM %s-python\nCOPY --from=files /usr/local/go /usr/local/go\n' "$name" "$name" |
  DOCKER_BUILDKIT=1 "$docker" build --quiet --tag "$name-go" - >/dev/null
