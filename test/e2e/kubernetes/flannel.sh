#!/bin/sh
# Builds flanneld and the flannel CNI plugin into directory $1 with the Go toolchain, by module path and version.
# flanneld is the newest version with all modules on the public proxy. The plugin is from its former repository.
set -eu
export GOBIN="$1"
CGO_ENABLED=1 go install -trimpath -ldflags="-s -w" github.com/flannel-io/flannel@v0.26.7
mv "$1/flannel" "$1/flanneld"
CGO_ENABLED=0 go install -trimpath -ldflags="-s -w" github.com/containernetworking/plugins/plugins/meta/flannel@v0.9.1
