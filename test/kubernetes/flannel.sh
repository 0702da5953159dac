#!/bin/sh
# Builds flannel's two programs, flanneld and its CNI plugin, into folder $1: by module path and version, with the ordinary Go client.
# The newest flanneld all of whose modules the public proxy has; the plugin from where it was before it had a repository of its own.
set -eu
export GOBIN="$1"
CGO_ENABLED=1 go install -trimpath -ldflags="-s -w" github.com/flannel-io/flannel@v0.26.7
mv "$1/flannel" "$1/flanneld"
CGO_ENABLED=0 go install -trimpath -ldflags="-s -w" github.com/containernetworking/plugins/plugins/meta/flannel@v0.9.1
