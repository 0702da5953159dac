#!/bin/sh
# First process of a node: sets up its network, mount and UTS namespaces, then executes the agent. Arguments: the
# name of the node, the agent. Each node has private /run, /tmp, /etc/cni, /opt/cni and /var/lib/cni in memory.
set -eu
name=$1
agent=$2
for dir in /run /tmp /etc/cni /opt/cni /var/lib/cni; do
    mount -t tmpfs -o mode=755,size=256m "$name" "$dir"
done
mount -t sysfs sysfs /sys
mkdir -p /run/netns /etc/cni/net.d /opt/cni/bin
chmod 1777 /tmp
hostname "$name"
ip link set lo up
exec perl "/.host$agent"
