# The runner of a job: what the tool's workflows use of a hosted runner. Its base has Python, pip and Go.
ARG GO_IMAGE
# hadolint ignore=DL3006
FROM ${GO_IMAGE}
# hadolint ignore=DL3008
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc git libc6-dev openssl >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY buildctl /usr/local/bin/buildctl
