#!/bin/bash
# simplecni on Kubernetes: installs the plugin and its files on this node and maintains a route to each peer.
# Input: the API server address and token of every pod; NODE_NAME and CONFIG (network configuration) of the DaemonSet.
set -euo pipefail

readonly PLUGIN=/simplecni/simplecni HOST=/host ACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
readonly INTERVAL=5 PROTOCOL=77 # seconds between two requests for the nodes; protocol number of our routes

# Prints the name, range and address of every node that has a range.
nodes() {
  curl --silent --fail --max-time 10 --cacert "$ACCOUNT/ca.crt" --header "Authorization: Bearer $(<"$ACCOUNT/token")" \
    "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/nodes" |
    jq -r '.items[]
      | [.metadata.name, .spec.podCIDR // "", (.status.addresses[] | select(.type == "InternalIP").address)]
      | select(.[1] != "") | join(" ")'
}

# write FILE MODE: writes standard input to the file atomically.
write() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

# install_plugin RANGE: installs the plugin with the range of this node, a /24.
install_plugin() {
  local prefix=${1%.*}.
  jq -nc --arg p "$prefix" '{Subnet: ($p + "0"), SubnetPrefix: $p, Gateway: ($p + "1"), IPIndex: "1"}' |
    write "$HOST/etc/cni/ipam.config" 644
  write "$HOST/opt/cni/bin/simplecni" 755 <"$PLUGIN"
  echo "$CONFIG" | write "$HOST/etc/cni/net.d/10-simplecni.conf" 644 # last, because it makes the node ready
}

# route_peers NODES: sets the routes to all peers and deletes the routes to removed peers.
route_peers() {
  local name range address kept=' '
  while read -r name range address; do
    [[ $name != "$NODE_NAME" ]] || continue
    ip route replace "$range" via "$address" proto "$PROTOCOL"
    kept+="$range "
  done <<<"$1"
  while read -r range _; do
    [[ -z $range || $kept == *" $range "* ]] || ip route delete "$range" proto "$PROTOCOL"
  done < <(ip route show proto "$PROTOCOL")
}

trap 'exit 0' TERM # the first process of a container ignores TERM by default

installed=''
while true; do
  if list=$(nodes); then
    own=$(awk -v me="$NODE_NAME" '$1 == me { print $2 }' <<<"$list")
    route_peers "$list"
    if [[ -z $installed && -n $own ]]; then
      install_plugin "$own"
      installed=yes
      touch /tmp/ready
    fi
  else
    echo "the API server does not respond; retrying" >&2
  fi
  if [[ -n $installed ]]; then pause=$INTERVAL; else pause=0.5; fi
  sleep "$pause" &
  wait $! # unlike sleep, wait is interrupted by a signal
done
