#!/bin/bash
# control_plane.sh COMMAND...: run COMMAND with a Kubernetes control plane of its own: etcd, kube-apiserver with RBAC,
# kube-controller-manager, and kwok, which makes the pods of nodes that are only said to exist ready. All of it listens on
# the loopback interface at free ports, and is ended after COMMAND with everything it stored.
#
# COMMAND is given CONTROL_PLANE_KUBECTL and CONTROL_PLANE_KUBECONFIG (an administrator's). Exit code: COMMAND's; 69 when
# a part does not start. The programs are built from Go modules, once, into .cache (about five minutes on two cores).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../.cache/control-plane
version=$(sed -n 's|^[[:space:]]*k8s.io/kubernetes \(v[0-9.]*\).*|\1|p' "$here/control_plane/go.mod")
started=$SECONDS

build() { # build DIRECTORY LDFLAGS: the tools that its go.mod names, unless they are there from the same go.sum
  local stamp
  stamp="$cache/$(cat "$1/go.mod" "$1/go.sum" | sha256sum | cut -c1-16).built"
  [ -e "$stamp" ] && return
  echo "control_plane: building $(sed -n '1s|^// ||p' "$1/go.mod")" >&2
  mkdir -p "$cache/bin"
  (cd "$1" && CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w $2" -o "$cache/bin/" tool)
  touch "$stamp"
  echo "control_plane: built after $((SECONDS - started)) s" >&2
}

etcd_program() { # the machine's own, else Debian's package, unpacked and not installed: no service is set up
  command -v etcd && return
  if [ ! -x "$cache/etcd/usr/bin/etcd" ]; then
    mkdir -p "$cache/etcd"
    (cd "$cache/etcd" && { apt-get download -qq etcd-server || { apt-get update -qq && apt-get download -qq etcd-server; }; }) >&2
    dpkg -x "$cache"/etcd/etcd-server_*.deb "$cache/etcd"
  fi
  echo "$cache/etcd/usr/bin/etcd"
}

stamped="-X k8s.io/component-base/version.gitVersion=$version -X k8s.io/client-go/pkg/version.gitVersion=$version"
build "$here/control_plane" "$stamped"
build "$here/control_plane/kwok" ""
etcd=$(etcd_program)

state=$(mktemp -d "${TMPDIR:-/tmp}/control-plane.XXXXXX")
children=()
start() { # start NAME PROGRAM ARGUMENT...
  "${@:2}" >"$state/$1.log" 2>&1 &
  children=("$!" "${children[@]}")
}
# shellcheck disable=SC2329 # the trap calls it
finish() {
  local child
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do
    timeout 10 tail --pid="$child" -f /dev/null || kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
  rm -rf "$state"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ready() { # ready NAME COMMAND...: wait until COMMAND succeeds, while the last part that was started lives
  for _ in $(seq 240); do
    kill -0 "${children[0]}" 2>/dev/null || break
    "${@:2}" >/dev/null 2>&1 && return
    sleep 0.25
  done
  echo "control_plane: $1 did not start; its last words:" >&2
  tail -n 15 "$state/$1.log" >&2
  exit 69
}

read -r client peer api < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(one.getsockname()[1] for one in sockets))')
began=$SECONDS

start etcd "$etcd" --data-dir "$state/etcd" --unsafe-no-fsync --log-level error \
  --listen-client-urls "http://127.0.0.1:$client" --advertise-client-urls "http://127.0.0.1:$client" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
  --initial-cluster "default=http://127.0.0.1:$peer"

openssl genrsa -out "$state/accounts.key" 2048 2>/dev/null
token=$(openssl rand -hex 16)
(umask 077 && echo "$token,administrator,administrator,system:masters" >"$state/tokens.csv")
# Lists that are streamed need an etcd newer than Debian's (3.4.25); without the word "no" clients ask again and again.
start kube-apiserver "$cache/bin/kube-apiserver" --etcd-servers "http://127.0.0.1:$client" --cert-dir "$state/certificates" \
  --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$api" --endpoint-reconciler-type none \
  --authorization-mode RBAC --token-auth-file "$state/tokens.csv" --service-cluster-ip-range 10.0.0.0/24 \
  --service-account-issuer "https://127.0.0.1:$api" --service-account-key-file "$state/accounts.key" \
  --service-account-signing-key-file "$state/accounts.key" --disable-admission-plugins ServiceAccount,TaintNodesByCondition \
  --feature-gates WatchList=false

export CONTROL_PLANE_KUBECTL=$cache/bin/kubectl CONTROL_PLANE_KUBECONFIG=$state/kubeconfig
ready kube-apiserver test -s "$state/certificates/apiserver.crt"
configure() { "$CONTROL_PLANE_KUBECTL" --kubeconfig "$CONTROL_PLANE_KUBECONFIG" config "$@" >/dev/null; }
configure set-cluster local --server "https://127.0.0.1:$api" --certificate-authority "$state/certificates/apiserver.crt" \
  --embed-certs
configure set-credentials administrator --token "$token"
configure set-context local --cluster local --user administrator
configure use-context local
ask() { "$CONTROL_PLANE_KUBECTL" --kubeconfig "$CONTROL_PLANE_KUBECONFIG" "$@"; }
ready kube-apiserver ask get --raw /readyz

start kube-controller-manager "$cache/bin/kube-controller-manager" --kubeconfig "$CONTROL_PLANE_KUBECONFIG" \
  --leader-elect=false --bind-address 127.0.0.1 --secure-port 0 --controllers '*,-node-lifecycle-controller' \
  --service-account-private-key-file "$state/accounts.key"
ready kube-controller-manager ask get serviceaccount default --namespace default

start kwok env KUBE_FEATURE_WatchListClient=false "$cache/bin/kwok" --kubeconfig "$CONTROL_PLANE_KUBECONFIG" --manage-all-nodes=true \
  --config "$here/control_plane/kwok/stages.yaml"
ask create -f - >/dev/null <<'NODE'
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}
NODE
ready kwok ask wait --for=condition=Ready node/node-1 --timeout=1s
echo "control_plane: $version is ready after $((SECONDS - began)) s" >&2

"$@" && code=0 || code=$?
if [ "$code" -ne 0 ] && [ -n "${CONTROL_PLANE_LOGS:-}" ]; then cp "$state"/*.log "$CONTROL_PLANE_LOGS"; fi
exit "$code"
