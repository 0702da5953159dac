#!/bin/bash
# simplecni on Kubernetes: puts the plugin and its files on the node this runs on, and keeps a route to each peer's pods.
# Gets the API's address and token as every pod does; NODE_NAME, CONFIG (the network configuration) from the daemonset.
set -euo pipefail

readonly PROGRAM=/simplecni/simplecni HOST=/host ACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
readonly INTERVAL=5 PROTOCOL=77 # seconds between two looks at the nodes; marks our routes

# All nodes that have a range: name, range, address.
nodes() {
  curl --silent --fail --max-time 10 --cacert "$ACCOUNT/ca.crt" --header "Authorization: Bearer $(<"$ACCOUNT/token")" \
    "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/nodes" |
    jq -r '.items[] | [.metadata.name, .spec.podCIDR // "", (.status.addresses[] | select(.type == "InternalIP").address)] | select(.[1] != "") | join(" ")'
}

# write FILE MODE: standard input becomes the file at once, never half of it.
write() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

# $1: this node's range, a /24.
install_plugin() {
  local prefix=${1%.*}.
  jq -nc --arg p "$prefix" '{Subnet: ($p + "0"), SubnetPrefix: $p, Gateway: ($p + "1"), IPIndex: "1"}' | write "$HOST/etc/cni/ipam.config" 644
  write "$HOST/opt/cni/bin/simplecni" 755 <"$PROGRAM"
  echo "$CONFIG" | write "$HOST/etc/cni/net.d/10-simplecni.conf" 644 # last: the node counts as ready with it
}

# Routes to the peers in $1, and none to those that are gone.
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

trap 'exit 0' TERM # as the first process of its container it would go on until it is killed

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
    echo "the API server does not answer; another try in $INTERVAL s" >&2
  fi
  if [[ -n $installed ]]; then pause=$INTERVAL; else pause=0.5; fi
  sleep "$pause" &
  wait $! # unlike sleep itself it ends with a signal
done
