# The container of the action and of the command.
#
# Both images can be replaced by local ones that have Go in /usr/local/go and a Debian with `python` and pip; the
# release workflow passes them with their digests. Builds with BuildKit and with the classic builder.
ARG GO_IMAGE=golang:1.26
ARG PYTHON_IMAGE=python:3.13-slim

# The toolchain without what only Go's own developers use.
# hadolint ignore=DL3006
FROM ${GO_IMAGE} AS go
RUN rm -rf /usr/local/go/api /usr/local/go/doc /usr/local/go/misc /usr/local/go/test \
 && find /usr/local/go/src -depth -type d -name testdata -exec rm -rf {} +

# Our code and its hash-locked wheels, byte-compiled: bytecode that never looks at the source's time.
# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS build
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore --no-compile \
      --require-hashes --only-binary :all: --no-deps --target /opt/go-release-gate/lib -r /tmp/runtime.txt \
 && rm -rf /opt/go-release-gate/lib/bin
COPY src/go_release_gate /opt/go-release-gate/lib/go_release_gate
COPY entrypoint.py LICENSE /opt/go-release-gate/
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/go-release-gate/lib

# No compiler, no pip, no ssh, hg or svn. No USER: the runner demands root for its mounts; the program gives that
# right up for the processes it starts.
# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="go-release-gate" \
      org.opencontainers.image.description="Judges every Go module of a repository before its release." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Versions of git and of the certificates follow the base image's distribution and its security updates.
# hadolint ignore=DL3008
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log /usr/local/bin/pip* /usr/bin/pip* \
 && find /usr/lib /usr/local/lib -depth -type d \
      \( -name pip -o -name ensurepip -o -name 'pip-*.dist-info' \) -path '*python3*' -exec rm -rf {} +
COPY --from=go /usr/local/go /usr/local/go
COPY --from=build /opt/go-release-gate /opt/go-release-gate
# For jobs that run in this image: `go-release-gate step` is the action's step.
RUN printf '#!/bin/sh\nexec python -I /opt/go-release-gate/entrypoint.py "$@"\n' >/usr/local/bin/go-release-gate \
 && chmod 755 /usr/local/bin/go-release-gate
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    GOTOOLCHAIN=local \
    LANG=C.UTF-8
# An absolute path: the runner sets the working directory to the workspace.
ENTRYPOINT ["python", "-I", "/opt/go-release-gate/entrypoint.py"]
